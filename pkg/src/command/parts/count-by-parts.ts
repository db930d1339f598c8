// Counts a long file with several threads of Node.

import { readByParts } from "../../parts/read-by-parts.js";
import { type Counts, type CountsQuery, countsFor } from "../counts.js";
import type { Input } from "../input.js";
import { LARGE, limits, threads } from "./limits.js";
import { startTeam } from "./team.js";

/**
 * Counts the records of a file as `usage.pushStream(input.bytes())` does, if several threads should: the file is long, regular and
 * not gzip data, and there are several cores.
 *
 * @param usage the counts, which have no text open
 * @param query the query of the counts
 * @param onProgress called with the number of bytes that have been counted
 * @returns whether the records have been counted
 * @throws {Failure} if the file can't be read
 * @throws {UsageError} as `pushStream`
 */
export async function isCountedByParts(
  usage: Counts,
  { size = 0, regular }: Input,
  query: CountsQuery,
  onProgress: (bytes: number) => void,
): Promise<boolean> {
  if (size < LARGE || threads() < 2 || regular === undefined) return false;
  const file = await regular();
  try {
    const [first, second] = await file.read(0, 2);
    if (first === 0x1f && second === 0x8b) return false;
    const { agents: _, ...rest } = query; // threads need no names, because the report is made here
    await readByParts({
      usage,
      text: file,
      nothing: () => countsFor(query),
      start: async () => startTeam(threads() - 1, { path: file.path, identity: await file.identity(), query: rest }),
      onProgress,
      limits: limits(),
    });
    await file.end(); // before the text ends, as where one thread reads the file
    usage.finish();
    return true;
  } finally {
    await file.close();
  }
}
