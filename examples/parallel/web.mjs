import { count } from "./count.mjs";

/**
 * Counts a file in a browser with Web Workers. See `count` for the result.
 *
 * @param {Blob} blob the file, as an `<input type="file">` gives it
 * @param {import("usage-by-agent").UsageQuery} query
 */
export function countInParallel(blob, query, { workers = navigator.hardwareConcurrency } = {}) {
  return count(blob, query, workers, (part) => {
    // Bundlers look for exactly this expression.
    const worker = new Worker(new URL("./web-worker.mjs", import.meta.url), { type: "module" });
    const answer = new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(`a worker failed: ${message ?? "its script did not load"}`));
      worker.postMessage({ ...part, blob });
    });
    return { answer, end: () => worker.terminate() };
  });
}
