// Cuts JSON text into chunks for the core, so that the module's memory does not grow with the text.

import { isWellFormed } from "./values.js";

/**
 * The size of a chunk in bytes. A record that is cut by a chunk's end takes longer: with chunks of a quarter of this size, records
 * of 20 kB took 6 % longer.
 */
export const CHUNK = 1 << 20;

/** The chunks of a text, in UTF-8. A chunk may be a view that the next chunk overwrites. */
export function* chunksOf(text: Uint8Array | string): Generator<Uint8Array> {
  if (typeof text === "string") {
    yield* chunksOfString(text);
    return;
  }
  for (let at = 0; at < text.length; at += CHUNK) yield text.subarray(at, at + CHUNK);
}

const utf8 = new TextEncoder();

function* chunksOfString(text: string): Generator<Uint8Array> {
  const buffer = new Uint8Array(Math.min(CHUNK, text.length * 3)); // a UTF-16 unit takes at most three bytes
  const units = Math.floor(CHUNK / 3);
  const wellFormed = isWellFormed(text);
  for (let at = 0; at < text.length; ) {
    let end = Math.min(at + units, text.length);
    if (end < text.length && isHigh(text.charCodeAt(end - 1)) && isLow(text.charCodeAt(end))) end--; // do not cut a surrogate pair
    const part = text.slice(at, end);
    yield wellFormed ? buffer.subarray(0, utf8.encodeInto(part, buffer).written) : encodedAsItIs(part);
    at = end;
  }
}

/**
 * Encodes text that has lone surrogates. Each becomes three bytes, which are invalid UTF-8, so the core reports the record with its
 * line and byte offset. TextEncoder would write U+FFFD instead, which would silently change an id.
 */
function encodedAsItIs(text: string): Uint8Array {
  const parts = text.split(/(\p{Surrogate})/u).map((part) => {
    const unit = part.charCodeAt(0);
    const alone = part.length === 1 && unit >= 0xd800 && unit <= 0xdfff;
    return alone ? [0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)] : utf8.encode(part);
  });
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const isHigh = (unit: number) => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff;
