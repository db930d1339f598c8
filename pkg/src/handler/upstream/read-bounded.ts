import type { Deadline } from "./deadline.js";

/**
 * The body's bytes, or `null` when there are more than `maxBytes`.
 *
 * A body of a stated length is read at one go: HTTP ends it there, whatever the sender goes on to send. Nothing is stated of
 * what a compressed one becomes, nor of one that comes in chunks: those are counted as they arrive, after decompression, so that
 * one that grows without end is cut off.
 */
export function readBounded(
  response: Response,
  maxBytes: number,
  deadline: Deadline,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const stated = response.headers.get("content-length");
  const isPlain = stated !== null && /^\d+$/.test(stated) && !response.headers.has("content-encoding");
  if (isPlain && Number(stated) > maxBytes) {
    response.body?.cancel().catch(() => {});
    return Promise.resolve(null);
  }
  return isPlain ? atOnce(response, maxBytes, deadline) : counted(response, maxBytes, deadline);
}

/** What gives the body may be anyone's `fetch`: its length is looked at all the same. */
async function atOnce(
  response: Response,
  maxBytes: number,
  deadline: Deadline,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const bytes = new Uint8Array(await deadline.wait(response.arrayBuffer()));
  return bytes.length > maxBytes ? null : bytes;
}

async function counted(
  response: Response,
  maxBytes: number,
  deadline: Deadline,
): Promise<Uint8Array<ArrayBuffer> | null> {
  if (response.body === null) return new Uint8Array(0);
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  try {
    return await deadline.wait(drained(reader, maxBytes)); // once for all chunks: of a stream there are many
  } finally {
    // After the end this does nothing; before it, the sender stops sending. Nobody waits for either.
    reader.cancel().catch(() => {});
  }
}

async function drained(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return join(chunks, length);
    length += value.byteLength;
    if (length > maxBytes) return null;
    chunks.push(value);
  }
}

function join(chunks: Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}
