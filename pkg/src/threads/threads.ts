import { typeName } from "../bridge/values.js";
import type { BlobReading, CountingThreads, PartWork } from "../counting/threads.js";
import { UsageError } from "../errors.js";
import { MOST_THREADS, PART_LIMITS, type PartLimits } from "../parts/read-by-parts.js";
import { Team, type Thread } from "../parts/team.js";
import { isGzip, readBlob, type SentPart } from "./blob.js";

/** The most threads that may be asked for. */
const MOST = 64;

/** Shorter Blobs are counted by one thread, in less time than the others take to start. In bytes. */
const LARGE = 32 << 20;

/** When and how a Blob is cut. The tests have smaller numbers. */
export interface Limits extends PartLimits {
  large: number;
}

/** Starts a thread, and tells it how parts are counted. It may throw. */
export type Start = (work: PartWork) => Thread<SentPart>;

/** Threads of the runtime. */
export class HostThreads implements CountingThreads {
  readonly count: number;
  readonly #start: Start;
  readonly #limits: Limits;

  constructor(count: number, start: Start, limits: Limits = { ...PART_LIMITS, large: LARGE }) {
    this.count = count;
    this.#start = start;
    this.#limits = limits;
  }

  async read(reading: BlobReading): Promise<boolean> {
    const { blob, wait, work } = reading;
    if (this.count < 2 || blob.size < this.#limits.large || typeof blob.arrayBuffer !== "function") return false;
    if (await wait(() => isGzip(blob))) return false;
    await readBlob(reading, this.#limits, () => new Team(this.count - 1, () => this.#start(work)));
    return true;
  }
}

/**
 * The number of threads.
 *
 * @param cores how many the host has for them
 * @throws {UsageError} `invalid_option` at `/threads`
 */
export function countOf(count: unknown, cores: number): number {
  if (count === undefined || count === "auto") return Math.max(1, Math.min(cores, MOST_THREADS));
  if (typeof count === "number" && Number.isInteger(count) && count >= 1 && count <= MOST) return count;
  const got = typeof count === "string" ? JSON.stringify(count) : typeof count === "number" ? count : typeName(count);
  throw new UsageError(
    "invalid_option",
    `the number of threads is ${got}: wanted "auto", or an integer from 1 to ${MOST}`,
    {
      path: "/threads",
    },
  );
}
