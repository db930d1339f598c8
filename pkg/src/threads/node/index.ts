// The entry of Node, whose workers are of another kind.

import { availableParallelism, cpus } from "node:os";
import { Worker } from "node:worker_threads";
import type { CountingThreads, PartWork } from "../../counting/threads.js";
import type { Thread } from "../../parts/team.js";
import type { SentPart } from "../blob.js";
import type { ThreadsOptions } from "../index.js";
import { countOf, HostThreads, type Limits } from "../threads.js";

/** See the entry of browsers. */
export function threads(count?: "auto" | number, _?: ThreadsOptions, limits?: Limits): CountingThreads {
  return new HostThreads(countOf(count, availableParallelism?.() ?? cpus().length), startedThread, limits);
}

function startedThread(work: PartWork): Thread<SentPart> {
  const worker = new Worker(new URL("./part-worker-node.js", import.meta.url));
  try {
    worker.postMessage(work);
  } catch (error) {
    void worker.terminate();
    throw error;
  }
  return {
    send: (part) => worker.postMessage(part, [part.bytes.buffer]),
    listen(answered, gone) {
      worker.on("message", answered);
      for (const event of ["messageerror", "error", "exit"]) worker.on(event, gone);
    },
    end: () => void worker.terminate(),
  };
}
