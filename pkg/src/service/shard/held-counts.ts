import type { Counts } from "./counts.js";

/** How many shards in one isolate have their counts in memory. The others make them again when they are needed. */
const MOST = 64;

/** The counts of the shards in this isolate, by the ids of their objects. The one that was used last is the last. */
const held = new Map<string, Counts>();

/**
 * Keeps the counts of an object. The platform evicts an object without a word, and the next one of its id may be in the same isolate.
 * The module's memory does not know of it, so the counts of the earlier object are freed here.
 */
export function hold(id: string, counts: Counts): void {
  held.get(id)?.free();
  held.delete(id);
  held.set(id, counts);
  for (const [oldest, others] of held) {
    if (held.size <= MOST) break;
    held.delete(oldest);
    others.free();
  }
}

/** Whether the counts are still there. */
export function isHeld(id: string, counts: Counts): boolean {
  if (held.get(id) !== counts) return false;
  held.delete(id);
  held.set(id, counts);
  return true;
}

/** Frees the counts of an object. */
export function release(id: string, counts: Counts): void {
  if (held.get(id) !== counts) return; // they have been freed already
  held.delete(id);
  counts.free();
}
