// Lists the calls. The list has no filter by time, and its order is not documented.

import type { Json } from "./client.js";
import { noteNumber } from "./conversations.js";
import { keyOf } from "./hash.js";
import { Head } from "./head.js";
import { listPages } from "./offset-list.js";
import { addShortfall, follow, isFalling, type Progress, removeShortfall } from "./progress.js";
import { canAfford, count, mayStop, missingOf, moveOn, type Pages, type Run } from "./run.js";
import { mayBeIn, timeOf } from "./times.js";
import type { CollectedPage } from "./types.js";

const PATH = "/v1/calls";

/** The statuses after which a call does not change. */
const FINAL =
  /^(?:completed?|ended|done|finished|failed|error|busy|no[-_ ]?answer|cancell?ed|rejected|declined|missed|voicemail|blocked)$/i;

/** The most calls that were not final and are asked for again. */
const MAX_OPEN = 2000;

/** With more calls than this that were not final, those that still are not are found by lists of their statuses. */
const FEW_OPEN = 10;

/** The most statuses that are listed. */
const MAX_STATUSES = 5;

/** The longest record of a call that is kept until then, in UTF-16 units of its JSON. */
const MAX_HELD = 4096;

/** The most calls of one page of calls that were asked for again. */
const BATCH = 50;

/** Whether a call may still change. */
function isOpen({ status, endedAt }: Json): boolean {
  return (endedAt === null || endedAt === undefined) && !FINAL.test(String(status ?? "").trim());
}

/** Reads the list to its end, or to calls that are older than the window, if the list has been seen to be sorted. */
export async function* callPages(run: Run): Pages {
  const { client, options, progress, seen } = run;
  const list = progress.lists.calls;
  const isSeen = (item: Json) => seen.calls.has(keyOf(item));
  const { concurrency } = options;
  const reading = { path: PATH, offset: list.offset, concurrency, isSeen, continues: list.offset > 0 };
  for await (const page of listPages(client, reading)) {
    const times = page.items.map(({ startedAt }) => timeOf(startedAt));
    const isPast = times.length > 0 && times.every((time) => time !== null && time < options.window.startMs);
    count(run, isPast && isFalling(list.order));
    yield* newCalls(run, page.items, true);
    if (page.offset === 0) list.head = page.items.map(keyOf);
    moveOn(list, page);
    run.report("calls");
    // A whole page of older calls, and not only the last: the order may be that of another time, such as the call's creation.
    if (isPast && mayStop(run, list)) {
      list.read = "stop";
      return;
    }
  }
  list.read = "end";
}

/** Gives out the calls that are new and in the window. Those that are not final are held back. */
async function* newCalls(run: Run, items: Json[], isInOrder: boolean): Pages {
  const { options, progress, seen, held } = run;
  const list = progress.lists.calls;
  const fresh = items.filter((item) => !seen.calls.has(keyOf(item)));
  const wanted = fresh.filter(({ startedAt }) => mayBeIn(options.window, timeOf(startedAt)));
  const room = MAX_OPEN - progress.open.length;
  const open = wanted.filter((call) => isOpen(call) && isShort(call.id)).slice(0, room);
  const records = wanted.filter((call) => !open.includes(call));
  if (records.length > 0) yield { kind: "calls", records };
  for (const call of open) {
    progress.open.push([call.id as string, String(call.status ?? "").slice(0, 40)]);
    if (JSON.stringify(call).length <= MAX_HELD) held.set(call.id as string, call);
  }
  for (const call of fresh) {
    seen.calls.add(keyOf(call));
    if (isInOrder) follow(list.order, timeOf(call.startedAt));
  }
  for (const call of wanted) noteNumber(run, call.phoneNumberId);
  progress.notFinal += records.filter(isOpen).length;
  list.listed += fresh.length;
  list.given += records.length;
}

const isShort = (id: unknown) => typeof id === "string" && id !== "" && id.length <= 64;

/**
 * Reads the end of the list again at which new calls arrive: the beginning if it falls, the end if it rises, and both if it does not
 * show an order. Returns whether there was a new call.
 */
export async function* laterCalls(run: Run): AsyncGenerator<CollectedPage, boolean, void> {
  const { client, progress, seen } = run;
  const list = progress.lists.calls;
  const { falls, rises } = list.order;
  const isSeen = (item: Json) => seen.calls.has(keyOf(item));
  let found = false;
  for (const offset of falls === rises && list.read === "end" ? [list.offset, 0] : [falls ? 0 : list.offset]) {
    const head = new Head(list, keyOf);
    for await (const page of listPages(client, { path: PATH, offset, concurrency: 1, isSeen, continues: false })) {
      count(run, true);
      const ahead = head.newOf(page);
      // Where every id is known, a call behind the old beginning may be new, too.
      const items = run.isResumed || seen.calls.forgot ? ahead : page.items;
      const isNew = items.some((item) => !isSeen(item));
      yield* newCalls(run, items, false);
      if (page.total !== null) list.total = page.total;
      if (page.offset > list.offset) list.offset = page.offset;
      run.report("calls");
      found ||= isNew;
      if (!isNew) break;
    }
    head.keep();
  }
  return found;
}

/** Reads a list without an order again, where calls have arrived meanwhile and have not been seen. */
export async function* callsAgain(run: Run): Pages {
  const { client, options, progress, seen } = run;
  const list = progress.lists.calls;
  const isUnseen = () => list.read === "end" && list.total !== null && list.listed < list.total;
  const pages = Math.ceil((list.total ?? 0) / 98);
  const isSeen = (item: Json) => seen.calls.has(keyOf(item));
  // Calls that a resumed collection read before its state are not known by their ids, and would be given out again.
  const canReadAgain = () => isUnseen() && !seen.calls.forgot && !run.isResumed && canAfford(run, pages);
  while (canReadAgain()) {
    const before = list.listed;
    list.firstTotal = null;
    const reading = { path: PATH, offset: 0, concurrency: options.concurrency, isSeen, continues: false };
    for await (const page of listPages(client, reading)) {
      count(run, true);
      yield* newCalls(run, page.items, false);
      if (page.total !== null) list.total = page.total;
      list.firstTotal ??= page.total;
      run.report("calls");
      if (!isUnseen()) break;
    }
    if (list.listed === before) break;
  }
}

/** Compares the number of calls with what the vendor says, if the list was read to its end. */
export function judgeCalls({ progress }: Run): void {
  const list = progress.lists.calls;
  if (list.read !== "end") return;
  const { missing, meanwhile } = missingOf(list);
  removeShortfall(progress, PATH);
  list.meanwhile = meanwhile;
  if (missing === 0) return;
  const message = `the vendor says that there are ${list.total} calls, and lists ${list.listed}`;
  addShortfall(progress, { list: "calls", path: PATH, code: "short", missing, message });
}

/**
 * Asks again for the calls that were not final, and gives them out as they are now: those that still are not by lists of their
 * statuses, a hundred at a time, and the others by their ids.
 */
export async function* openCalls(run: Run): Pages {
  const { progress } = run;
  if (progress.open.length > FEW_OPEN) {
    for (const status of [...new Set(progress.open.map(([, status]) => status))].slice(0, MAX_STATUSES)) {
      if (status !== "") yield* stillOpen(run, status);
    }
  }
  while (progress.open.length > 0) yield* askedById(run, progress.open.slice(0, BATCH));
}

async function* stillOpen(run: Run, status: string): Pages {
  const { client, progress } = run;
  const most = Math.ceil(progress.open.length / 50) + 1; // the server may not know the filter, and list every call
  const seen = new Set<number>();
  const isSeen = (item: Json) => seen.has(keyOf(item));
  let pages = 0;
  for await (const page of listPages(client, {
    path: PATH,
    query: { status },
    offset: 0,
    concurrency: 1,
    isSeen,
    continues: false,
  })) {
    count(run);
    const left = new Set(progress.open.map(([id]) => id));
    const records = page.items.filter((item) => !isSeen(item) && left.has(item.id as string));
    if (records.length > 0) yield { kind: "calls", records };
    for (const item of page.items) seen.add(keyOf(item));
    settle(run, records);
    if (++pages === most) return;
  }
}

async function* askedById(run: Run, asked: Progress["open"]): Pages {
  const { client, options, progress, held } = run;
  const answers: (Json | null)[] = [];
  for (let at = 0; at < asked.length; at += options.concurrency) {
    const some = asked.slice(at, at + options.concurrency);
    const calls = some.map(([id]) => client.get(`${PATH}/${encodeURIComponent(id)}`, {}, wrongCall(id)));
    answers.push(...(await Promise.all(calls)));
  }
  const records = asked.map(([id], at) => answers[at] ?? held.get(id)).filter((call) => call !== undefined);
  if (records.length > 0) yield { kind: "calls", records };
  for (const [at, [id]] of asked.entries()) {
    count(run);
    if (answers[at] !== null) continue;
    const message = "the call was listed, and then not found";
    addShortfall(progress, { list: "calls", path: `${PATH}/${id}`, code: "gone", missing: null, message });
  }
  settle(run, records);
  progress.open = progress.open.filter((open) => !asked.includes(open));
}

/** Remembers that calls were given out as they are now. */
function settle({ progress, held, report }: Run, records: Json[]): void {
  const ids = new Set(records.map(({ id }) => id as string));
  for (const id of ids) held.delete(id);
  progress.open = progress.open.filter(([id]) => !ids.has(id));
  progress.notFinal += records.filter(isOpen).length;
  progress.lists.calls.given += records.length;
  report("calls");
}

const wrongCall = (id: string) => (call: Json) =>
  call.id === id ? undefined : `not the call ${id}; wanted an object with its id`;
