// Bundlers: the module is in the script, as text. It costs a third more bytes than the file and asks nothing of the
// bundler: no plugin, no asset rule, no top-level await, and no URL that a dev server may rewrite. Pages that count bytes
// take `usage-by-agent/slim` and load `usage-by-agent/wasm` themselves.

import { initSync } from "../bridge/module.js";
import { wasmBase64 } from "./inline-wasm.js";

const binary = atob(wasmBase64);
const bytes = new Uint8Array(binary.length);
for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
initSync(bytes);

export * from "../index.js";
export { default } from "../index.js";
