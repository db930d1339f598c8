// Cloudflare Workers: compiling at run time is not allowed there, so the module comes compiled, as an import.
import module from "../../wasm/usage_by_agent.wasm";
import { initSync } from "../bridge/module.js";

initSync(module);

export * from "../index.js";
export { default } from "../index.js";
