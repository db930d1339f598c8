// When and how a file is counted by several threads.

import { availableParallelism } from "node:os";

const MIB = 1 << 20;

/** Shorter files are counted by one thread, in less time than the threads take to start. */
export const LARGE = 32 * MIB;

/** The least size of a part. A part ends with the line in which it reaches this size. */
export const PART = 4 * MIB;

/** The least size of the part that is counted before others begin. It shows whether the file has its values line by line. */
export const FIRST_PART = MIB / 4;

/** If no line ends in so many bytes at the beginning, the file is not cut. */
export const LONGEST_FIRST_PART = 8 * MIB;

/** How many parts for each thread are counted or wait to be merged. More of them would take memory, and fewer would let threads wait. */
export const AHEAD = 4;

/** The number of threads, with the main one, which merges what the others have counted. More threads would wait for it. */
export const threads = () => Math.min(availableParallelism(), 8);
