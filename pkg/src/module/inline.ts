// The module as text in the script. It needs no file beside the script, and no bundler's plugin.

import { decode } from "./text.js";
import { text } from "./wasm-text.js";

/** Gives the bytes of the module. They are decoded at the first call of the package, and not while it is imported. */
export const embedded = (): Uint8Array => decode(text);
