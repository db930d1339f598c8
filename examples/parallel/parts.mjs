/** Bytes that are read at once when a line's end is looked for. Lines are shorter, mostly. */
const STEP = 1 << 16;

const NEWLINE = 10;

/**
 * Cuts newline-delimited JSON into parts of about the same size, each of them whole lines. No more is read than from each cut
 * to the end of its line.
 *
 * @param {Blob} blob a `File` too, or what `fs.openAsBlob` gives
 * @param {number} count how many parts, at most: there are fewer when lines are too long or too few, and none of an empty file
 * @returns {Promise<{start: number, end: number}[]>} offsets in bytes, half-open; in order and without a gap, none of them empty
 * @throws {RangeError} where the count is not 1 or more
 */
export async function partsOf(blob, count) {
  if (!Number.isInteger(count) || count < 1) throw new RangeError(`${count} parts: wanted a whole number from 1`);
  const parts = [];
  let start = 0;
  for (let n = 1; n <= count && start < blob.size; n++) {
    const target = n < count ? Math.floor((blob.size * n) / count) : blob.size;
    if (target <= start) continue; // a line that goes on beyond this cut, too
    // From the byte before: where it ends a line, the cut is right as it is.
    const end = await lineEnd(blob, target - 1);
    parts.push({ start, end });
    start = end;
  }
  return parts;
}

/** The offset after the first newline at `from` or later; the blob's size where there is none. */
async function lineEnd(blob, from) {
  for (let at = from; at < blob.size; at += STEP) {
    const bytes = new Uint8Array(await blob.slice(at, at + STEP).arrayBuffer());
    const found = bytes.indexOf(NEWLINE);
    if (found >= 0) return at + found + 1;
  }
  return blob.size;
}
