import type { Bucket } from "../platform.js";

/** The archive of an account is a folder in a bucket: `<prefix>/<account>/<archive>/<day>/<shard>-<part>.ndjson.gz`. */
export interface ArchiveSettings {
  /** The name of the binding of the bucket. */
  bucket: string;
  /** The beginning of the names of its objects. */
  prefix: string;
}

/** How many objects the platform lists and deletes at once. */
const AT_ONCE = 1000;

/** How many times one request deletes as many. */
const DELETED_BY_REQUEST = 10;

/** What each file of records ends with. */
const RECORDS = ".ndjson.gz";

/** The file that says that an archive is whole. */
const WHOLE = "archive.json";

/** The bucket of a binding; `null` if there is none. */
export function bucketOf(env: unknown, binding: string): Bucket | null {
  const bucket = (env as Record<string, Partial<Bucket> | undefined>)[binding];
  return typeof bucket?.put === "function" && typeof bucket.list === "function" ? (bucket as Bucket) : null;
}

/** The folder of all archives of an account. */
export const folderOf = (prefix: string, account: string) => `${prefix}/${account}/`;

/** The name of a file of records. */
export const fileOf = (folder: string, day: string, shard: number, part: string) =>
  `${folder}${day}/${String(shard).padStart(2, "0")}-${part}${RECORDS}`;

/** Notes that an archive is whole: everything that counted when it began is in it. */
export async function noteWhole(bucket: Bucket, folder: string, facts: object): Promise<void> {
  await bucket.put(folder + WHOLE, JSON.stringify(facts));
}

/**
 * The newest whole archive of an account; `null` if there is none.
 *
 * @param folder the folder of all archives of the account
 * @param except the name of an archive that is not meant
 */
export async function newestWhole(bucket: Bucket, folder: string, except: string | null): Promise<string | null> {
  const { delimitedPrefixes } = await bucket.list({ prefix: folder, delimiter: "/" });
  const names = delimitedPrefixes.map((path) => path.slice(folder.length, -1)).sort();
  for (const name of names.reverse()) {
    if (name !== except && (await isWhole(bucket, `${folder}${name}/`))) return name;
  }
  return null;
}

/** Whether an archive is whole. */
export async function isWhole(bucket: Bucket, folder: string): Promise<boolean> {
  return (await bucket.head(folder + WHOLE)) !== null;
}

/** The first files of records of an archive after one of them. The order is that in which they were written, for each shard. */
export async function filesAfter(bucket: Bucket, folder: string, after: string, most: number): Promise<string[]> {
  const startAfter = after === "" ? {} : { startAfter: folder + after };
  const { objects } = await bucket.list({ prefix: folder, limit: most, ...startAfter });
  return objects.map(({ key }) => key.slice(folder.length)).filter((name) => name.endsWith(RECORDS));
}

/** Deletes all archives of an account, as far as one request can. Whether that is all. */
export async function deleteAll(bucket: Bucket, folder: string): Promise<boolean> {
  for (let times = 0; times < DELETED_BY_REQUEST; times++) {
    const { objects, truncated } = await bucket.list({ prefix: folder, limit: AT_ONCE });
    if (objects.length > 0) await bucket.delete(objects.map(({ key }) => key));
    if (!truncated) return true;
  }
  return false;
}

/** Text as gzip data. */
export function gzipped(text: string): Promise<ArrayBuffer> {
  const stream = new Blob([text]).stream() as ReadableStream<Uint8Array<ArrayBuffer>>;
  return new Response(stream.pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
}

/** The text of gzip data. */
export function gunzipped(data: ReadableStream<Uint8Array>): Promise<string> {
  const stream = data as ReadableStream<Uint8Array<ArrayBuffer>>;
  return new Response(stream.pipeThrough(new DecompressionStream("gzip"))).text();
}
