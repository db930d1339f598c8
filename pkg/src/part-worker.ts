/**
 * The script of a thread that counts parts, where workers are those of the web. `usage-by-agent/threads` starts it.
 *
 * @module
 */

import * as slim from "./slim.js";
import { PartThread } from "./threads/part.js";

/** What is used of the global object of a worker. */
interface Scope {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown, transfer: Transferable[]): void;
}

const scope = globalThis as unknown as Scope;
const thread = new PartThread(slim, (answer, transfer) => scope.postMessage(answer, transfer));
scope.onmessage = ({ data }) => thread.take(data); // what it throws is an error of the worker, whose owner ends it
