// The entry of Node for CommonJS.

import { threadsOf } from "../node/start.js";

declare const __dirname: string; // the folder of the built script

/** See the entry of browsers. */
export const threads = threadsOf(`${__dirname}/../part-worker-node.js`);
