import type { RecordDefaults } from "../types.js";
import type { PartCounts, WholeCounts } from "./part.js";

/** Threads that count parts of a `Blob`. The function `threads` of `usage-by-agent/threads` makes them. */
export interface CountingThreads {
  /** How many threads count, with the one that reads. Where the host has no threads, or forbids them, fewer count. */
  readonly count: number;
  /**
   * Reads a Blob to its end. `false` if one thread should read it; then nothing has been read.
   *
   * @internal
   */
  read(reading: BlobReading): Promise<boolean>;
}

/**
 * A Blob, and the counts that it is read into.
 *
 * @internal
 */
export interface BlobReading {
  blob: Blob;
  /** Takes the next bytes of the text, or a part of them that another thread has counted. */
  usage: WholeCounts;
  work: PartWork;
  /** Makes counts that count as these do, and have counted nothing. */
  nothing(): PartCounts;
  /** Waits, but not after the reading was aborted. */
  wait<T>(work: () => Promise<T>): Promise<T>;
  signal: AbortSignal | undefined;
  onProgress(bytes: number): void;
}

/**
 * How a counter counts, in a form that one thread can send to another.
 *
 * @internal
 */
export interface Recipe {
  /** The options of the core, without the names of agents, which a part does not need. */
  options: object;
  /** Whether it counts one period, and not all time. */
  isOfPeriod: boolean;
}

/**
 * What a thread is told when it starts.
 *
 * @internal
 */
export interface PartWork {
  /** The compiled module, so that a thread neither loads nor compiles it. */
  module: object;
  recipe: Recipe;
  defaults: RecordDefaults;
}
