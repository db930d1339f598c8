import type { Deadline } from "./deadline.js";

/**
 * The body's bytes, or `null` when there are more than `maxBytes`. Counts what arrives, after decompression: the length that
 * the sender states is never trusted, and a small compressed body that grows without end is cut off like any other.
 */
export async function readBounded(
  response: Response,
  maxBytes: number,
  deadline: Deadline,
): Promise<Uint8Array<ArrayBuffer> | null> {
  if (response.body === null) return new Uint8Array(0);
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await deadline.wait(reader.read());
      if (done) return join(chunks, length);
      length += value.byteLength;
      if (length > maxBytes) return null;
      chunks.push(value);
    }
  } finally {
    // After the end this does nothing; before it, the sender stops sending. Nobody waits for either.
    reader.cancel().catch(() => {});
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
