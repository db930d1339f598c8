// JSON text on its way into the core: in chunks, so that the module's memory does not grow with the text.

import { isWellFormed } from "./values.js";

/** Bytes that cross at once. A record that a chunk cuts costs more than others: in chunks of a quarter, records of 20 kB took 6 % longer. */
const CHUNK = 1 << 20;

/** The chunks of a text, as UTF-8. A chunk may be a view that the next one overwrites. */
export function* chunksOf(text: Uint8Array | string): Generator<Uint8Array> {
  if (typeof text === "string") {
    yield* chunksOfString(text);
    return;
  }
  for (let at = 0; at < text.length; at += CHUNK) yield text.subarray(at, at + CHUNK);
}

const utf8 = new TextEncoder();

function* chunksOfString(text: string): Generator<Uint8Array> {
  const buffer = new Uint8Array(CHUNK);
  const units = Math.floor(CHUNK / 3); // at most three bytes each
  const wellFormed = isWellFormed(text);
  for (let at = 0; at < text.length; ) {
    let end = Math.min(at + units, text.length);
    if (end < text.length && isHigh(text.charCodeAt(end - 1)) && isLow(text.charCodeAt(end))) end--; // keeps pairs whole
    const part = text.slice(at, end);
    yield wellFormed ? buffer.subarray(0, utf8.encodeInto(part, buffer).written) : encodedAsItIs(part);
    at = end;
  }
}

/**
 * UTF-8 of text that may have lone surrogates, each as the three bytes that it would have. The core refuses the record
 * that they are in, by line and offset; TextEncoder would put U+FFFD in their place, and an id would change in silence.
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
