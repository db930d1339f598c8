// Cuts JSON text into chunks for the core, so that the module's memory does not grow with the text.

import { isWellFormed } from "./values.js";

/**
 * The size of a chunk in bytes. A record that is cut by a chunk's end takes longer: with chunks of a quarter of this size, records
 * of 20 kB took 6 % longer.
 */
const CHUNK = 1 << 20;

/**
 * Where large chunks begin, and the size of those before. Each chunk leaves a hole in the module's memory, which keeps what is allocated
 * next apart. With large chunks a thousand live counters of 30 kB of text took twice the memory.
 */
const FROM = 1 << 16;
const SMALL_CHUNK = 1 << 12;

const sizeAt = (at: number) => (at < FROM ? SMALL_CHUNK : CHUNK);

/** The chunks of a text, in UTF-8. A chunk may be a view that the next chunk overwrites. */
export function* chunksOf(text: Uint8Array | string): Generator<Uint8Array> {
  if (typeof text === "string") {
    yield* chunksOfString(text);
    return;
  }
  for (let at = 0; at < text.length; at += sizeAt(at)) yield text.subarray(at, at + sizeAt(at));
}

const utf8 = new TextEncoder();

function* chunksOfString(text: string): Generator<Uint8Array> {
  let buffer = new Uint8Array(SMALL_CHUNK);
  const wellFormed = isWellFormed(text);
  for (let at = 0; at < text.length; ) {
    if (buffer.length < sizeAt(at)) buffer = new Uint8Array(sizeAt(at));
    let end = Math.min(at + Math.floor(buffer.length / 3), text.length); // a UTF-16 unit takes at most three bytes
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
