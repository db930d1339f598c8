// The script of a thread that counts parts, in Node.

import { parentPort } from "node:worker_threads";
import * as slim from "./slim.js";
import { PartThread } from "./threads/part.js";

const thread = new PartThread(slim, (answer, transfer) => parentPort?.postMessage(answer, transfer));
parentPort?.on("message", (message) => thread.take(message)); // what it throws ends the thread
