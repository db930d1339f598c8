// What a thread is told when it starts.

import type { CountsQuery } from "../counts.js";

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
