import type { CollectEvidence, ListName, Shortfall } from "./types.js";

/** How far one list has been read. */
export interface ListProgress {
  /** The offset of the next page. */
  offset: number;
  listed: number;
  given: number;
  /** The `total` of the last page, and that of the first page of the pass. */
  total: number | null;
  firstTotal: number | null;
  read: "end" | "stop" | "open";
  /** How many items are missing at least. It is known when the list has been read. */
  missing: number;
  /** How many items arrived while the list was read, and may not have been seen. */
  meanwhile: number;
  order: Order;
  /** The most items of a page, and whether a page before the last had fewer, so that items may be withheld. */
  most: number;
  isUneven: boolean;
  /** The first page as it was last read: hashes of its items, or of what changes with them. */
  head: number[];
}

/** What is known about the order of a list. */
export interface Order {
  /** Whether no item was newer than the one before it. */
  falls: boolean;
  /** Whether some item was older than the one before it. */
  moved: boolean;
  /** Whether no item was older than the one before it. */
  rises: boolean;
  /** The time of the last item. */
  last: number | null;
}

/** How far the messages of one conversation or phone number have been read. */
export interface MessagesProgress {
  /** The version of the conversation. */
  version: number;
  /** The bounds of what is still to be read, in epoch milliseconds. */
  after: number | null;
  before: number | null;
  /** How many different messages have been read. */
  listed: number;
  /** How many of them had not been read before in another place. */
  added: number;
  /** The instants of which more messages exist than a page can have. */
  instants: number[];
  /** Whether all messages are read, and not only those of the window. */
  whole: boolean;
}

/**
 * Everything that a collection has to remember, as JSON. It changes only in steps between which it is whole, so a copy of it can be
 * made at any time.
 */
export interface Progress {
  stage: "conversations" | "calls" | "again" | "later" | "open" | "verify" | "evidence" | "done";
  lists: Record<ListName, ListProgress>;
  /** The conversation whose messages are being read, if some of its pages have been given out. */
  current: MessagesProgress | null;
  /** At which end of what was asked for a page of messages lies, by the bounds that were sent. */
  side: Record<string, "newest" | "oldest" | undefined>;
  /** The ids and the statuses of the calls that were not final. */
  open: [id: string, status: string][];
  /** The ids of the numbers that records name and that were not listed. */
  released: string[];
  shortfalls: Shortfall[];
  moreShortfalls: number;
  /** How many answers were read, and how many of them only to prove that nothing is missing. */
  answers: number;
  proofs: number;
  notCompared: number;
  notFinal: number;
  verified: boolean | null;
  evidence: CollectEvidence;
  /** Hashes of ids of agents and numbers, by which another account is recognised. */
  account: number[];
}

export const LISTS: readonly ListName[] = [
  "agents",
  "numbers",
  "conversations",
  "messages",
  "calls",
  "messagesByNumber",
];

export const newOrder = (): Order => ({ falls: true, moved: false, rises: true, last: null });

export const newList = (): ListProgress => ({
  offset: 0,
  listed: 0,
  given: 0,
  total: null,
  firstTotal: null,
  read: "open",
  missing: 0,
  meanwhile: 0,
  order: newOrder(),
  most: 0,
  isUneven: false,
  head: [],
});

export function newProgress(): Progress {
  return {
    stage: "conversations",
    lists: Object.fromEntries(LISTS.map((list) => [list, newList()])) as Record<ListName, ListProgress>,
    current: null,
    side: {},
    open: [],
    released: [],
    shortfalls: [],
    moreShortfalls: 0,
    answers: 0,
    proofs: 0,
    notCompared: 0,
    notFinal: 0,
    verified: null,
    evidence: { daily: null, byAgent: null },
    account: [],
  };
}

/** Takes the time of the next item of a list into account. An item without a readable time shows that there is no order to rely on. */
export function follow(order: Order, time: number | null): void {
  const { last } = order;
  if (time === null) {
    order.falls = false;
    order.rises = false;
    return;
  }
  if (last !== null && time > last) order.falls = false;
  if (last !== null && time < last) order.rises = false;
  if (last !== null && time < last) order.moved = true;
  order.last = time;
}

/** Whether the list has been seen to be sorted by time, newest first. */
export const isFalling = ({ falls, moved }: Order): boolean => falls && moved;

/** The most shortfalls that are named one by one. */
const MAX_SHORTFALLS = 100;

/** Removes the shortfalls of a path, which is read again. */
export function removeShortfall(progress: Progress, path: string): void {
  for (const { list, missing } of progress.shortfalls.filter(
    (shortfall) => shortfall.path === path && shortfall.code !== "gone",
  )) {
    progress.lists[list].missing -= missing ?? 1;
  }
  progress.shortfalls = progress.shortfalls.filter((shortfall) => shortfall.path !== path);
}

/** Adds a shortfall. Its texts are cut, so that a state stays small. */
export function addShortfall(progress: Progress, shortfall: Shortfall): void {
  if (shortfall.code !== "gone") progress.lists[shortfall.list].missing += shortfall.missing ?? 1;
  if (progress.shortfalls.length === MAX_SHORTFALLS) progress.moreShortfalls++;
  else progress.shortfalls.push({ ...shortfall, path: shortfall.path.slice(0, 300) });
}
