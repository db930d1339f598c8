// Reads a list by offset. Items may be added and removed meanwhile, so pages overlap.

import { UsageError } from "usage-by-agent";
import { isArray, isObject } from "../bridge/values.js";
import { lookOfValue } from "../looks/value.js";
import { type Client, type Json, TooLong } from "./client.js";
import { keyOf } from "./hash.js";

/** The most items of a page that the vendor gives. */
const LIMIT = 100;

/**
 * By how many items pages overlap. Two neighbours with a common item have no gap between them. Two items, because one new item may
 * arrive between two requests that are on their way together.
 */
const OVERLAP = 2;

/** The most pages in a row without a new item, of a list that neither says its total nor ends. */
const MOST_STALE = 3;

/** One page of a list. */
export interface ListPage {
  offset: number;
  items: Json[];
  total: number | null;
  hasMore: boolean | null;
}

/** Where to begin, and how to read on. */
export interface Reading {
  path: string;
  /** More parameters of each request. */
  query?: Record<string, string>;
  offset: number;
  /** The most requests at a time. */
  concurrency: number;
  /** Whether an item has been read before. */
  isSeen: (item: Json) => boolean;
  /** Whether items before `offset` have been read, so that the first page must join on to them. */
  continues: boolean;
}

/**
 * Gives the pages of a list in order, each joined to the one before it, until the list ends. If a page has no item in common with
 * what was read, items before it were removed, and the reader steps back.
 */
export async function* listPages(client: Client, reading: Reading): AsyncGenerator<ListPage, void, void> {
  const { isSeen } = reading;
  const asked = new Map<number, Promise<ListPage>>();
  let limit = LIMIT;
  let offset = reading.offset;
  let floor = reading.continues ? Math.max(0, offset - LIMIT) : offset;
  let previous: Set<number> | undefined = reading.continues ? new Set() : undefined;
  let pages = 0;
  let stepsBack = 0;
  let stale = 0;

  const ask = (at: number) => {
    const page = askPage(client, reading, at, limit);
    page.catch(() => {}); // it is awaited later, or not at all
    return page;
  };

  for (;;) {
    let page: ListPage;
    try {
      page = await (asked.get(offset) ?? ask(offset));
    } catch (error) {
      if (!(error instanceof TooLong) || limit === 1) throw error;
      limit = Math.ceil(limit / 4);
      asked.clear();
      continue;
    }
    asked.delete(offset);
    const { items } = page;
    const [first] = items;
    const joins =
      previous === undefined ||
      first === undefined ||
      isSeen(first) ||
      items.some((item) => previous?.has(keyOf(item)));
    if (!joins && offset > floor && stepsBack < 5 + pages / 10) {
      stepsBack++;
      offset = Math.max(floor, offset - Math.ceil(limit / 2));
      asked.clear();
      continue;
    }

    const isStale = items.every(isSeen);
    const end = offset + items.length;
    pages++;
    // The requests for the next pages are on their way while this one is used.
    const next = nextOffset(page, isStale);
    stale = isStale ? stale + 1 : 0;
    const isOver = next === null || (isStale && page.total === null && stale >= MOST_STALE);
    if (!isOver && !asked.has(next)) asked.clear();
    const stride = Math.max(1, items.length - OVERLAP);
    for (let ahead = 0; !isOver && ahead < reading.concurrency - 1; ahead++) {
      const at = next + ahead * stride;
      if (page.total === null || at >= page.total || items.length < limit) break;
      if (!asked.has(at)) asked.set(at, ask(at));
    }
    yield page;
    if (isOver) return;
    previous = new Set(items.map(keyOf));
    floor = Math.min(offset, end);
    offset = next;
  }
}

/** The offset of the next page; `null` at the end of the list. */
function nextOffset({ offset, items, total, hasMore }: ListPage, isStale: boolean): number | null {
  const end = offset + items.length;
  if (items.length === 0) return null;
  if (hasMore !== true && total !== null && end >= total) return null;
  if (hasMore === false && total === null) return null;
  // The list says that it goes on behind its total, and has nothing new.
  if (isStale && total !== null && offset > total) return null;
  // At what looks like the end, the next page is asked for without an overlap: it decides whether there is more.
  const looksLikeEnd = hasMore === false || (total !== null && end >= total) || items.length <= OVERLAP;
  return looksLikeEnd ? end : end - OVERLAP;
}

async function askPage(client: Client, { path, query }: Reading, offset: number, limit: number): Promise<ListPage> {
  const value = await client.get(path, { limit, offset, ...query }, wrongPage);
  if (value !== null) return pageOf(value, offset);
  const got = `GET ${path}: the server has nothing at this path (status 404)`;
  throw new UsageError("upstream_invalid", `${got}; wanted AgentPhone's API: check \`baseUrl\``);
}

/** What is wrong with a page, in words; `undefined` if nothing is. */
export function wrongPage(value: Json): string | undefined {
  const { data } = value;
  if (!isArray(data)) return `${lookOfValue(value)}; wanted an object with a list "data"`;
  const wrong = data.find((item) => !isObject(item) || isArray(item));
  return wrong === undefined ? undefined : `a page with ${lookOfValue(wrong)} in its list "data"; wanted objects`;
}

/** A page that {@link wrongPage} has let through. */
export function pageOf(value: Json, offset: number): ListPage {
  const { data, total, hasMore = value.has_more } = value;
  return {
    offset,
    items: data as Json[],
    total: Number.isInteger(total) && (total as number) >= 0 ? (total as number) : null,
    hasMore: typeof hasMore === "boolean" ? hasMore : null,
  };
}
