import { open } from "node:fs/promises";
import { hashOf } from "../../collect/hash.js";
import { Table } from "../../collect/id-set.js";
import { unreadable } from "../failure.js";
import { printable } from "../terminal/printable.js";

/** How many bytes of a file are read at once. */
const PART = 1 << 18;

/**
 * The lines of a file, as hashes of 53 bits: at most 32 bytes of memory for each line. With a million lines, a new line is taken for
 * a known one with a chance of 1 in 9 thousand million.
 *
 * @param length how many bytes of the file are read
 */
export async function knownLines(path: string, length: number): Promise<Table> {
  const known = new Table();
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(PART);
  let rest = "";
  try {
    const file = await open(path);
    try {
      for (let at = 0; at < length; ) {
        const { bytesRead } = await file.read(buffer, 0, Math.min(PART, length - at), at);
        if (bytesRead === 0) break;
        at += bytesRead;
        const lines = (rest + decoder.decode(buffer.subarray(0, bytesRead), { stream: true })).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) known.add(hashOf(line));
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unreadable(`${printable(path)} can't be read`, error);
  }
  return known;
}
