// Asks for released numbers; compares messages by phone number; asks for the vendor's own counts.

import { periodBounds, UsageError } from "usage-by-agent";
import { isArray, isObject } from "../bridge/values.js";
import { type Json, TooLong } from "./client.js";
import { keep } from "./directory.js";
import { keyOf } from "./hash.js";
import { laterRecords } from "./later.js";
import { around, askMessages, messagePages } from "./message-pages.js";
import { addShortfall } from "./progress.js";
import { count, type Pages, type Run } from "./run.js";
import { mayBeIn, timeOf } from "./times.js";

/** Asks for the numbers that records name and that are not listed. The vendor still knows released numbers by their ids. */
export async function readReleased(run: Run): Promise<void> {
  const { client, numbers, progress } = run;
  for (const id of progress.released) {
    if (numbers.has(id)) continue;
    const number = await client.get(`/v1/numbers/${encodeURIComponent(id)}`, {}, () => undefined);
    count(run, true);
    if (number !== null) keep(run, "numbers", { ...number, id });
    run.report("numbers");
  }
}

/** The most messages of one number that are compared for a second time. */
const MAX_UNSEEN = 1000;

/** Lists the messages of each number, and looks for those that no conversation had. */
export async function* verifyMessages(run: Run): Pages {
  const { client, options, progress, seen } = run;
  const list = progress.lists.messagesByNumber;
  if (run.isResumed || seen.messages.forgot) return; // the ids are not known
  list.listed = list.given = 0;
  const unseen = new Map<string, Set<number>>();
  for (const id of run.numbers.keys()) {
    const path = `/v1/numbers/${encodeURIComponent(id)}/messages`;
    const from = { version: 0, ...around(options.window), listed: 0, added: 0, instants: [], whole: false };
    const missing = new Set<number>();
    for await (const page of messagePages(
      client,
      path,
      from,
      options.window,
      progress.side,
      askMessages(client, path, from),
    )) {
      if (page === "gone") break;
      for (const message of page.fresh) {
        list.listed++;
        if (!mayBeIn(options.window, timeOf(message.receivedAt))) continue;
        list.given++;
        if (!seen.messages.has(keyOf(message)) && missing.size < MAX_UNSEEN) missing.add(keyOf(message));
      }
      run.report("messagesByNumber");
    }
    if (missing.size > 0) unseen.set(path, missing);
  }
  // They may have arrived after the conversations were listed.
  if (unseen.size > 0) yield* laterRecords(run);
  for (const [path, keys] of unseen) {
    const missing = [...keys].filter((key) => !seen.messages.has(key)).length;
    if (missing === 0) continue;
    const message = `${missing} messages of this number are in no conversation that was listed`;
    addShortfall(progress, { list: "messagesByNumber", path, code: "unseen", missing, message });
  }
  list.read = "end";
  progress.verified = list.missing === 0;
}

/** Asks for the vendor's own counts. Trouble with them is no trouble for the collection. */
export async function readEvidence(run: Run): Promise<void> {
  const { client, options, progress } = run;
  const { window, period } = options;
  const daily = await orNothing(() => client.get("/v1/usage/daily", { days: 365 }, () => undefined, 1));
  const [first, last] = [dateOf(window.startMs), dateOf(window.endMs - 1)];
  const rows = rowsOf(daily).filter(({ date }) => typeof date === "string" && date >= first && date <= last);
  if (rows.length > 0) {
    progress.evidence.daily = { days: rows.length, messages: sum(rows, "messages"), calls: sum(rows, "calls") };
  }
  if (period === null) return;
  const query = { period: period.period, tz: period.tz ?? null };
  const answer = await orNothing(() => client.get("/v1/usage/by-agent", query, () => undefined, 1));
  const { bounds, ...asked } = period;
  const other = periodBounds({ ...asked, boundsAs: asked.boundsAs === "wall-clock" ? "instant" : "wall-clock" });
  if (answer === null || ![bounds, other].some(({ periodStart }) => periodStart === answer.periodStart)) return;
  const data = rowsOf(answer);
  progress.evidence.byAgent = {
    messages: sum(data, "messages"),
    calls: sum(data, "calls"),
    totalSeconds: sum(data, "totalSeconds"),
  };
}

async function orNothing(ask: () => Promise<Json | null>): Promise<Json | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof UsageError || error instanceof TooLong) return null;
    throw error;
  }
}

const dateOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

const rowsOf = (answer: Json | null): Json[] => {
  const data = answer?.data;
  return isArray(data) ? data.filter((row): row is Json => isObject(row)) : [];
};

const sum = (rows: Json[], field: string) =>
  rows.reduce((total, row) => total + (typeof row[field] === "number" ? row[field] : 0), 0);
