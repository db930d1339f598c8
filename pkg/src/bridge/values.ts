// Questions about JavaScript values. They recognise values of another realm (an iframe, `node:vm`, a test runner), which
// `instanceof` does not. Whatever a Proxy or a subclass does, nothing here throws, except for bytes that can't be read.

import { UsageError } from "../errors.js";

/** A value's type for a message, with its article: `"an object"`, `"a Promise"`. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (isRevoked(value)) return "a revoked Proxy";
  if (isArray(value)) return "an array";
  if (typeof value !== "object") return `a ${typeof value}`;
  const tag = tagOf(value);
  if (tag === "Object" || !/^[A-Z]\w{1,40}$/.test(tag)) return "an object";
  return `${/^[AEIO]/.test(tag) ? "an" : "a"} ${tag}`;
}

/** The message of an error, at most 200 characters. */
export function said(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error).slice(0, 200);
  } catch {
    return "a value that can't be converted to text";
  }
}

/** Whether the value is an array. A revoked Proxy is not one. */
export function isArray(value: unknown): value is unknown[] {
  return !isRevoked(value) && Array.isArray(value);
}

/** Whether the value is a Proxy that has been revoked. Every other use of it throws. */
export function isRevoked(value: unknown): boolean {
  try {
    Array.isArray(value); // throws for a revoked Proxy alone
    return false;
  } catch {
    return true;
  }
}

/** Whether the value is an object that can be used: not null, and not a revoked Proxy. */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !isRevoked(value);
}

/** Whether the value is a `WebAssembly.Module` of any realm. */
export function isCompiled(value: unknown): value is WebAssembly.Module {
  return tagOf(value) === "WebAssembly.Module";
}

/** Whether the value may hold options: not a list, a `Map`, a promise or a `Date`, whose options nobody would find. */
export function isOptions(value: unknown): value is object {
  if (!isObject(value)) return false;
  return !isIterable(value) && !isDate(value) && typeof property(value, "then") !== "function";
}

/** Whether the value is an iterable object. */
export function isIterable(value: unknown): value is Iterable<unknown> {
  return isObject(value) && typeof property(value, Symbol.iterator) === "function";
}

/** Whether the value is a `Date`, and not an object that only has its tag. */
export function isDate(value: unknown): value is Date {
  if (tagOf(value) !== "Date") return false;
  try {
    Date.prototype.getTime.call(value);
    return true;
  } catch {
    return false;
  }
}

// Getters of the internal slots of a value. A subclass can't override them, and they read values of every realm.
const OF_VIEWS = Object.getPrototypeOf(Uint8Array.prototype) as object;
const getter = (from: object, key: PropertyKey) =>
  Object.getOwnPropertyDescriptor(from, key)?.get as (this: unknown) => unknown;
const classOf = getter(OF_VIEWS, Symbol.toStringTag);
const bufferOf = getter(OF_VIEWS, "buffer");
const offsetOf = getter(OF_VIEWS, "byteOffset");
const lengthOf = getter(OF_VIEWS, "byteLength");
const bufferLengthOf = getter(ArrayBuffer.prototype, "byteLength");

/**
 * The bytes of a `Uint8Array` or an `ArrayBuffer`; `undefined` for any other value.
 *
 * @throws {UsageError} as {@link uint8ArrayOf}
 */
export function bytesOf(value: unknown): Uint8Array | undefined {
  const bytes = uint8ArrayOf(value);
  if (bytes !== undefined || !isObject(value) || isArray(value)) return bytes;
  try {
    bufferLengthOf.call(value); // throws for anything but an ArrayBuffer, which takes time
  } catch {
    return undefined;
  }
  return viewOf(value as ArrayBuffer);
}

/**
 * A `Uint8Array` of any realm or subclass as a plain one of this realm; `undefined` for any other value. The buffer is shared.
 * The length is the true one, by which the module reserves its memory.
 *
 * @throws {UsageError} `invalid_option` for a view whose buffer has been transferred to another owner, or has shrunk below the view
 */
export function uint8ArrayOf(value: unknown): Uint8Array | undefined {
  if (!isObject(value) || classOf.call(value) !== "Uint8Array") return undefined;
  const length = lengthOf.call(value) as number;
  if (length === 0) requireBuffer(() => Uint8Array.prototype.keys.call(value)); // throws for a view that lost its bytes
  return viewOf(bufferOf.call(value) as ArrayBuffer, offsetOf.call(value) as number, length);
}

function viewOf(buffer: ArrayBuffer, ...range: [offset: number, length: number] | []): Uint8Array {
  return requireBuffer(() => new Uint8Array(buffer, ...(range as [])));
}

function requireBuffer<T>(use: () => T): T {
  try {
    return use();
  } catch (cause) {
    const got = "the bytes are detached: their buffer was transferred, or has shrunk";
    throw new UsageError("invalid_option", `${got}; wanted bytes that are still there`, { path: "", cause });
  }
}

/** The tag of a value, such as `Object`; `""` if reading it throws. */
function tagOf(value: unknown): string {
  try {
    return Object.prototype.toString.call(value).slice(8, -1);
  } catch {
    return "";
  }
}

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether the text has no lone surrogate, so that UTF-8 can encode it. */
export function isWellFormed(text: string): boolean {
  return typeof text.isWellFormed === "function" ? text.isWellFormed() : !LONE_SURROGATE.test(text);
}

/** The property of any value; `undefined` if there is none or reading it throws. */
export function property(value: unknown, key: PropertyKey): unknown {
  try {
    return (value as Record<PropertyKey, unknown> | null | undefined)?.[key];
  } catch {
    return;
  }
}

/** The value of the first key, or else of the second key. */
export function either(value: unknown, first: string, second: string): unknown {
  const found = property(value, first);
  return found === undefined ? property(value, second) : found;
}
