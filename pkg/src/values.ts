// What a JS value is, in words and in UTF-8.

/** A value's type as a message names it, with its article. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Does the text have no lone surrogate, so that UTF-8 can hold it? */
export function isWellFormed(text: string): boolean {
  return typeof text.isWellFormed === "function" ? text.isWellFormed() : !LONE_SURROGATE.test(text);
}
