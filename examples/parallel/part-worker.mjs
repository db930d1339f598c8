import { UsageAggregator } from "usage-by-agent";

/** The number of bytes that are read at once. A worker keeps no more of its part in memory. */
const STEP = 1 << 22;

/**
 * The job of a worker: it counts one part, and posts `{snapshot}` or `{error}`. The error is posted as plain fields, because a
 * posted error loses its class and its code.
 *
 * @param {{postMessage(message: unknown, transfer: ArrayBuffer[]): void}} port
 * @param {{start: number, end: number, query: import("usage-by-agent").UsageQuery}} part
 * @param {() => Blob | Promise<Blob>} open returns the whole file
 */
export async function answer(port, part, open) {
  try {
    const snapshot = await countPart(await open(), part);
    port.postMessage({ snapshot }, [snapshot.buffer]);
  } catch (error) {
    const { name, message, code, path, line, byteOffset } = error;
    port.postMessage({ error: { name, message, code, path, line, byteOffset } }, []);
  }
}

async function countPart(blob, { start, end, query }) {
  if (blob.size < end) throw new RangeError(`the file has shrunk to ${blob.size} bytes: wanted ${end}`);
  const usage = new UsageAggregator(query);
  try {
    for (let at = start; at < end; at += STEP) {
      const bytes = await blob.slice(at, Math.min(at + STEP, end)).arrayBuffer();
      usage.pushBytes(new Uint8Array(bytes));
    }
    return usage.finish().snapshot();
  } finally {
    usage.free();
  }
}
