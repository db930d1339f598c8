import { availableParallelism, cpus } from "node:os";
import { Worker } from "node:worker_threads";
import type { CountingThreads, PartWork } from "../../counting/threads.js";
import type { Thread } from "../../parts/team.js";
import type { SentPart } from "../blob.js";
import type { ThreadsOptions } from "../index.js";
import { countOf, HostThreads, type Limits } from "../threads.js";

/** The function `threads` of Node, whose workers are of another kind than those of the web. `script` is what they run. */
export function threadsOf(script: URL | string) {
  return (count?: "auto" | number, _?: ThreadsOptions, limits?: Limits): CountingThreads => {
    const cores = availableParallelism?.() ?? cpus().length; // the first releases of Node 18 have only the second one
    return new HostThreads(countOf(count, cores), (work) => startedThread(script, work), limits);
  };
}

function startedThread(script: URL | string, work: PartWork): Thread<SentPart> {
  const worker = new Worker(script);
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
