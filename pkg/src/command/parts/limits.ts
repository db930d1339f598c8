// When and how a file is counted by several threads.

import { availableParallelism } from "node:os";
import { MOST_THREADS, PART_LIMITS } from "../../parts/read-by-parts.js";

/** Shorter files are counted by one thread, in less time than the threads take to start. */
export const LARGE = 32 << 20;

export const limits = () => PART_LIMITS;

/** The number of threads, with the main one. */
export const threads = () => Math.min(availableParallelism(), MOST_THREADS);
