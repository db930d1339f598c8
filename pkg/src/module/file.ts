// The module as a file beside the script, for CommonJS in Node.

import { readFileSync } from "node:fs";
import { join } from "node:path";

declare const __dirname: string; // the folder of the bundle

/** Gives the bytes of the module. The file is read at the first call of the package. */
export const embedded = (): Uint8Array => readFileSync(join(__dirname, "../wasm/usage_by_agent.wasm"));
