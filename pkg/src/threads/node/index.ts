// The entry of Node.

import { threadsOf } from "./start.js";

/** See the entry of browsers. */
export const threads = threadsOf(new URL("./part-worker-node.js", import.meta.url));
