import type { ByteSource, Records } from "usage-by-agent";
import { isAsyncIterable, isBlob, isReadableStream, isResponse } from "../../bridge/bodies.js";
import { nameOf } from "../../looks/name.js";
import { invalidOption } from "../invalid-option.js";

/** What the option `records` may give. */
export type RecordsInput = Records | ByteSource;

const WANTED =
  "wanted an iterable of records, a list page, a conversation with its messages, a record, JSON text, bytes, a stream, a Response or a Blob";

/**
 * Whether records are read as a stream. The check goes by shape: `instanceof` would not recognise a polyfill's objects or those of
 * another realm.
 *
 * @throws {UsageError} `invalid_option` at `/records` for any other value. The message names its type or its keys, and never a
 *   value
 */
export function isStreamed(records: unknown): records is ByteSource {
  if (typeof records === "string") return false;
  if (typeof records !== "object" || records === null) throw wrong(nameOf(records));
  if (isResponse(records) || isBlob(records) || isReadableStream(records) || isAsyncIterable(records)) return true;
  const tag = tagOf(records);
  if (tag === "Uint8Array" || tag === "ArrayBuffer") return false;
  if (/^(?:Map|Promise)$/.test(tag) || ArrayBuffer.isView(records)) throw wrong(nameOf(records));
  if (Symbol.iterator in records) checkItems(records);
  else if (!isOneRecord(records)) checkList(records);
  return false;
}

/** A promise in an array would count as a record of an unknown kind. */
function checkItems(records: object): void {
  const index = Array.isArray(records) ? records.findIndex(isPromise) : -1;
  if (index >= 0) throw wrong(`an array whose item ${index} is a Promise`);
}

/** An object has its records in `data`, as a page, or in `messages`, as a conversation. */
function checkList(records: { data?: unknown; messages?: unknown }): void {
  for (const key of ["data", "messages"] as const) {
    if (isPromise(records[key])) throw wrong(`an object whose \`${key}\` is a Promise`);
  }
  const items = [records.data, records.messages].find(Array.isArray);
  if (items === undefined) throw wrong(nameOf(records));
  checkItems(items);
}

const RECORD_KEYS = ["event", "startedAt", "receivedAt", "started_at", "received_at"];

/** Whether the object may be one record. The package decides what it is. */
function isOneRecord(records: object): boolean {
  const { data, body } = records as { data?: unknown; body?: unknown };
  if (Array.isArray(data)) return false;
  return RECORD_KEYS.some((key) => key in records) || (typeof body === "object" && body !== null && "event" in body);
}

/** The error for a wrong result of the option `records`. */
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

  /** The stream to read. */
  get stream(): ByteSource {
    const source = this.#source;
    if ("getReader" in source || !(Symbol.asyncIterator in source)) return source;
    return {
      [Symbol.asyncIterator]: () => {
        this.#opened = true;
        return source[Symbol.asyncIterator]();
      },
    };
  }

  /** Stops the source, unless its reader has done so. Its errors are ignored, because the response is already decided. */
  cancel(): void {
    const source = this.#source as Partial<ReadableStream & Response & AsyncIterable<Uint8Array>>;
    void (async () => {
      if (source.getReader !== undefined) await source.cancel?.();
      else if (source.body != null) await source.body.cancel();
      else if (!this.#opened) await source[Symbol.asyncIterator]?.().return?.();
    })().catch(() => {});
  }
}
