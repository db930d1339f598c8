import type { UsageQuery } from "usage-by-agent";

/** Longest directory of agents read. */
const MAX_DIRECTORY_BYTES = 8 * 1024 * 1024;

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

/** The directory of agents; `undefined` when the bucket has none. */
export async function readDirectory(bucket: R2Bucket, key: string): Promise<UsageQuery["agents"]> {
  const object = await bucket.get(key);
  if (object === null) return undefined;
  const text = await new Response(decoded(object).pipeThrough(limit(MAX_DIRECTORY_BYTES))).text();
  return JSON.parse(text) as NonNullable<UsageQuery["agents"]>;
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
      if (length > maxBytes) throw new Error(`the directory of agents is longer than ${maxBytes} bytes`);
      controller.enqueue(chunk);
    },
  });
}
