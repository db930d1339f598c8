/**
 * The entry for edge runtimes whose tools compile the module: Vercel's, Netlify's, and those of Nitro.
 *
 * @module
 */

import module from "../wasm/usage_by_agent.wasm?module";
import { initSync } from "./slim.js";

initSync(module);

export * from "./slim.js";
export { default } from "./slim.js";
