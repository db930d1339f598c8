import { UsageAggregator, UsageError } from "usage-by-agent";
import { partsOf } from "./parts.mjs";

/**
 * Counts a file of newline-delimited JSON by several workers.
 *
 * @param {Blob} blob the file
 * @param {import("usage-by-agent").UsageQuery} query
 * @param {number} workers how many, at most
 * @param {(part: object) => {answer: Promise<object>, end: () => unknown}} start starts a worker on a part
 * @returns report and diagnostics. With `dedupe` (the default) they are those of one pass, but that a problem's line, path and
 *   `byteOffset` are those in its part: `part` is the byte of the file that the part begins at, so `part + byteOffset` is the
 *   place in the file. Errors have `part`, too.
 */
export async function count(blob, query, workers, start) {
  // One clock for all, or parts could be of two periods. The directory is for the report, which is made here.
  const now = query.now ?? Date.now();
  const { agents, ...counting } = { ...query, now };
  const usage = new UsageAggregator({ ...query, now });
  const running = [];
  try {
    const parts = await partsOf(blob, workers);
    for (const part of parts) {
      const { answer, end } = start({ ...part, query: counting });
      const snapshot = snapshotOf(answer, part.start);
      snapshot.catch(() => {}); // that of a worker which is ended before it answers is nobody's concern
      running.push({ snapshot, end });
    }
    const snapshots = await Promise.all(running.map(({ snapshot }) => snapshot));

    const problems = [];
    for (const [n, snapshot] of snapshots.entries()) {
      usage.merge(snapshot);
      // What is new in the list is of this part.
      const added = usage.diagnostics().problems.slice(problems.length);
      problems.push(...added.map((problem) => ({ ...problem, part: parts[n].start })));
    }
    return { report: usage.report(), diagnostics: { ...usage.diagnostics(), problems } };
  } finally {
    usage.free();
    await Promise.all(running.map((worker) => worker.end()));
  }
}

/** A worker's error is thrown here, as what it was. */
async function snapshotOf(answer, part) {
  const { snapshot, error } = await answer;
  if (error === undefined) return snapshot;
  const { name, message, code, path, line, byteOffset } = error;
  const text = `${message}, in the part that begins at byte ${part}`;
  if (code === undefined) throw Object.assign(new Error(text), { name, part });
  // The message has the place already.
  throw Object.assign(new UsageError(code, text), { path, line, byteOffset, part });
}
