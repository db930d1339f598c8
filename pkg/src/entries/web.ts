// The entry for browsers without a bundler. `await init()` fetches the module, which is a file beside this one.
import { setDefaultSource } from "../bridge/module.js";

setDefaultSource(() => new URL("../../wasm/usage_by_agent.wasm", import.meta.url));

export * from "../index.js";
export { default } from "../index.js";
