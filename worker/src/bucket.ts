/** The longest object besides the records that is read, in bytes after decompression. */
const MAX_JSON_BYTES = 8 * 1024 * 1024;

/** Opens the records as a stream, because the object may be larger than the memory. */
export async function openRecords(bucket: R2Bucket, key: string): Promise<ReadableStream<Uint8Array>> {
  const object = await bucket.get(key);
  if (object === null) {
    // A missing object is an error, not a report without usage. The caller gets a 500; the log has the reason.
    console.error(`The bucket RECORDS has no object named ${key}.`);
    throw new Error("no records");
  }
  return decoded(object);
}

/** The value of an object that contains JSON, unchecked; `undefined` if the bucket has no such object. */
export async function readJson(bucket: R2Bucket, key: string): Promise<unknown> {
  const object = await bucket.get(key);
  if (object === null) return undefined;
  try {
    return JSON.parse(await new Response(decoded(object).pipeThrough(limit(MAX_JSON_BYTES))).text());
  } catch (error) {
    // The error's message is not logged, because it quotes the text.
    console.error(`The object ${key} of the bucket RECORDS is not JSON, or longer than ${MAX_JSON_BYTES} bytes.`);
    throw error;
  }
}

function decoded(object: R2ObjectBody): ReadableStream<Uint8Array> {
  if (object.httpMetadata?.contentEncoding !== "gzip") return object.body;
  return object.body.pipeThrough(new DecompressionStream("gzip"));
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
