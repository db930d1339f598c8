import { decompressed } from "usage-by-agent";

/** The longest object besides the records that is read, in bytes after decompression. */
const MAX_JSON_BYTES = 8 * 1024 * 1024;

/** Opens the records as a stream, because the object may be larger than the memory. The package decompresses them. */
export async function openRecords(bucket: R2Bucket, key: string): Promise<ReadableStream<Uint8Array>> {
  const object = await bucket.get(key);
  if (object === null) {
    // A missing object is an error, not a report without usage. The caller gets a 500; the log has the reason.
    console.error(`The bucket RECORDS has no object named ${key}.`);
    throw new Error("no records");
  }
  return object.body;
}

/** The value of an object that contains JSON, unchecked; `undefined` if the bucket has no such object. */
export async function readJson(bucket: R2Bucket, key: string): Promise<unknown> {
  const object = await bucket.get(key);
  if (object === null) return undefined;
  try {
    return JSON.parse(await new Response(decompressed(object.body).pipeThrough(limit(MAX_JSON_BYTES))).text());
  } catch {
    // The error is neither logged nor passed on: it quotes the text, and its code would speak of records.
    console.error(`The object ${key} of the bucket RECORDS is not JSON, or longer than ${MAX_JSON_BYTES} bytes.`);
    throw new Error(`no ${key}`);
  }
}

/** The version of several objects together: it changes with each upload or removal of one of them. */
export async function versionOf(bucket: R2Bucket, ...keys: readonly string[]): Promise<string> {
  const found = await Promise.all(keys.map((key) => bucket.head(key)));
  return found.map((object) => object?.version ?? "").join(" ");
}

/** Throws after `maxBytes`. It stands after decompression, so that a small gzip object can't become a huge text. */
function limit(maxBytes: number): TransformStream<Uint8Array, Uint8Array> {
  let length = 0;
  return new TransformStream({
    transform(chunk, controller) {
      length += chunk.byteLength;
      if (length > maxBytes) throw new Error(`an object is longer than ${maxBytes} bytes`);
      controller.enqueue(chunk);
    },
  });
}
