// Counts a long text with several threads. The result is that of reading the text in order, to the last byte of every message.
//
// The main thread reads the text in order, as a short one. But where a value begins at the beginning of a line, another thread may
// have counted the lines that follow, and its counts are taken in place of reading them. Whatever a thread could not count, such as a
// value that goes over the end of its part, is read in order. So threads change the time, and nothing else.
//
// The command counts files so, the page counts what the user gives it, and `usage-by-agent/threads` counts a Blob.

import type { CountedPart, PartCounts, WholeCounts } from "../counting/part.js";

const LINE_FEED = 0x0a;

/** If more parts than these had to be read in order, beyond those that were merged, the threads are of no use, and end. */
const MOST_MISSED = 2;

/** A text that can be read at any place. */
export interface LongText {
  /** Its length in bytes. */
  readonly size: number;
  /** Reads bytes at a place: `length` of them, or fewer. */
  read(at: number, length: number): Promise<Uint8Array>;
  /** The bytes from one place to another. */
  bytes(from: number, to: number): AsyncIterable<Uint8Array>;
}

/** A part that a thread is to count: from `start` to before `end`, in bytes of the text. */
export interface Task {
  start: number;
  end: number;
}

/** The part that a thread has counted; `undefined` if its bytes have to be read in order. */
export type Answer = CountedPart | undefined;

/** Threads that count parts. A thread that fails only leaves parts uncounted. */
export interface Threads<T = Task> {
  /** The number of threads that can count. */
  readonly size: number;
  count(task: T): Promise<Answer>;
  /** Ends all threads at once. */
  end(): void;
}

/** How a text is cut. Sizes are in bytes. */
export interface PartLimits {
  /** The least size of a part. A part ends with the line in which it reaches this size. */
  part: number;
  /** The least size of the part that is counted before others begin. It shows whether the text has its values line by line. */
  firstPart: number;
  /** If no line ends in so many bytes at the beginning, the text is not cut. */
  longestFirstPart: number;
  /** How many parts for each thread are counted or wait to be merged. More would take memory, and fewer would let threads wait. */
  ahead: number;
}

/** Of any machine. */
export const PART_LIMITS: PartLimits = {
  part: 4 << 20,
  firstPart: 1 << 18,
  longestFirstPart: 8 << 20,
  ahead: 4,
};

/** The most threads, with the main one, which merges what the others have counted. More threads would wait for it. */
export const MOST_THREADS = 8;

/** A text that is being read, and the counts that it is read into. These have no text open. */
export interface Reading {
  readonly usage: WholeCounts;
  readonly text: LongText;
  /** Makes counts that count as `usage` does, and have counted nothing. */
  nothing(): PartCounts;
  /** Starts the threads besides the main one. */
  start(): Promise<Threads>;
  /** Called with the number of bytes that have been counted. */
  onProgress(bytes: number): void;
  readonly limits: PartLimits;
}

/**
 * Counts a text as pushing its bytes in order does. The text is still open then: `finish` ends it.
 *
 * @throws the errors of the counts and of the text
 */
export async function readByParts(reading: Reading): Promise<void> {
  const { text, limits } = reading;
  const place = { at: 0 };
  await readTo(reading, place, (await endOfLine(text, limits.firstPart, limits.longestFirstPart)) ?? text.size);
  const isCut = place.at < text.size && isBetweenValues(reading, place.at);
  const threads = isCut ? await reading.start() : undefined;
  try {
    if (threads !== undefined) await mergeParts(reading, place, threads);
    await readTo(reading, place, text.size);
  } finally {
    threads?.end();
  }
}

/** How far a text has been read. */
interface Place {
  at: number;
}

async function readTo({ text, usage, onProgress }: Reading, place: Place, end: number): Promise<void> {
  for await (const bytes of text.bytes(place.at, end)) {
    usage.pushBytes(bytes);
    place.at += bytes.length;
    onProgress(place.at);
  }
}

/** Whether the text stands where a part may be merged: a part without bytes is tried. */
function isBetweenValues({ usage, nothing }: Reading, at: number): boolean {
  const counts = nothing();
  try {
    const part = counts.beginPart(at).endPart();
    return part !== undefined && usage.mergePart(part);
  } finally {
    counts.free();
  }
}

/** A part of the text, up to before `end`. The main thread reads it, unless another one counts it. */
interface Part {
  end: number;
  counted?: Counted;
}

/**
 * Takes the parts that the threads have counted, for as long as they are of use, and reads the parts between them in order.
 *
 * The main thread gets a part of its own for each time it had to wait for the others. So with few threads it counts almost as much as
 * another one, and with many threads it only merges.
 */
async function mergeParts(reading: Reading, place: Place, threads: Threads): Promise<void> {
  const { usage, text, limits } = reading;
  const ahead: Part[] = [];
  let start = place.at;
  let hasWaited = true; // the threads are still starting
  let missed = 0;
  while (threads.size > 0 && missed <= MOST_MISSED && place.at < text.size) {
    while (ahead.length < threads.size * limits.ahead && start < text.size) {
      const end = (await endOfLine(text, start + limits.part)) ?? text.size;
      ahead.push(hasWaited ? { end } : { end, counted: countedBy(threads, { start, end }) });
      hasWaited = false;
      start = end;
    }
    const next = ahead.shift();
    if (next === undefined) return;
    const { end, counted } = next;
    hasWaited ||= counted?.isReady === false;
    const part = await counted?.answer;
    if (part !== undefined && usage.mergePart(part)) {
      place.at = end;
      reading.onProgress(end);
      missed = Math.max(0, missed - 1);
    } else {
      await readTo(reading, place, end);
      if (counted !== undefined) missed++;
    }
  }
}

/** A part whose answer is awaited. */
interface Counted {
  answer: Promise<Answer>;
  isReady: boolean;
}

function countedBy(threads: Threads, task: Task): Counted {
  const counted = { answer: threads.count(task), isReady: false };
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
async function endOfLine(text: LongText, from: number, limit = text.size): Promise<number | undefined> {
  for (let at = from - 1; at < Math.min(limit, text.size); at += STEP) {
    const bytes = await text.read(at, STEP);
    const found = bytes.indexOf(LINE_FEED);
    if (found >= 0) return at + found + 1;
  }
  return undefined;
}
