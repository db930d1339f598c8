// The module as a file beside the script, for CommonJS in Node.

import { readFileSync } from "node:fs";

declare const __dirname: string; // the folder of the built script

/** Gives the bytes of the module. The file is read at the first call of the package. Bundlers for Node recognise this form. */
export const embedded = (): Uint8Array => readFileSync(`${__dirname}/../../../wasm/usage_by_agent.wasm`);
