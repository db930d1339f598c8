// Gzip data of several members, with what must come of it. The tests of each runtime read it there.

import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import { Random } from "../../tools/generate.mjs";

/** Gzip data whose header has an extra field, a name, a comment and a checksum of the header where `flags` says so. */
export function withHeader(text, flags) {
  const zipped = gzipSync(text);
  const parts = [zipped.subarray(0, 3), Buffer.from([flags]), zipped.subarray(4, 10)];
  if (flags & 4) parts.push(Buffer.from([5, 0, 0x1f, 0x8b, 8, 0, 0]));
  if (flags & 8) parts.push(Buffer.from("june.ndjson\0"));
  if (flags & 16) parts.push(Buffer.from("a comment\0"));
  const header = Buffer.concat(parts);
  return Buffer.concat([header, flags & 2 ? headerSum(header) : Buffer.alloc(0), zipped.subarray(10)]);
}

/** The low two bytes of the CRC-32 of a header, which the trailer of gzip data states for it. */
function headerSum(header) {
  return gzipSync(header).subarray(-8, -6);
}

/** One case for each seed: members of any size, level and header, and padding. */
export function someMembers(seed) {
  const random = new Random(seed);
  const texts = [];
  const parts = [];
  for (let count = 1 + random.below(6); count > 0; count--) {
    const line = `${JSON.stringify({ id: `${seed}-${count}`, n: random.below(1e9) })}\n`;
    const length = [0, 1, 20, 2000, 100_000][random.below(5)];
    const text = random.chance(0.2)
      ? " ".repeat(length)
      : Array.from({ length }, () => (random.chance(0.01) ? random.below(1e9) : line))
          .join("")
          .slice(0, length);
    texts.push(text);
    parts.push(random.chance(0.4) ? withHeader(text, random.below(32)) : gzipSync(text, { level: random.below(10) }));
  }
  if (random.chance(0.3)) parts.push(Buffer.alloc(random.below(1000)));
  return { zipped: Buffer.concat(parts), text: texts.join("") };
}

const [a, b] = [gzipSync('{"id":"a"}\n'), gzipSync('{"id":"b"}\n')];
const empty = gzipSync("");
const stored = gzipSync(Buffer.concat([Buffer.from("----------"), a]), { level: 0 });
const bad = Buffer.from(a);
bad[bad.length - 6] ^= 1;

/** Gzip data that is whole, with its text, a character for each byte. */
export const WHOLE = [
  ["two members", [a, b], '{"id":"a"}\n{"id":"b"}\n'],
  ["empty members", [empty, empty, a, empty, b, empty], '{"id":"a"}\n{"id":"b"}\n'],
  ["nothing but an empty member", [empty], ""],
  ["thousands of members", Array.from({ length: 2000 }, (_, n) => gzipSync(`${n}\n`)), lines(2000)],
  ["headers with every field", Array.from({ length: 32 }, (_, flags) => withHeader(`${flags}\n`, flags)), lines(32)],
  ["a zero byte after the end", [a, b, Buffer.alloc(1)], '{"id":"a"}\n{"id":"b"}\n'],
  ["zero bytes after the end", [a, b, Buffer.alloc(512)], '{"id":"a"}\n{"id":"b"}\n'],
  ["zero bytes after an empty member", [a, empty, Buffer.alloc(100)], '{"id":"a"}\n'],
  ["a stored block that contains a header", [stored, b], `----------${a.toString("latin1")}{"id":"b"}\n`],
].map(([what, parts, text]) => ({ what, zipped: Buffer.concat(parts), text }));

/** Gzip data that is damaged. */
export const DAMAGED = [
  ["text after the end", [a, Buffer.from("not a member at all")]],
  ["one byte after the end", [a, Buffer.from("x")]],
  ["the beginning of a header after the end", [a, b.subarray(0, 3)]],
  ["a header without more after the end", [a, b.subarray(0, 10)]],
  ["a second member that is cut", [a, b.subarray(0, -1)]],
  ["a second member without its length", [a, b.subarray(0, -4)]],
  ["a first member that is cut", [a.subarray(0, -3), b]],
  ["a first member with a wrong checksum", [bad, b]],
  ["a second member with a wrong checksum", [a, bad]],
  ["text between members", [a, Buffer.from("between"), a]],
  ["zero bytes between members", [a, Buffer.alloc(30), a]],
].map(([what, parts]) => ({ what, zipped: Buffer.concat(parts) }));

function lines(count) {
  return Array.from({ length: count }, (_, n) => `${n}\n`).join("");
}
