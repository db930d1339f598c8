/**
 * The entry for pages without a bundler. `await init()` fetches the module, which is a file beside this script.
 *
 * @module
 */

import { init as load, type ModuleSource } from "./slim.js";

export * from "./slim.js";

/** Loads the module: by default from the file `wasm/usage_by_agent.wasm` of the package. See `init` of the main entry. */
export const init = (source?: ModuleSource | Promise<ModuleSource>): Promise<void> =>
  load(source ?? new URL("../wasm/usage_by_agent.wasm", import.meta.url));

export default init;
