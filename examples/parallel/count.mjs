import { UsageAggregator, UsageError } from "usage-by-agent";
import { partsOf } from "./parts.mjs";

/**
 * Counts a file of newline-delimited JSON with several workers.
 *
 * @param {Blob} blob the file
 * @param {import("usage-by-agent").UsageQuery} query
 * @param {number} workers the largest number of workers
 * @param {(part: object) => {answer: Promise<object>, end: () => unknown}} start starts a worker on a part
 * @returns the report and the diagnostics. With `dedupe` (the default) they are those of one pass, with one difference: a
 *   problem's line, path and `byteOffset` are relative to its part. `part` is the byte at which the part begins in the file, so
 *   `part + byteOffset` is the place in the file. Errors have `part`, too.
 */
export async function count(blob, query, workers, start) {
  // All parts use one clock, because different clocks could give different periods. Workers do not need the directory of agents,
  // because the report is made here.
  const now = query.now ?? Date.now();
  const { agents, ...counting } = { ...query, now };
  const usage = new UsageAggregator({ ...query, now });
  const running = [];
  try {
    const parts = await partsOf(blob, workers);
    for (const part of parts) {
      const { answer, end } = start({ ...part, query: counting });
      const snapshot = snapshotOf(answer, part.start);
      snapshot.catch(() => {}); // after a failure, the other workers are ended early, and their errors do not matter
      running.push({ snapshot, end });
    }
    const snapshots = await Promise.all(running.map(({ snapshot }) => snapshot));

    const problems = [];
    for (const [n, snapshot] of snapshots.entries()) {
      usage.merge(snapshot);
      // The new problems in the list are those of this part.
      const added = usage.diagnostics().problems.slice(problems.length);
      problems.push(...added.map((problem) => ({ ...problem, part: parts[n].start })));
    }
    return { report: usage.report(), diagnostics: { ...usage.diagnostics(), problems } };
  } finally {
    usage.free();
    await Promise.all(running.map((worker) => worker.end()));
  }
}

/** Returns a worker's snapshot. Throws a worker's error with its class and code. */
async function snapshotOf(answer, part) {
  const { snapshot, error } = await answer;
  if (error === undefined) return snapshot;
  const { name, message, code, path, line, byteOffset } = error;
  const text = `${message}, in the part that begins at byte ${part}`;
  if (code === undefined) throw Object.assign(new Error(text), { name, part });
  // The message already contains the place.
  throw Object.assign(new UsageError(code, text), { path, line, byteOffset, part });
}
