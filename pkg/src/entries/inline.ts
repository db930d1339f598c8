// The entry for bundlers. The script contains the module as text, which takes a third more bytes than the file. A bundler needs no
// plugin, asset rule or top-level await for it, and there is no URL that a development server could rewrite. A page that has to be
// small imports `usage-by-agent/slim` and loads `usage-by-agent/wasm` itself.

import { initSync } from "../bridge/module.js";
import { wasmBase64 } from "./inline-wasm.js";

const binary = atob(wasmBase64);
const bytes = new Uint8Array(binary.length);
for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
initSync(bytes);

export * from "../index.js";
export { default } from "../index.js";
