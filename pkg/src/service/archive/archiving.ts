import type { ArchiveSettings } from "./bucket.js";

/** A night's work. */
export interface Night {
  /** When it began, in epoch milliseconds. The day of its files is that of this time in UTC. */
  atMs: number;
  /** The first shard that is not done. */
  shard: number;
  /** How many files and how many lines were written. */
  files: number;
  lines: number;
}

/** How an account is archived, and how far that is. */
export interface Archiving extends ArchiveSettings {
  /** The account, and the binding of the class, which the object does not know by itself. */
  account: string;
  binding: string;
  /** The name of the archive: the time at which it was begun. */
  archive: string;
  /** Whether everything that counted when it began is in it. */
  isWhole: boolean;
  /** At which minute of a day it is gone on with, in UTC. Accounts differ, so that they do not all begin at midnight. */
  minute: number;
  night: Night | null;
  /** The last night that has ended. */
  last: Night | null;
  /** Why the last attempt failed, in words; `null` if it did not fail. */
  failure: string | null;
  /** How many attempts have failed since the last one that did not. */
  failures: number;
  /** When it is gone on with, in epoch milliseconds. */
  nextMs: number;
}
