import type { Audited } from "./nightly-audit.js";
import type { CollectingSettings } from "./settings.js";

/** A collection that has begun and has not ended. */
export interface Run {
  /** The window, in epoch milliseconds. */
  startMs: number;
  endMs: number;
  /** Where the collection is; `null` at its beginning. */
  state: string | null;
}

/** A collection that has ended. */
export interface Ended {
  /** The end of its window, in epoch milliseconds. */
  endMs: number;
  /** Whether everything that the vendor lists was collected. */
  complete: boolean;
  /** How many items are missing at least. */
  missing: number;
  /** How many records of the window there were. */
  records: number;
  /** How many of them were new. */
  counted: number;
}

/** How an account is collected, and how far that is. */
export interface Collecting {
  settings: CollectingSettings;
  /** The account, and the binding of the class, which the object does not know by itself. */
  account: string;
  binding: string;
  run: Run | null;
  /** What the run has counted so far. */
  counted: number;
  last: Ended | null;
  /** The last audit, and the status with which the owner's endpoint took it; 0 if it did not. `null` before the first one. */
  audited: (Audited & { notified?: number }) | null;
  /** Why the vendor's deliveries could not be mapped to messages the last time, in words; `null` if they could. */
  mapFailure: string | null;
  /** Why the last audit failed, in words; `null` if it did not fail. */
  auditFailure: string | null;
  /** Why the last attempt failed, as a code and in words; `null` if it did not fail. */
  failure: { code: string; message: string } | null;
  /** How many attempts have failed since the last one that did not. */
  failures: number;
  /** When the vendor is asked next, in epoch milliseconds. */
  nextMs: number;
}
