// Counts a long file with several threads. The result is that of reading the file in order, to the last byte of every message.
//
// The main thread reads the file in order, as for a short one. But where a value begins at the beginning of a line, another thread
// may have counted the lines that follow, and its counts are taken in place of reading them. Whatever a thread could not count, such
// as a value that goes over the end of its part, is read in order. So threads change the time, and nothing else.

import { type Counts, type CountsQuery, countsFor } from "../counts.js";
import type { Input } from "../input.js";
import type { RegularFile } from "../regular-file.js";
import { AHEAD, FIRST_PART, LARGE, LONGEST_FIRST_PART, PART, threads } from "./limits.js";
import type { Answer, Task } from "./task.js";
import { Team } from "./team.js";

const LINE_FEED = 0x0a;

/** If more parts than these had to be read in order, beyond those that were merged, the threads are of no use, and end. */
const MOST_MISSED = 2;

/** A part of the file, up to before `end`. The main thread reads it, unless the team counts it. */
interface Part {
  end: number;
  counted?: Counted;
}

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
    await readByParts({ usage, file, at: 0, onProgress }, query);
    await file.end(); // before the text ends, as where one thread reads the file
    usage.finish();
    return true;
  } finally {
    await file.close();
  }
}

async function readByParts(reading: Reading, query: CountsQuery): Promise<void> {
  const { file } = reading;
  await readTo(reading, (await endOfLine(file, FIRST_PART, LONGEST_FIRST_PART)) ?? file.size);
  const team = reading.at < file.size && isBetweenValues(reading, query) ? await started(file, query) : undefined;
  try {
    if (team !== undefined) await mergeParts(reading, team);
    await readTo(reading, file.size);
  } finally {
    team?.end();
  }
}

/** A file that is being read in order. */
interface Reading {
  readonly usage: Counts;
  readonly file: RegularFile;
  readonly onProgress: (bytes: number) => void;
  /** How far it has been read. */
  at: number;
}

async function readTo(reading: Reading, end: number): Promise<void> {
  for await (const bytes of reading.file.bytes(reading.at, end)) {
    reading.usage.pushBytes(bytes);
    moveTo(reading, reading.at + bytes.length);
  }
}

function moveTo(reading: Reading, at: number): void {
  reading.at = at;
  reading.onProgress(at);
}

/** Whether the text stands where a part may be merged: a part without bytes is tried. */
function isBetweenValues({ usage, at }: Reading, query: CountsQuery): boolean {
  const nothing = countsFor(query);
  try {
    const part = nothing.beginPart(at).endPart();
    return part !== undefined && usage.mergePart(part);
  } finally {
    nothing.free();
  }
}

/** Starts the threads besides the main one. They do not need the names of agents, because the report is made here. */
async function started(file: RegularFile, { agents: _, ...query }: CountsQuery): Promise<Team> {
  return Team.start(threads() - 1, { path: file.path, identity: await file.identity(), query });
}

/**
 * Takes the parts that the team has counted, for as long as they are of use, and reads the parts between them in order.
 *
 * The main thread gets a part of its own for each time it had to wait for the team. So with few threads it counts almost as much as
 * another one, and with many threads it only merges.
 */
async function mergeParts(reading: Reading, team: Team): Promise<void> {
  const { usage, file } = reading;
  const ahead: Part[] = [];
  let start = reading.at;
  let hasWaited = true; // the team is still starting
  let missed = 0;
  while (team.size > 0 && missed <= MOST_MISSED && reading.at < file.size) {
    while (ahead.length < team.size * AHEAD && start < file.size) {
      const end = (await endOfLine(file, start + PART)) ?? file.size;
      ahead.push(hasWaited ? { end } : { end, counted: countedBy(team, { start, end }) });
      hasWaited = false;
      start = end;
    }
    const next = ahead.shift();
    if (next === undefined) return;
    const { end, counted } = next;
    hasWaited ||= counted?.isReady === false;
    const part = await counted?.answer;
    if (part !== undefined && usage.mergePart(part)) {
      moveTo(reading, end);
      missed = Math.max(0, missed - 1);
    } else {
      await readTo(reading, end);
      if (counted !== undefined) missed++;
    }
  }
}

/** A part whose answer is awaited. */
interface Counted {
  answer: Promise<Answer>;
  isReady: boolean;
}

function countedBy(team: Team, task: Task): Counted {
  const counted = { answer: team.count(task), isReady: false };
  void counted.answer.then(() => {
    counted.isReady = true;
  });
  return counted;
}

/** How many bytes are looked at at once for the end of a line. Most lines are shorter. */
const STEP = 1 << 14;

/**
 * The offset after the first line feed from the last byte before `from` on.
 *
 * @param limit where the search ends
 * @returns `undefined` if there is no line feed
 */
async function endOfLine(file: RegularFile, from: number, limit = file.size): Promise<number | undefined> {
  for (let at = from - 1; at < Math.min(limit, file.size); at += STEP) {
    const bytes = await file.read(at, STEP);
    const found = bytes.indexOf(LINE_FEED);
    if (found >= 0) return at + found + 1;
  }
  return undefined;
}
