import { UsageAggregator } from "usage-by-agent";

/** Bytes that are read at once: what a worker holds of its part. */
const STEP = 1 << 22;

/**
 * What a worker does: it counts one part, and posts `{snapshot}`, or `{error}` in plain fields, for errors lose their class
 * and their code on the way.
 *
 * @param {{postMessage(message: unknown, transfer: ArrayBuffer[]): void}} port
 * @param {{start: number, end: number, query: import("usage-by-agent").UsageQuery}} part
 * @param {() => Blob | Promise<Blob>} open gives the whole file
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
