/**
 * Counts a long file by all cores, as the command does: see `pkg/src/parts/read-by-parts.ts`. The threads are workers of the worker,
 * which run the same script under another name.
 */
import { UsageError, UsageRollup } from "usage-by-agent";
import type { PartCounts, WholeCounts } from "../../../pkg/src/counting/part.js";
import {
  type Answer,
  MOST_THREADS,
  PART_LIMITS,
  readByParts,
  type Task,
} from "../../../pkg/src/parts/read-by-parts.js";
import { Team, type Thread } from "../../../pkg/src/parts/team.js";
import type { Reading } from "../usage/usage.js";

/** Shorter files are counted by one thread, in less time than the threads take to start. In bytes. */
const LARGE = 16_000_000;

/** The name of the worker that counts parts. */
export const PART_WORKER = "part";

/** What a thread gets when it starts. */
interface Work {
  file: Blob;
  reading: Reading;
}

/** Whether several threads should count a file that is not compressed. */
export function isForParts(file: Blob): boolean {
  return file.size >= LARGE && threads() > 1 && typeof Worker === "function";
}

/**
 * The number of threads, with the main one. A core is left to the browser, which reads the file meanwhile. So with two cores one
 * thread counts: two took 0.95 s for 137 MB, and one took 0.58 s.
 */
const threads = () => Math.min(navigator.hardwareConcurrency - 1, MOST_THREADS);

/**
 * Counts a file. The text is still open then.
 *
 * @param onProgress called with the number of bytes that have been counted. What it throws ends the counting.
 */
export function countByParts(
  rollup: UsageRollup,
  file: Blob,
  reading: Reading,
  bytes: (from: number, to: number) => AsyncIterable<Uint8Array>,
  onProgress: (bytes: number) => void,
): Promise<void> {
  const read = async (at: number, length: number) =>
    new Uint8Array(await file.slice(at, Math.min(file.size, at + length)).arrayBuffer());
  return readByParts({
    usage: rollup as unknown as WholeCounts,
    text: { size: file.size, read, bytes },
    nothing: () => asPartCounts(new UsageRollup({ ...reading })),
    start: async () => new Team(threads() - 1, () => startThread({ file, reading })),
    onProgress,
    limits: PART_LIMITS,
  });
}

/** The methods for parts are not in the types of the package, because its users do not need them. */
const asPartCounts = (rollup: UsageRollup) => rollup as unknown as PartCounts;

function startThread(work: Work): Thread {
  const worker = new Worker(self.location.href, { type: "module", name: PART_WORKER });
  worker.postMessage(work);
  return {
    send: (task) => worker.postMessage(task),
    listen(answered, gone) {
      worker.onmessage = ({ data }: MessageEvent<Answer>) => answered(data);
      worker.onmessageerror = gone;
      worker.onerror = (event) => {
        event.preventDefault();
        gone();
      };
    },
    end: () => worker.terminate(),
  };
}

/** Makes this worker one that counts parts. Its first message is the work, and all others are tasks. */
export function beginPartWorker(loaded: Promise<void>): void {
  let work: Work | undefined;
  let last = loaded;
  self.onmessage = ({ data }: MessageEvent<Work | Task>) => {
    if (work === undefined) {
      work = data as Work;
      return;
    }
    const { file, reading } = work;
    last = last.then(async () => {
      const answer = await counted(file, reading, data as Task);
      const moved = answer === undefined ? [] : [answer.place.buffer, answer.snapshot.buffer, answer.unknown.buffer];
      self.postMessage(answer, { transfer: moved });
    });
    // The thread ends by an error that is not caught, because the module may be in an unknown state.
    last.catch((error) => setTimeout(() => reportError(error)));
  };
}

/**
 * Counts a part. What is wrong with it is not told, because the main thread then counts the part itself, and finds the words and the
 * places of reading in order.
 */
async function counted(file: Blob, reading: Reading, { start, end }: Task): Promise<Answer> {
  const counts = asPartCounts(new UsageRollup({ ...reading })).beginPart(start);
  try {
    counts.pushBytes(new Uint8Array(await file.slice(start, end).arrayBuffer()));
    return counts.endPart();
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  } finally {
    counts.free();
  }
}
