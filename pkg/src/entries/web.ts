// A browser without a bundler: `await init()` fetches the module from beside this file.
import { setDefaultSource } from "../bridge/module.js";

setDefaultSource(() => new URL("../../wasm/usage_by_agent.wasm", import.meta.url));

export * from "../index.js";
export { default } from "../index.js";
