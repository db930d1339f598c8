// The entry for Node, and for Deno, which uses the condition "node". The module is a file beside this one.
import { readFileSync } from "node:fs";
import { initSync } from "../bridge/module.js";

initSync(readFileSync(new URL("../../wasm/usage_by_agent.wasm", import.meta.url)));

export * from "../index.js";
export { default } from "../index.js";
