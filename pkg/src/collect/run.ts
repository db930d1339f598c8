import type { Client, Json } from "./client.js";
import type { ListPage } from "./offset-list.js";
import type { Options } from "./options.js";
import { isFalling, type ListProgress, type Progress } from "./progress.js";
import type { Seen } from "./state.js";
import type { CollectedPage, ListName } from "./types.js";

/** What the parts of a running collection share. */
export interface Run {
  client: Client;
  options: Options;
  progress: Progress;
  seen: Seen;
  /** Whether it goes on from a state, so that `seen` does not have everything that was read. */
  isResumed: boolean;
  agents: Map<string, Json>;
  numbers: Map<string, Json>;
  /** Calls that were not final, by their ids. Those of a state are not here. */
  held: Map<string, Json>;
  /** Calls `onProgress`. */
  report(list: ListName): void;
}

/** Pages that are given out. What the collection remembers changes after the page was used, when the generator goes on. */
export type Pages = AsyncGenerator<CollectedPage, void, void>;

/** Counts an answer. Some are read only to prove that nothing is missing. */
export function count({ progress }: Run, isProof = false): void {
  progress.answers++;
  if (isProof) progress.proofs++;
}

/** At least so many answers may be read as a proof, whatever the size of the account. */
const FREE_PROOFS = 25;

/** Whether so many more answers may be read as a proof: with them, proofs are at most a fifth of what is needed. */
export function canAfford({ progress: { answers, proofs } }: Run, more: number): boolean {
  return proofs + more <= Math.max(FREE_PROOFS, (answers - proofs) / 5);
}

/**
 * Whether the reading of a list may end at items that are older than the window: it has been seen to be sorted, its pages had equally
 * many items, and the rest is too long to be read as a proof.
 */
export function mayStop(run: Run, list: ListProgress): boolean {
  if (!isFalling(list.order) || list.isUneven) return false;
  return !canAfford(run, Math.ceil(((list.total ?? Number.POSITIVE_INFINITY) - list.offset) / 98));
}

/** Remembers how far a list was read, after a page. */
export function moveOn(list: ListProgress, page: ListPage): void {
  const isLast = page.hasMore === false || (page.total !== null && page.offset + page.items.length >= page.total);
  if (!isLast && list.most > 0 && page.items.length !== list.most) list.isUneven = true;
  if (!isLast) list.most = Math.max(list.most, page.items.length);
  list.offset = Math.max(0, page.offset + page.items.length - 2);
  if (page.total === null) return;
  list.total = page.total;
  list.firstTotal ??= page.total;
}

/**
 * How many items of a list that was read to its end are missing at least. If the list has an order, every new item has been seen.
 * Otherwise items that arrived since the pass began may not have been seen, and are not missing.
 */
export function missingOf({ total, firstTotal, listed, order }: ListProgress): { missing: number; meanwhile: number } {
  const unseen = Math.max(0, (total ?? 0) - listed);
  const isSorted = (order.falls || order.rises) && order.last !== null;
  const arrived = isSorted ? 0 : Math.max(0, (total ?? 0) - (firstTotal ?? 0));
  const meanwhile = Math.min(unseen, arrived);
  return { missing: unseen - meanwhile, meanwhile };
}
