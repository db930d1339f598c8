// Where the bytes of a text come from, chunk by chunk, whatever gives them.

import { said, typeName } from "../bridge/values.js";
import { UsageError } from "../errors.js";

/** Where the bytes of JSON text come from. */
export type ByteSource = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> | Response | Blob;

/** What a source gives until it ends or is told to stop. */
export interface Chunks {
  /** Bytes that the source has given. */
  readonly bytes: number;
  /** The next chunk; `undefined` at the end. */
  next(): Promise<Uint8Array | undefined>;
  stop(reason: unknown): void;
}

/** What a source gives, decompressed where it is gzip data and says so. */
export function opened(source: ByteSource): Chunks {
  const chunks = plain(source);
  return saysGzip(source) ? new Unzipped(chunks) : chunks;
}

function plain(source: ByteSource): Chunks {
  if (isResponse(source)) {
    if (!source.ok) {
      const got = `the response's status is ${source.status}`;
      throw new UsageError("invalid_option", `${got}: wanted a success`, { path: "" });
    }
    if (source.bodyUsed) {
      throw new UsageError("invalid_option", "the response has been read already: wanted one that has not", {
        path: "",
      });
    }
    return source.body === null ? NOTHING : streamed(source.body);
  }
  if (isBlob(source)) return streamed(source.stream());
  if (typeof source === "object" && source !== null) {
    // By its reader: not every browser's streams are async iterables.
    if ("getReader" in source) return streamed(source);
    if (Symbol.asyncIterator in source) return iterated(source);
  }
  const wanted = "a ReadableStream or AsyncIterable of Uint8Array, a Response or a Blob";
  throw new UsageError("invalid_option", `the source is ${typeName(source)}: wanted ${wanted}`, { path: "" });
}

function isResponse(source: ByteSource): source is Response {
  return typeof Response !== "undefined" && source instanceof Response;
}

function isBlob(source: ByteSource): source is Blob {
  return typeof Blob !== "undefined" && source instanceof Blob;
}

const NOTHING: Chunks = { bytes: 0, next: async () => undefined, stop() {} };

function streamed(stream: ReadableStream<Uint8Array>): Chunks {
  if (stream.locked) {
    throw new UsageError("invalid_option", "somebody else is reading the stream: wanted one that is not locked", {
      path: "",
    });
  }
  const reader = stream.getReader();
  let ended = false;
  return {
    bytes: 0,
    async next() {
      if (ended) return undefined;
      const { done, value } = await reader.read();
      ended = done;
      if (done) reader.releaseLock();
      return counted(this, value);
    },
    stop: (reason) => void reader.cancel(reason).catch(() => {}),
  };
}

function iterated(source: AsyncIterable<Uint8Array>): Chunks {
  const iterator = source[Symbol.asyncIterator]();
  return {
    bytes: 0,
    async next() {
      const { done, value } = await iterator.next();
      return counted(this, done ? undefined : value);
    },
    stop: () => void Promise.resolve(iterator.return?.()).catch(() => {}),
  };
}

function counted(chunks: { bytes: number }, chunk: Uint8Array | undefined): Uint8Array | undefined {
  chunks.bytes += chunk?.length ?? 0;
  return chunk;
}

const GZIP_TYPE = /^application\/(x-)?gzip\b/i;

/** Does the source say that it is gzip data? A response that names a `Content-Encoding` comes decoded. */
function saysGzip(source: ByteSource): boolean {
  if (isBlob(source)) return GZIP_TYPE.test(source.type) || ("name" in source && endsInGz(String(source.name)));
  if (!isResponse(source)) return false;
  const { headers, url } = source;
  return GZIP_TYPE.test(headers.get("content-type") ?? "") || endsInGz(url.replace(/[?#].*/s, ""));
}

const endsInGz = (name: string) => /\.gz$/i.test(name);

/** Chunks of gzip data, as they were before; what does not begin as gzip data does is let through. */
class Unzipped implements Chunks {
  readonly #source: Chunks;
  #text: Chunks | undefined;
  #isGzip = false;
  /** What the source threw: that is not the data's fault. */
  #failed: { error: unknown } | undefined;

  constructor(source: Chunks) {
    this.#source = source;
  }

  get bytes(): number {
    return this.#source.bytes;
  }

  async next(): Promise<Uint8Array | undefined> {
    this.#text ??= await this.#open();
    try {
      return await this.#text.next();
    } catch (cause) {
      if (this.#failed !== undefined) throw this.#failed.error;
      if (!this.#isGzip) throw cause;
      throw new UsageError("invalid_json", `the gzip data is damaged: ${said(cause)}`, { cause });
    }
  }

  stop(reason: unknown): void {
    (this.#text ?? this.#source).stop(reason);
  }

  async #open(): Promise<Chunks> {
    const first: Uint8Array[] = [];
    let head: number[] = [];
    while (head.length < 2) {
      const chunk = await this.#source.next();
      if (chunk === undefined) break;
      first.push(chunk);
      head = first.flatMap((chunk) => [...chunk.subarray(0, 2)]);
    }
    this.#isGzip = head[0] === 0x1f && head[1] === 0x8b;
    const next = async () => first.shift() ?? this.#source.next();
    const stop = (reason: unknown) => this.#source.stop(reason);
    return this.#isGzip ? streamed(this.#unzipped(next, stop)) : { bytes: 0, next, stop };
  }

  #unzipped(next: Chunks["next"], stop: Chunks["stop"]): ReadableStream<Uint8Array> {
    const zipped = new ReadableStream<BufferSource>(
      {
        pull: async (controller) => {
          try {
            const chunk = await next();
            if (chunk === undefined) controller.close();
            else controller.enqueue(chunk as Uint8Array<ArrayBuffer>);
          } catch (error) {
            this.#failed = { error };
            throw error;
          }
        },
        cancel: stop,
      },
      { highWaterMark: 0 }, // no sooner than it is asked for
    );
    return zipped.pipeThrough(new DecompressionStream("gzip"));
  }
}
