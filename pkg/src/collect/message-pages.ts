// Reads the messages of a conversation or of a phone number. These lists have no offsets: a page is what lies between two times.
//
// The vendor does not document whether `before` and `after` include their own instant, at which end of the span a page lies if there
// are more messages than it can have, or how the messages of a page are sorted. Nothing here depends on it: bounds lie a millisecond
// outside of what is wanted, messages that come again are known by their ids, and the end is found out once.

import type { Client, Json } from "./client.js";
import { keyOf } from "./hash.js";
import { type ListPage, pageOf, wrongPage } from "./offset-list.js";
import type { MessagesProgress, Progress } from "./progress.js";
import { timeOf, type Window, written } from "./times.js";

/** The most messages of a page that the vendor gives. */
export const MESSAGE_LIMIT = 200;

/** Some messages, and where to go on after them. */
export interface MessagePage {
  /** Messages that the page before did not have. */
  fresh: Json[];
  /** Where to go on; `null` at the end. */
  next: MessagesProgress | null;
  /** Why the list ends although there is more. */
  trouble?: "unpaged";
  /** The instants of which more messages exist than a page can have. */
  instants: number[];
  /** How many different messages have been read, with those of this page. */
  listed: number;
}

/** The times between which messages are asked for; `null` is not sent. */
export type Bounds = Pick<MessagesProgress, "after" | "before">;

/** Bounds that contain the window, whether they include their own instants or not. */
export const around = ({ startMs, endMs }: Window): Bounds => ({ after: startMs - 1, before: endMs });

/** No bounds: every message. */
export const EVERYTHING: Bounds = { after: null, before: null };

/** Asks for one page; `null` if the conversation does not exist. */
export async function askMessages(client: Client, path: string, { after, before }: Bounds): Promise<ListPage | null> {
  const query = {
    limit: MESSAGE_LIMIT,
    before: before === null ? null : written(before),
    after: after === null ? null : written(after),
  };
  const value = await client.get(path, query, wrongPage);
  return value === null ? null : pageOf(value, 0);
}

/** The most pages in a row without a new message, of a list that says that it goes on. */
const MOST_STALE = 5;

/**
 * Gives the pages from some bounds on. Pages that lie wholly outside of the window end the reading, unless everything is read.
 *
 * @param from where to begin
 * @param window the window; `null` to read everything
 * @param side is told at which end of a span a page lies, and remembers it
 * @param first the first page, which is asked for ahead
 * @param isRead whether a message was read before `from`
 */
export async function* messagePages(
  client: Client,
  path: string,
  from: MessagesProgress,
  window: Window | null,
  side: Progress["side"],
  first: Promise<ListPage | null>,
  isRead: (key: number) => boolean = () => false,
): AsyncGenerator<MessagePage | "gone", void, void> {
  let { after, before, listed } = from;
  const instants = [...from.instants];
  let wasRead = isRead;
  let page = await first;
  for (let stale = 0; ; ) {
    if (page === null) return void (yield "gone");
    const keys: ReadonlySet<number> = new Set(page.items.map(keyOf));
    const fresh = page.items.filter((item) => !wasRead(keyOf(item)));
    listed += fresh.length;
    stale = fresh.length === 0 ? stale + 1 : 0;
    const times = page.items.map((item) => timeOf(item.receivedAt)).filter((time) => time !== null);
    const isMore = page.hasMore ?? fresh.length > 0;
    if (!isMore || times.length === 0 || stale >= MOST_STALE) {
      yield { fresh, next: null, ...(isMore && { trouble: "unpaged" as const }), instants, listed };
      return;
    }
    const [oldest, newest] = [Math.min(...times), Math.max(...times)];
    if (oldest === newest && !instants.includes(oldest)) {
      const same = await askMessages(client, path, { after: oldest - 1, before: oldest + 1 });
      if (same !== null && (same.hasMore ?? same.items.length >= MESSAGE_LIMIT)) instants.push(oldest);
    }
    const sent = `${after === null ? "" : "a"}${before === null ? "" : "b"}`;
    side[sent] ??= await findSide(client, path, { after, before }, { keys, oldest, newest });
    if (side[sent] === undefined && page.hasMore !== true) {
      yield { fresh, next: null, instants, listed };
      return;
    }
    const isOldest = side[sent] === "oldest";
    const isStuck = isOldest ? after !== null && newest - 1 <= after : before !== null && oldest + 1 >= before;
    // The next page has the messages of the edge again, because there may be more of that instant. A page of one instant has them all.
    if (isStuck && isOldest) after = (after as number) + 1;
    else if (isStuck) before = (before as number) - 1;
    else if (isOldest) after = oldest === newest ? newest : newest - 1;
    else before = oldest === newest ? oldest : oldest + 1;
    const isOutside = window !== null && (isOldest ? newest >= window.endMs : oldest < window.startMs);
    const next = isOutside ? null : { ...from, after, before, listed, instants: [...instants] };
    yield { fresh, next, instants, listed };
    if (next === null) return;
    wasRead = (key) => keys.has(key);
    page = await askMessages(client, path, next);
  }
}

/**
 * Finds out at which end of a span the vendor puts a page, if there are more messages in the span. The page may have the newest
 * messages although there are newer ones now. So the page is at the oldest end only if nothing is older. `undefined` if nothing was found
 * on either side.
 */
async function findSide(
  client: Client,
  path: string,
  { after, before }: Bounds,
  page: { keys: ReadonlySet<number>; oldest: number; newest: number },
): Promise<"newest" | "oldest" | undefined> {
  const isOther = async (bounds: Bounds) => {
    const other = await askMessages(client, path, bounds);
    return other?.items.some((item) => !page.keys.has(keyOf(item))) ?? false;
  };
  // The instants at the ends of the page may have more messages, or as many as a page can have.
  const hasNewer =
    (await isOther({ after: page.newest - 1, before })) || (await isOther({ after: page.newest + 1, before }));
  const hasOlder =
    (await isOther({ after, before: page.oldest + 1 })) || (await isOther({ after, before: page.oldest - 1 }));
  return hasOlder ? "newest" : hasNewer ? "oldest" : undefined;
}
