import type { ByteSource, Records } from "usage-by-agent";
import { nameOf } from "../../looks/name.js";
import { invalidOption } from "../invalid-option.js";

/** What the option `records` may give. */
export type RecordsInput = Records | ByteSource;

const WANTED = "wanted an iterable of records, a list page, JSON text, bytes, a stream, a Response or a Blob";

/**
 * Whether records are read as a stream. The check goes by shape: `instanceof` would not recognise a polyfill's objects or those of
 * another realm.
 *
 * @throws {UsageError} `invalid_option` at `/records` for any other value. The message names its type or its keys, and no value
 */
export function isStreamed(records: unknown): records is ByteSource {
  if (typeof records === "string") return false;
  if (typeof records !== "object" || records === null) throw wrong(nameOf(records));
  const tag = tagOf(records);
  if (/^(?:Response|Blob|File)$/.test(tag)) return true;
  if (tag === "Uint8Array" || tag === "ArrayBuffer") return false;
  if ("getReader" in records || Symbol.asyncIterator in records) return true;
  if (/^(?:Map|Promise)$/.test(tag) || ArrayBuffer.isView(records)) throw wrong(nameOf(records));
  const isPage = !(Symbol.iterator in records);
  const items = isPage ? (records as { data?: unknown }).data : records;
  if (isPage && isPromise(items)) throw wrong("an object whose `data` is a Promise");
  if (isPage && !Array.isArray(items)) throw wrong(nameOf(records));
  if (Array.isArray(items)) {
    const index = items.findIndex(isPromise);
    if (index >= 0) throw wrong(`an array whose item ${index} is a Promise`);
  }
  return false;
}

/** The error of `records` that give this. */
export function wrong(what: string): Error {
  return invalidOption("/records", `\`records\` gave ${what}: ${WANTED}`);
}

function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

function isPromise(value: unknown): boolean {
  return value instanceof Promise;
}

/** A stream of records that knows whether its reading has begun, so that an unread one can be cancelled. */
export class Unread {
  #opened = false;
  readonly #source: ByteSource;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** The source to read. */
  get source(): ByteSource {
    const source = this.#source;
    if ("getReader" in source || !(Symbol.asyncIterator in source)) return source;
    return {
      [Symbol.asyncIterator]: () => {
        this.#opened = true;
        return source[Symbol.asyncIterator]();
      },
    };
  }

  /** Stops the source, unless its reader has done so. What it throws is of no interest: the answer is decided. */
  cancel(): void {
    const source = this.#source as Partial<ReadableStream & Response & AsyncIterable<Uint8Array>>;
    void (async () => {
      if (source.getReader !== undefined) await source.cancel?.();
      else if (source.body != null) await source.body.cancel();
      else if (!this.#opened) await source[Symbol.asyncIterator]?.().return?.();
    })().catch(() => {});
  }
}
