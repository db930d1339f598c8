// Snapshots with any content between the head and a right checksum, written from docs/snapshot-format.md.

/** Unsigned LEB128. */
export function number(value) {
  const bytes = [];
  for (let rest = BigInt(value); ; rest >>= 7n) {
    if (rest < 128n) return [...bytes, Number(rest)];
    bytes.push(Number(rest & 127n) | 128);
  }
}

/** A text after its length. */
export const text = (value) => [...number(Buffer.byteLength(value)), ...Buffer.from(value)];

/** The parts of a rollup's snapshot without usage, as arrays of bytes. */
export const EMPTY = {
  counters: Array(10).fill(0),
  statuses: [0],
  problems: [0],
  missing: Array(5).fill(0),
  agents: [0],
  numbers: [0],
  sources: [0],
  channels: [0],
  timelines: [0],
  ids: Array(64).fill(0),
};

/** The snapshot of a rollup with `dedupe` that has these parts in place of the empty ones. `entityTag` is the package's. */
export function forged(parts, entityTag) {
  const content = Object.values({ ...EMPTY, ...parts }).map((part) => Buffer.from(part));
  const bytes = Buffer.concat([Buffer.from([...Buffer.from("UBA"), 2, 2]), ...content]);
  // The tag has the two halves of the hash, the high bytes first. The checksum is the first half, the low bytes first.
  return Buffer.concat([bytes, Buffer.from(entityTag(bytes).slice(1, 17), "hex").reverse()]);
}
