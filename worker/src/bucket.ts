/** Longest object read that is not the records. */
const MAX_JSON_BYTES = 8 * 1024 * 1024;

/** The records, as they come out of the bucket: the object may be larger than the memory. */
export async function openRecords(bucket: R2Bucket, key: string): Promise<ReadableStream<Uint8Array>> {
  const object = await bucket.get(key);
  if (object === null) {
    // No object is not "no usage". The caller reads a plain 500; whoever runs the Worker reads this.
    console.error(`The bucket RECORDS has no object named ${key}.`);
    throw new Error("no records");
  }
  return decoded(object);
}

/** A JSON object's value, which whoever asks for it judges; `undefined` when the bucket has none. */
export async function readJson(bucket: R2Bucket, key: string): Promise<unknown> {
  const object = await bucket.get(key);
  if (object === null) return undefined;
  try {
    return JSON.parse(await new Response(decoded(object).pipeThrough(limit(MAX_JSON_BYTES))).text());
  } catch (error) {
    // Not the error's own message, which quotes the text.
    console.error(`The object ${key} of the bucket RECORDS is not JSON, or longer than ${MAX_JSON_BYTES} bytes.`);
    throw error;
  }
}

function decoded(object: R2ObjectBody): ReadableStream<Uint8Array> {
  if (object.httpMetadata?.contentEncoding !== "gzip") return object.body;
  return object.body.pipeThrough(new DecompressionStream("gzip"));
}

/** Counts after decompression, where the true size shows. */
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
