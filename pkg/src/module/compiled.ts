// The module for runtimes that do not allow compiling at run time, such as Cloudflare Workers. Their tools compile the file.

import module from "../../wasm/usage_by_agent.wasm?module";

/** Gives the compiled module. */
export const embedded = (): object => module;
