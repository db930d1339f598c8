// Lists the conversations, newest first, and the messages of each one that may have some in the window.

import type { Json } from "./client.js";
import { hashOf, keyOf } from "./hash.js";
import { Head } from "./head.js";
import { around, askMessages, EVERYTHING, MESSAGE_LIMIT, type MessagePage, messagePages } from "./message-pages.js";
import { type ListPage, listPages } from "./offset-list.js";
import { addShortfall, follow, type MessagesProgress, removeShortfall } from "./progress.js";
import { canAfford, count, mayStop, missingOf, moveOn, type Pages, type Run } from "./run.js";
import { mayBeIn, timeOf, type Window } from "./times.js";
import type { CollectedPage } from "./types.js";

const PATH = "/v1/conversations";

/** A conversation of the list. */
interface Conversation {
  item: Json;
  key: number;
  /** Changes with each new message. */
  version: number;
  lastAt: number | null;
  createdAt: number | null;
  messages: number | null;
}

function conversationOf(item: Json): Conversation {
  const { id, lastMessageAt, createdAt, messageCount } = item;
  return {
    item,
    key: keyOf(item),
    version: hashOf(JSON.stringify([id, lastMessageAt, messageCount])),
    lastAt: timeOf(lastMessageAt),
    createdAt: timeOf(createdAt),
    messages: Number.isInteger(messageCount) && (messageCount as number) >= 0 ? (messageCount as number) : null,
  };
}

/** Whether a conversation may have a message in the window: its first message is not after it, and its last is not before it. */
function mayHaveMessages({ startMs, endMs }: Window, { lastAt, createdAt, messages }: Conversation): boolean {
  if (messages === 0 && lastAt === null) return false;
  return (lastAt === null || lastAt >= startMs) && (createdAt === null || createdAt < endMs);
}

/** Reads the list to its end, or to conversations that are older than the window. */
export async function* conversationPages(run: Run): Pages {
  const { client, options, progress, seen } = run;
  const list = progress.lists.conversations;
  const continues = list.offset > 0;
  const isSeen = (item: Json) => seen.conversations.has(keyOf(item));
  const reading = { path: PATH, offset: list.offset, concurrency: Math.min(2, options.concurrency), isSeen, continues };
  for await (const page of listPages(client, reading)) {
    count(run, isOlder(page.items.map(conversationOf), options.window));
    const all = page.items.map(conversationOf);
    yield* messagesOf(
      run,
      all.filter(({ version }) => !seen.versions.has(version)),
    );
    for (const { key, lastAt } of all) {
      if (seen.conversations.has(key)) continue;
      seen.conversations.add(key);
      list.listed++;
      follow(list.order, lastAt);
    }
    if (page.offset === 0) list.head = all.map(({ version }) => version);
    moveOn(list, page);
    run.report("conversations");
    const last = all.at(-1)?.lastAt ?? null;
    if (last !== null && last < options.window.startMs && mayStop(run, list)) {
      list.read = "stop";
      return;
    }
  }
  list.read = "end";
}

const isOlder = (all: Conversation[], { startMs }: Window) =>
  all.every(({ lastAt }) => lastAt !== null && lastAt < startMs);

/** Reads the beginning of the list again. Returns whether it had a conversation that is new or has new messages. */
export async function* laterMessages(run: Run): AsyncGenerator<CollectedPage, boolean, void> {
  const { client, progress, seen, isResumed } = run;
  const list = progress.lists.conversations;
  const isSeen = (item: Json) => seen.versions.has(conversationOf(item).version);
  const head = new Head(list, (item) => conversationOf(item).version);
  let found = false;
  for await (const page of listPages(client, { path: PATH, offset: 0, concurrency: 1, isSeen, continues: false })) {
    count(run, true);
    const ahead = head.newOf(page);
    // Where every version is known, a conversation behind the old beginning may have changed, too.
    const items = isResumed || seen.versions.forgot ? ahead : page.items;
    const changed = items.filter((item) => !isSeen(item)).map(conversationOf);
    yield* messagesOf(run, changed);
    for (const { key } of changed) {
      if (!seen.conversations.has(key)) list.listed++;
      seen.conversations.add(key);
    }
    if (page.total !== null) list.total = page.total;
    run.report("conversations");
    if (changed.length === 0) break;
    found = true;
  }
  head.keep();
  return found;
}

/** Compares the number of conversations with what the vendor says, if the list was read to its end. */
export function judgeConversations({ progress }: Run): void {
  const list = progress.lists.conversations;
  if (list.read !== "end") return;
  const { missing, meanwhile } = missingOf(list);
  removeShortfall(progress, PATH);
  list.meanwhile = meanwhile;
  if (missing === 0) return;
  const message = `the vendor says that there are ${list.total} conversations, and lists ${list.listed}`;
  addShortfall(progress, { list: "conversations", path: PATH, code: "short", missing, message });
}

/** The messages of some conversations, in their order. The first pages of the next conversations are asked for ahead. */
async function* messagesOf(run: Run, conversations: Conversation[]): Pages {
  const { options, progress, seen } = run;
  const wanted = conversations.filter((conversation) => mayHaveMessages(options.window, conversation));
  const jobs: Job[] = [];
  for (const at of wanted.keys()) {
    for (const ahead of wanted.slice(jobs.length, at + options.concurrency)) jobs.push(startJob(run, ahead));
    const job = jobs[at] as Job;
    yield* messagesOfOne(run, job);
    delete jobs[at]; // its first page is not needed any more
    progress.current = null;
    seen.versions.add(job.conversation.version);
  }
  for (const { version } of conversations) seen.versions.add(version);
}

/** A conversation whose messages are to be read. */
interface Job {
  conversation: Conversation;
  path: string;
  from: MessagesProgress;
  first: Promise<ListPage | null>;
}

function startJob(run: Run, conversation: Conversation): Job {
  const { current } = run.progress;
  const { messages, version } = conversation;
  const path = `${PATH}/${encodeURIComponent(String(conversation.item.id))}/messages`;
  const start = (from: MessagesProgress): Job => {
    const first = askMessages(run.client, path, from);
    first.catch(() => {}); // it is awaited later, or not at all
    return { conversation, path, from, first };
  };
  if (current?.version === version) return start(current);
  const pages = Math.ceil((messages ?? Infinity) / MESSAGE_LIMIT);
  const whole = pages <= 1 || canAfford(run, pages - 1);
  const bounds = whole ? EVERYTHING : around(run.options.window);
  return start({ version, ...bounds, listed: 0, added: 0, instants: [], whole });
}

async function* messagesOfOne(run: Run, job: Job): Pages {
  const { client, options, progress, seen } = run;
  const { conversation, path, from, first } = job;
  const list = progress.lists.messages;
  const window = from.whole ? null : options.window;
  const isRead = from.listed > 0 ? (key: number) => seen.messages.has(key) : undefined;
  let isFirst = from.listed === 0;
  let { added } = from;
  for await (const page of messagePages(client, path, from, window, progress.side, first, isRead)) {
    if (page === "gone") {
      const message = "the conversation was listed, and then not found";
      addShortfall(progress, { list: "messages", path, code: "gone", missing: null, message });
      return;
    }
    const unseen = page.fresh.filter((message) => !seen.messages.has(keyOf(message)));
    const records = unseen.filter((message) => mayBeIn(options.window, timeOf(message.receivedAt)));
    if (records.length > 0) yield { kind: "messages", records: records.map((message) => named(message, conversation)) };
    count(run, records.length === 0 && !isFirst);
    isFirst = false;
    for (const message of unseen) seen.messages.add(keyOf(message));
    list.listed += unseen.length;
    list.given += records.length;
    noteNumber(run, conversation.item.phoneNumberId);
    added += unseen.length;
    progress.current = page.next && { ...page.next, added };
    if (page.next === null) await judge(run, job, { ...page, added });
    run.report("messages");
  }
}

/** The message with the agent, the number and the channel of its conversation, where it does not name them. */
function named(message: Json, { item }: Conversation): Json {
  const result = { ...message };
  for (const field of ["agentId", "phoneNumberId", "channel"]) {
    const own = message[field];
    if ((own === undefined || own === null || own === "") && item[field] !== undefined) result[field] = item[field];
  }
  return result;
}

/** The most numbers that were not listed and are asked for by their ids. */
const MAX_RELEASED = 500;

/** Remembers a number that a record names and that is not listed, because it was released. */
export function noteNumber({ numbers, progress: { released } }: Run, id: unknown): void {
  if (typeof id !== "string" || id === "" || id.length > 100 || numbers.has(id)) return;
  if (released.length < MAX_RELEASED && !released.includes(id)) released.push(id);
}

/** Compares the number of messages with what the conversation says, if the whole conversation was read. */
async function judge(
  run: Run,
  { conversation, path, from: { whole } }: Job,
  { listed, added, instants, trouble }: Pick<MessagePage, "listed" | "instants" | "trouble"> & { added: number },
): Promise<void> {
  const { progress, options, client } = run;
  const { messages } = progress.lists;
  const { lastAt, createdAt, item } = conversation;
  const { startMs, endMs } = options.window;
  const isInside = createdAt !== null && createdAt >= startMs && lastAt !== null && lastAt < endMs;
  let said = conversation.messages;
  if (said !== null && listed < said && (whole || isInside)) {
    // Messages may have been deleted since the conversation was listed.
    const id = encodeURIComponent(String(item.id));
    const now = await client.get(`${PATH}/${id}`, { message_limit: 1 }, () => undefined);
    count(run, true);
    if (now === null) said = null;
    else if (Number.isInteger(now.messageCount)) said = Math.min(said, now.messageCount as number);
  }
  const shortfall = { list: "messages" as const, path };
  // Messages that can't be listed outside of the window are not missing, and the number of messages does not show where they are.
  const inWindow = instants.filter((instant) => mayBeIn(options.window, instant));
  const isBlurred = instants.length > inWindow.length && inWindow.length === 0;
  const isCompared = said !== null && (whole || isInside) && !(isBlurred && listed < said);
  const missing = isCompared ? Math.max(0, (said ?? 0) - listed) : null;
  removeShortfall(progress, path); // the conversation may be read for a second time
  if (missing === null) progress.notCompared++;
  else messages.total = (messages.total ?? 0) + added + missing;
  if (missing === 0 && trouble === undefined) return;
  if (trouble !== undefined) {
    const message = "there are more messages, and no way to go on from this page";
    addShortfall(progress, { ...shortfall, code: "unpaged", missing, message });
  } else if (inWindow.length > 0) {
    const at = inWindow.map((instant) => new Date(instant).toISOString()).slice(0, 3);
    const message = `more than ${MESSAGE_LIMIT} messages have the time ${at.join(", ")}, so that some can't be listed`;
    addShortfall(progress, { ...shortfall, code: "instant", missing, message });
  } else if (missing !== null) {
    const message = `the conversation says that it has ${said} messages, and ${listed} are listed`;
    addShortfall(progress, { ...shortfall, code: "short", missing, message });
  }
}
