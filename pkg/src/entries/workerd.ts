// The entry for Cloudflare Workers, which do not allow compiling at run time. The module is imported, already compiled.
import module from "../../wasm/usage_by_agent.wasm";
import { initSync } from "../bridge/module.js";

initSync(module);

export * from "../index.js";
export { default } from "../index.js";
