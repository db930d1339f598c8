// Questions about JavaScript values. They recognise values of another realm (an iframe, `node:vm`, a test runner), which
// `instanceof` does not. Nothing here throws, whatever a Proxy does.

/** A value's type for a message, with its article: `"an object"`. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
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
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/** Whether the value is an iterable object. */
export function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}

/** Whether the value has the tag of a `Date`. */
export function isDate(value: unknown): value is Date {
  return hasTag(value, "Date");
}

/** The bytes of a `Uint8Array` or an `ArrayBuffer`; `undefined` for any other value. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  return isArrayBuffer(value) ? new Uint8Array(value) : uint8ArrayOf(value);
}

const byteLength = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "byteLength")?.get;

function isArrayBuffer(value: unknown): value is ArrayBuffer {
  if (!hasTag(value, "ArrayBuffer")) return false;
  try {
    byteLength?.call(value); // throws if the value only has the tag of an ArrayBuffer
    return true;
  } catch {
    return false;
  }
}

/** A `Uint8Array` of any realm as one of this realm; `undefined` for any other value. */
export function uint8ArrayOf(value: unknown): Uint8Array | undefined {
  if (!hasTag(value, "Uint8Array") || !ArrayBuffer.isView(value)) return undefined;
  return value instanceof Uint8Array ? value : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

function hasTag(value: unknown, tag: string): boolean {
  try {
    return typeof value === "object" && value !== null && Object.prototype.toString.call(value) === `[object ${tag}]`;
  } catch {
    return false;
  }
}

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether the text has no lone surrogate, so that UTF-8 can encode it. */
export function isWellFormed(text: string): boolean {
  return typeof text.isWellFormed === "function" ? text.isWellFormed() : !LONE_SURROGATE.test(text);
}

/** The property of any value; `undefined` if there is none or reading it throws. */
export function property(value: unknown, key: string | number): unknown {
  try {
    return (value as Record<string | number, unknown> | null | undefined)?.[key];
  } catch {
    return;
  }
}
