import type { HeldBytes } from "../crowd/byte-budget.js";
import type { Deadline } from "../deadline.js";

/** A request or a response whose body is read. */
export type WithBody = Pick<Response, "headers" | "body" | "arrayBuffer">;

/** How much of a body is read, and until when. */
export interface ReadLimits {
  maxBytes: number;
  /** The bytes that this request holds, if they are limited. Reading waits where all requests together hold too many. */
  held?: HeldBytes;
  deadline: Deadline;
}

/**
 * Gives the body's bytes, or `null` if there are more than `maxBytes` after decompression.
 *
 * A body with a `Content-Length` is read at once, because HTTP ends it at that length. A compressed or chunked body does not state
 * its decompressed length. Its bytes are counted as they arrive, so that an endless body is cut off.
 */
export function readBounded(response: WithBody, limits: ReadLimits): Promise<Uint8Array<ArrayBuffer> | null> {
  const stated = response.headers.get("content-length");
  const isPlain = stated !== null && /^\d+$/.test(stated) && !response.headers.has("content-encoding");
  if (isPlain && Number(stated) > limits.maxBytes) {
    response.body?.cancel().catch(() => {});
    return Promise.resolve(null);
  }
  return isPlain ? atOnce(response, Number(stated), limits) : counted(response, limits);
}

/** Checks the length anyway: `fetch` may be any function, and its body may be longer than its header says. */
async function atOnce(
  response: WithBody,
  stated: number,
  { maxBytes, held, deadline }: ReadLimits,
): Promise<Uint8Array<ArrayBuffer> | null> {
  await held?.add(stated, deadline);
  const bytes = new Uint8Array(await deadline.wait(response.arrayBuffer()));
  return bytes.length > maxBytes ? null : bytes;
}

async function counted(response: WithBody, limits: ReadLimits): Promise<Uint8Array<ArrayBuffer> | null> {
  if (response.body === null) return new Uint8Array(0);
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  try {
    return await limits.deadline.wait(drained(reader, limits)); // one wait for all chunks, because a stream has many
  } finally {
    // Makes the sender stop. After the end of the body this does nothing. It is not awaited.
    reader.cancel().catch(() => {});
  }
}

async function drained(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  { maxBytes, held, deadline }: ReadLimits,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return join(chunks, length);
    length += value.byteLength;
    if (length > maxBytes) return null;
    chunks.push(value);
    await held?.add(value.byteLength, deadline);
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
