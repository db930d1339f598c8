/**
 * Several threads for large files, in browsers, Deno, Bun and Node.
 *
 * @module
 */

import type { CountingThreads, PartWork } from "../counting/threads.js";
import type { Answer } from "../parts/read-by-parts.js";
import type { Thread } from "../parts/team.js";
import type { SentPart } from "./blob.js";
import { countOf, HostThreads, type Limits } from "./threads.js";

export type { CountingThreads } from "../counting/threads.js";

/** What is used of a `Worker`. */
export interface WorkerLike {
  /** Sends a message, and gives the memory of `transfer` away. */
  postMessage(message: unknown, transfer: Transferable[]): void;
  /** Ends the worker at once. */
  terminate(): void;
}

/** How {@link threads} starts threads. */
export interface ThreadsOptions {
  /**
   * Makes a worker that runs the script `usage-by-agent/part-worker`, for programs whose bundler does not find this script by itself, or
   * that serve it from a place of their own. In Node it has no effect.
   *
   * @example
   * ```ts no-run
   * threads("auto", { worker: () => new Worker("/scripts/part-worker.js", { type: "module" }) });
   * ```
   */
  worker?: () => WorkerLike;
}

/**
 * Threads that count the parts of a large `Blob` or `File`, for the option `threads` of `usageByAgentStream` and `pushStream`. Threads
 * change the time, and nothing else: the report, the diagnostics, the snapshot and the errors are those of one thread.
 *
 * The text must be newline-delimited JSON, with a record or a page on each line. Any other text, text below 32 MiB, gzip data, other
 * sources and counts with `maxMemoryBytes` are counted by one thread. So is everything where the host has no workers, as in Cloudflare
 * Workers, or does not let a page start them (`worker-src` of its Content-Security-Policy).
 *
 * In Node a thread takes about 40 MB of memory, with up to five parts of 4 MiB that are on their way to it.
 *
 * @param count how many threads, with the one that reads, 1 to 64; `"auto"` (default) is one for each core but at most 8, and in a browser
 *   one less, because the browser reads the file meanwhile
 * @throws {UsageError} `invalid_option` for another number
 *
 * @example
 * ```ts
 * import { usageByAgentStream } from "usage-by-agent";
 * import { threads } from "usage-by-agent/threads";
 *
 * const file = new Blob(['{"id":"m1","agentId":"a1","receivedAt":"2024-06-02T09:00:00Z"}\n']); // of an <input type="file">
 * const query = { period: "month", now: "2024-06-15T12:00:00Z" } as const;
 * const report = await usageByAgentStream(file, { ...query, threads: threads("auto") });
 * console.log(report.data[0]?.messages); // 1
 * ```
 */
export function threads(count?: "auto" | number, options?: ThreadsOptions): CountingThreads;
/** @internal */
export function threads(count: "auto" | number, options: ThreadsOptions, limits: Limits): CountingThreads;
export function threads(
  count?: "auto" | number,
  { worker = partWorker }: ThreadsOptions = {},
  limits?: Limits,
): CountingThreads {
  const { hardwareConcurrency = 1 } = globalThis.navigator ?? {};
  const isBrowser = "document" in globalThis || "WorkerNavigator" in globalThis;
  const cores = isBrowser ? hardwareConcurrency - 1 : hardwareConcurrency;
  return new HostThreads(countOf(count, cores), (work) => startedThread(worker(), work), limits);
}

/** The form that bundlers recognise: they make a script of the file, and put its address here. */
const partWorker = () => new Worker(new URL("./part-worker.js", import.meta.url), { type: "module" });

function startedThread(started: WorkerLike, work: PartWork): Thread<SentPart> {
  const worker = started as Worker;
  try {
    worker.postMessage(work);
  } catch (error) {
    worker.terminate();
    throw error;
  }
  return {
    send: (part) => worker.postMessage(part, [part.bytes.buffer]),
    listen(answered, gone) {
      worker.onmessage = ({ data }: MessageEvent<Answer>) => answered(data);
      worker.onmessageerror = gone;
      worker.onerror = (event) => {
        event.preventDefault?.();
        gone();
      };
    },
    end: () => worker.terminate(),
  };
}
