import { openAsBlob } from "node:fs";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { count } from "./count.mjs";

/**
 * Counts a file in Node with worker threads. See `count` for the result.
 *
 * @param {string} path the file
 * @param {import("usage-by-agent").UsageQuery} query
 */
export async function countInParallel(path, query, { workers = availableParallelism() } = {}) {
  return count(await openAsBlob(path), query, workers, (part) => {
    // In Node, the blob of a file cannot be posted, so each worker opens the file.
    const worker = new Worker(new URL("./node-worker.mjs", import.meta.url), { workerData: { ...part, path } });
    const answer = new Promise((resolve, reject) => {
      worker.on("message", resolve);
      worker.on("error", reject);
      worker.on("exit", (code) => reject(new Error(`a worker ended with ${code} before it had answered`)));
    });
    return { answer, end: () => worker.terminate() };
  });
}
