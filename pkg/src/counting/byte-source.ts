// Reads the bytes of JSON text chunk by chunk from any kind of source.

import { isAsyncIterable, isBlob, isReadableStream, isResponse } from "../bridge/bodies.js";
import { bytesOf, property, typeName, uint8ArrayOf } from "../bridge/values.js";
import { UsageError } from "../errors.js";
import { Gunzip, isGzip, joined } from "./gunzip.js";

/** A source of the bytes of JSON text, which may be gzip data. */
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
 * The bytes of a source, decompressed if they are gzip data. Gzip data is recognised by its first two bytes, and not by a name or
 * a type. It may have several members, as in the output of `cat a.gz b.gz`, and zero bytes after the last member. Use this
 * function for files that do not contain records. {@link usageByAgentStream} and {@link UsageAggregator.pushStream} decompress by
 * themselves.
 *
 * @param source a `ReadableStream` or `AsyncIterable` of bytes, a `Response`, or a `Blob`
 * @returns a stream that reads a chunk of the source only when it is read itself. Cancelling it cancels the source.
 * @throws {UsageError} `invalid_option` for a value that is none of these, a response without success or that was read already, or
 *   a locked stream. Reading the stream throws `invalid_json` for damaged gzip data, `invalid_option` for chunks that are not bytes,
 *   and an error of the source as it is.
 *
 * @example
 * ```ts
 * const zipped = new Blob(['{"data":[]}']).stream().pipeThrough(new CompressionStream("gzip"));
 * await new Response(decompressed(zipped)).text(); // '{"data":[]}'
 * ```
 */
export function decompressed(source: ByteSource): ReadableStream<Uint8Array> {
  const chunks = opened(source);
  return new ReadableStream(
    {
      async pull(controller) {
        const chunk = await chunks.next();
        if (chunk === undefined) controller.close();
        else controller.enqueue(chunk);
      },
      cancel: (reason) => chunks.stop(reason),
    },
    { highWaterMark: 0 }, // read a chunk only when it is needed
  );
}

/**
 * Opens a source. Its chunks are decompressed if its first bytes are those of gzip data.
 *
 * @throws {UsageError} `invalid_option` for a value that is not a source, a response without success or that was read already, or a
 *   locked stream
 */
export function opened(source: ByteSource): Chunks {
  return new Opened(plain(source));
}

function plain(source: unknown): Chunks {
  if (isResponse(source)) return answered(source);
  if (isBlob(source)) return isReadable(source) ? plain(source.stream()) : iterated(parts(source));
  // Streams first, because those of some browsers are not async iterables.
  if (isReadableStream(source)) return streamed(source);
  if (isAsyncIterable(source)) return iterated(source);
  throw refused(
    `the source is ${typeName(source)}: wanted a ReadableStream or AsyncIterable of Uint8Array, a Response or a Blob`,
  );
}

const refused = (message: string) => new UsageError("invalid_option", message, { path: "" });

function answered(response: Response): Chunks {
  if (!response.ok) throw refused(`the response's status is ${response.status}: wanted 200 to 299`);
  if (response.bodyUsed) throw refused("the response has been read already: wanted an unread response");
  if (response.body === null) return NOTHING;
  // The responses of some polyfills have no body that can be read in parts.
  return response.body === undefined ? iterated(whole(response)) : plain(response.body);
}

const NOTHING: Chunks = { bytes: 0, next: async () => undefined, stop() {} };

async function* whole(response: Response): AsyncGenerator<unknown> {
  yield bytesOf(await response.arrayBuffer());
}

const isReadable = (blob: Blob) => typeof property(blob, "stream") === "function";

/** The size of the parts in which a Blob without `stream` is read. */
const PART = 1 << 20;

/** The bytes of a Blob that can't be read as a stream, such as jsdom's. */
async function* parts(blob: Blob): AsyncGenerator<unknown> {
  for (let at = 0; at < blob.size; at += PART) yield bytesOf(await bufferOf(blob.slice(at, at + PART)));
}

function bufferOf(blob: Blob): Promise<unknown> {
  if (typeof property(blob, "arrayBuffer") === "function") return blob.arrayBuffer();
  if (typeof FileReader === "undefined") {
    const got = "the Blob has neither stream() nor arrayBuffer(), and there is no FileReader";
    throw refused(`${got}: wanted one of them`);
  }
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsArrayBuffer(blob);
  });
}

function streamed(stream: ReadableStream<Uint8Array>): Chunks {
  if (stream.locked) throw refused("the stream is locked by another reader: wanted an unlocked stream");
  const reader = stream.getReader();
  let ended = false;
  return {
    bytes: 0,
    async next() {
      if (ended) return undefined;
      const { done, value } = await reader.read();
      ended = done;
      if (done) reader.releaseLock();
      return done ? undefined : counted(this, value);
    },
    stop: (reason) => void reader.cancel(reason).catch(() => {}),
  };
}

function iterated(source: AsyncIterable<unknown>): Chunks {
  const iterator = source[Symbol.asyncIterator]();
  return {
    bytes: 0,
    async next() {
      const { done, value } = await iterator.next();
      return done ? undefined : counted(this, value);
    },
    stop: () => void Promise.resolve(iterator.return?.()).catch(() => {}),
  };
}

function counted(chunks: { bytes: number }, chunk: unknown): Uint8Array {
  const bytes = uint8ArrayOf(chunk);
  if (bytes === undefined) throw refused(`the chunk is ${typeName(chunk)}: wanted a Uint8Array`);
  chunks.bytes += bytes.length;
  return bytes;
}

/** A source whose first bytes decide whether it is decompressed. */
class Opened implements Chunks {
  readonly #source: Chunks;
  #text: Chunks | undefined;

  constructor(source: Chunks) {
    this.#source = source;
  }

  get bytes(): number {
    return this.#source.bytes;
  }

  async next(): Promise<Uint8Array | undefined> {
    this.#text ??= await this.#open();
    return this.#text.next();
  }

  stop(reason: unknown): void {
    (this.#text ?? this.#source).stop(reason);
  }

  async #open(): Promise<Chunks> {
    const source = this.#source;
    let first = await source.next();
    while (first !== undefined && (first.length === 0 || (first.length === 1 && first[0] === 0x1f))) {
      first = first.slice(); // the source may use its memory again
      const chunk = await source.next();
      if (chunk === undefined) break;
      first = joined(first, chunk);
    }
    const isZipped = first !== undefined && isGzip(first);
    const whole: Chunks = {
      get bytes() {
        return source.bytes;
      },
      async next() {
        const chunk = first ?? (await source.next());
        first = undefined;
        return chunk;
      },
      stop: (reason) => source.stop(reason),
    };
    return isZipped ? new Gunzip(whole) : whole;
  }
}
