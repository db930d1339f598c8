// Reads the bytes of JSON text chunk by chunk from any kind of source.

import { said, typeName } from "../bridge/values.js";
import { UsageError } from "../errors.js";

/** A source of the bytes of JSON text. */
export type ByteSource = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> | Response | Blob;

/** The chunks of a source, until it ends or is stopped. */
export interface Chunks {
  /** The number of bytes that the source has given. */
  readonly bytes: number;
  /** The next chunk; `undefined` at the end. */
  next(): Promise<Uint8Array | undefined>;
  /** Stops the source. It is not awaited. */
  stop(reason: unknown): void;
}

/**
 * Opens a source. Its chunks are decompressed if it is gzip data and its type or name says so.
 *
 * @throws {UsageError} `invalid_option` for a value that is not a source, a response without success or that was read already, or a
 *   locked stream
 */
export function opened(source: ByteSource): Chunks {
  const chunks = plain(source);
  return saysGzip(source) ? new Unzipped(chunks) : chunks;
}

function plain(source: ByteSource): Chunks {
  if (isResponse(source)) {
    if (!source.ok) {
      const got = `the response's status is ${source.status}`;
      throw new UsageError("invalid_option", `${got}: wanted 200 to 299`, { path: "" });
    }
    if (source.bodyUsed) {
      throw new UsageError("invalid_option", "the response has been read already: wanted an unread response", {
        path: "",
      });
    }
    return source.body === null ? NOTHING : streamed(source.body);
  }
  if (isBlob(source)) return streamed(source.stream());
  if (typeof source === "object" && source !== null) {
    // `getReader` first, because the streams of some browsers are not async iterables.
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
    throw new UsageError("invalid_option", "the stream is locked by another reader: wanted an unlocked stream", {
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

/** Whether the source's type or name says that it is gzip data. `fetch` has already decoded a `Content-Encoding`. */
function saysGzip(source: ByteSource): boolean {
  if (isBlob(source)) return GZIP_TYPE.test(source.type) || ("name" in source && endsInGz(String(source.name)));
  if (!isResponse(source)) return false;
  const { headers, url } = source;
  return GZIP_TYPE.test(headers.get("content-type") ?? "") || endsInGz(url.replace(/[?#].*/s, ""));
}

const endsInGz = (name: string) => /\.gz$/i.test(name);

/** Decompresses gzip data. Data without the gzip header (RFC 1952 § 2.3.1) passes unchanged. */
class Unzipped implements Chunks {
  readonly #source: Chunks;
  #text: Chunks | undefined;
  #isGzip = false;
  /** The error of the source, which is thrown instead of the error that decompression makes of it. */
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
      { highWaterMark: 0 }, // read a chunk only when it is needed
    );
    return zipped.pipeThrough(new DecompressionStream("gzip"));
  }
}
