// What the threads say to each other.

import type { Counts, CountsQuery } from "../counts.js";

/** What a thread gets when it starts. */
export interface Work {
  /** The path of the file. */
  path: string;
  /** The device and the number of the file, because the path may become another file's. */
  identity: Identity;
  /** How the counts count into which the parts are merged. */
  query: CountsQuery;
}

export interface Identity {
  dev: number;
  ino: number;
}

/** A part that a thread is to count: from `start` to before `end`, in bytes of the file. */
export interface Task {
  start: number;
  end: number;
}

/** The part that a thread has counted; `undefined` if its bytes have to be read in order. */
export type Answer = ReturnType<Counts["endPart"]>;
