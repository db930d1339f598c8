// What a JS value is, in words and in UTF-8. Values of another realm (an iframe, `node:vm`, a test runner) are known by
// what they are and not by whose constructor made them; nothing here throws, whatever a Proxy does.

/** A value's type as a message names it, with its article. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** What an error says, if it can be made to say anything. */
export function said(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error).slice(0, 200);
  } catch {
    return "something that can't be written";
  }
}

/** Is it an array? A revoked Proxy is none. */
export function isArray(value: unknown): value is unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/** Is it a `Date`? */
export function isDate(value: unknown): value is Date {
  return hasTag(value, "Date");
}

/** The bytes that a `Uint8Array` or an `ArrayBuffer` is; `undefined` for anything else. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  return isArrayBuffer(value) ? new Uint8Array(value) : uint8ArrayOf(value);
}

const byteLength = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "byteLength")?.get;

function isArrayBuffer(value: unknown): value is ArrayBuffer {
  if (!hasTag(value, "ArrayBuffer")) return false;
  try {
    byteLength?.call(value); // throws where something only says that it is one
    return true;
  } catch {
    return false;
  }
}

/** The `Uint8Array` that a value is, as one of this realm; `undefined` for anything else. */
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

/** Does the text have no lone surrogate, so that UTF-8 can hold it? */
export function isWellFormed(text: string): boolean {
  return typeof text.isWellFormed === "function" ? text.isWellFormed() : !LONE_SURROGATE.test(text);
}

/** A property, of whatever it may be; a getter or a Proxy that throws has none. */
export function property(value: unknown, key: string | number): unknown {
  try {
    return (value as Record<string | number, unknown> | null | undefined)?.[key];
  } catch {
    return;
  }
}
