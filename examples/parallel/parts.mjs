/** The number of bytes that are read at once to find the end of a line. Most lines are shorter. */
const STEP = 1 << 16;

const NEWLINE = 10;

/**
 * Cuts newline-delimited JSON into parts of about equal size. Each part consists of whole lines. At each cut, the function reads
 * only to the end of the line.
 *
 * @param {Blob} blob for example a `File`, or the result of `fs.openAsBlob`
 * @param {number} count the largest number of parts: long or few lines give fewer parts, and an empty file gives none
 * @returns {Promise<{start: number, end: number}[]>} half-open ranges of bytes, in order, without gaps; none is empty
 * @throws {RangeError} if the count is not a whole number from 1
 */
export async function partsOf(blob, count) {
  if (!Number.isInteger(count) || count < 1) throw new RangeError(`${count} parts: wanted a whole number from 1`);
  const parts = [];
  let start = 0;
  for (let n = 1; n <= count && start < blob.size; n++) {
    const target = n < count ? Math.floor((blob.size * n) / count) : blob.size;
    if (target <= start) continue; // the last line also contains this cut
    // The search begins one byte earlier. If that byte ends a line, the cut does not move.
    const end = await lineEnd(blob, target - 1);
    parts.push({ start, end });
    start = end;
  }
  return parts;
}

/** Returns the offset after the first newline at `from` or later. Without a newline, it is the blob's size. */
async function lineEnd(blob, from) {
  for (let at = from; at < blob.size; at += STEP) {
    const bytes = new Uint8Array(await blob.slice(at, at + STEP).arrayBuffer());
    const found = bytes.indexOf(NEWLINE);
    if (found >= 0) return at + found + 1;
  }
  return blob.size;
}
