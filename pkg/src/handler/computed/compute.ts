// Computes a response from records, from counts that are kept, or from the owner's rollup.

import {
  type AgentPage,
  type Endpoint,
  type Problem,
  type RollupOptions,
  recordsWindow,
  UsageAggregator,
  UsageError,
  type UsageQuery,
  UsageRollup,
} from "usage-by-agent";
import { nameOf } from "../../looks/name.js";
import type { Rounds } from "../crowd/rounds.js";
import type { Deadline } from "../deadline.js";
import type { Params } from "../http/parameters.js";
import { invalidOption } from "../invalid-option.js";
import { notify } from "../notify.js";
import {
  type Awaitable,
  isRollup,
  type RecordsWindow,
  type ReportOptions,
  type UsageHandlerOptions,
} from "../options.js";
import type { Question } from "../source.js";
import { type ParsedAccount, withNumbers, withWebhooks } from "./account.js";
import { toBreakdownQuery, withArrays } from "./breakdown.js";
import { type KeptCounts, MAX_KEPT_RECORDS, TooMany } from "./kept-counts.js";
import { isStreamed, type RecordsInput, Unread } from "./records-input.js";

/** The longest text of a record, unless the owner sets another limit: many requests may be read at once. */
const MAX_RECORD_BYTES = 8 * 1024 * 1024;

/** The whole query: the part that the handler's owner sets and the part that the caller sends. */
export type FullQuery = ReportOptions & Omit<Params, "tz"> & { now: NonNullable<UsageQuery["now"]> };

/** A question in its turn. */
export interface Work {
  question: Question;
  deadline: Deadline;
  rounds: Rounds;
  /** The counts that are kept, and whether the records are still of the version of the question. */
  kept: { counts: KeptCounts; version: string; isCurrent: () => Promise<boolean> } | undefined;
}

/** Calls a function of the owner, until the time limit at most. What it throws at once becomes a rejection too. */
export function asked<T>(deadline: Deadline, call: () => Awaitable<T>): Promise<T> {
  return deadline.wait((async () => call())());
}

/** Computes the response to a question. */
export async function computeAnswer(
  options: UsageHandlerOptions,
  work: Work,
  query: FullQuery,
  account: ParsedAccount,
): Promise<object> {
  const { name } = work.question.endpoint;
  const ask = (rollup: UsageRollup) => work.rounds.measured(() => askRollup(rollup, name, query, account));
  if (options.records === undefined) return fromRollup(options, work, ask);
  return (await fromKept(options, work, query, ask)) ?? fromRecords(options, work, query, ask);
}

/** Asks the owner's rollup. There is no pause between a function that gives it and its use. */
async function fromRollup(
  { rollup }: UsageHandlerOptions,
  { question: { request }, deadline, rounds }: Work,
  ask: (rollup: UsageRollup) => object,
): Promise<object> {
  await rounds.pass();
  if (typeof rollup !== "function") return ask(checkedRollup(rollup));
  const given = async () => checkedRollup(await asked(deadline, () => rollup(request)));
  try {
    return ask(await given());
  } catch (error) {
    // The function sees by `isTerminated` that its rollup is lost, and may give a new one.
    if (!(error instanceof UsageError) || error.code !== "terminated") throw error;
    return ask(await given());
  }
}

function checkedRollup(rollup: unknown): UsageRollup {
  if (isRollup(rollup)) return rollup;
  throw invalidOption("/rollup", `\`rollup\` gave ${nameOf(rollup)}: wanted a UsageRollup`);
}

/**
 * Reads the records: for a report by agent into the counts of one period, which need less memory, and for the other endpoints into a
 * rollup of their own.
 */
async function fromRecords(
  options: UsageHandlerOptions,
  work: Work,
  query: FullQuery,
  ask: (rollup: UsageRollup) => object,
): Promise<object> {
  const { name } = work.question.endpoint;
  const { maxRecordBytes = MAX_RECORD_BYTES } = query;
  const own = { ...(name === "breakdown" ? toBreakdownQuery(query) : (query as UsageQuery)), maxRecordBytes };
  const onWarning = warningsTo(options, work.question.request);
  const window = recordsWindow(name, own);
  return withInput(options, work, work.kept === undefined ? window : recordsWindow("usage"), async (push) => {
    if (name === "by-agent") {
      const counts = new UsageAggregator(own as UsageQuery, "oneShot");
      try {
        await push(counts);
        return counts.checkUnderstood(onWarning).report();
      } finally {
        counts.free();
      }
    }
    const counts = new UsageRollup(own as RollupOptions, "oneShot");
    try {
      await push(counts);
      return ask(counts.checkUnderstood(onWarning));
    } finally {
      counts.free();
    }
  });
}

/**
 * Asks the counts of all time, which are kept until the version changes.
 *
 * @returns `undefined` where the records may give another response: for a report by agent, if an id has records inside and outside the
 *   period, because it counts once in all time and once in the period; and for every error, which the records decide
 */
async function fromKept(
  options: UsageHandlerOptions,
  work: Work,
  query: FullQuery,
  ask: (rollup: UsageRollup) => object,
): Promise<object | undefined> {
  const { question, deadline, rounds, kept } = work;
  if (kept === undefined) return;
  const { name } = question.endpoint;
  const { dedupe, onInvalid, naiveTimestamps, maxMemoryBytes, maxStatuses, maxRecordBytes = MAX_RECORD_BYTES } = query;
  const all = { dedupe, onInvalid, naiveTimestamps, maxMemoryBytes, maxStatuses, maxRecordBytes };
  const reading = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as RollupOptions;
  const key = JSON.stringify([kept.version, reading]);
  await kept.counts.prepare(key, reading, deadline, (rollup) =>
    withInput(options, work, recordsWindow("usage"), async (push) => {
      const check = () => {
        if (rollup.diagnostics().records > MAX_KEPT_RECORDS) throw new TooMany("there are too many records");
      };
      let unchecked = 0;
      await push(rollup, (estimate) => {
        unchecked += estimate;
        if (unchecked < CHECK_MS) return;
        unchecked = 0;
        check();
      });
      check();
      rollup.checkUnderstood(warningsTo(options, question.request));
      if (!(await kept.isCurrent())) throw new Error("the records have changed");
    }),
  );
  await rounds.pass();
  const rollup = kept.counts.of(key);
  try {
    if (rollup === undefined) return;
    if (name === "by-agent" && rollup.splitsIds(recordsWindow(name, query as UsageQuery))) return;
    return ask(rollup);
  } catch (error) {
    if (error instanceof UsageError) return;
    throw error;
  }
}

/** How much is counted until the number of records is looked at, in milliseconds. */
const CHECK_MS = 20;

/** Counts the input of a request. `afterPart` is called after each part of it, with how long the part took, about. */
type Push = (counts: UsageAggregator | UsageRollup, afterPart?: (estimate: number) => void) => Promise<void>;

/** Asks the owner for the records of a window, and cancels what is not read to its end. */
async function withInput<T>(
  { records }: UsageHandlerOptions,
  { question: { request }, deadline, rounds }: Work,
  window: RecordsWindow,
  use: (push: Push) => Promise<T>,
): Promise<T> {
  const coming = (async () => records?.(window, request) as Awaitable<RecordsInput>)();
  let input: RecordsInput;
  try {
    input = await deadline.wait(coming);
  } catch (error) {
    coming.then(cancelled, () => {}); // what comes too late is not read
    throw error;
  }
  const source = isStreamed(input) ? new Unread(input) : input;
  try {
    return await use(async (counts, afterPart) => {
      const pace = (part: () => void, estimate: number) =>
        rounds.part(() => {
          if (deadline.isStopped) throw new Error("stopped");
          part();
          afterPart?.(estimate);
        }, estimate);
      if (source instanceof Unread) await counts.pushStream(source.stream, { signal: deadline.signal }, pace);
      else await counts.pushPaced(source, pace);
    });
  } catch (error) {
    // An error before the first read leaves the stream open, so it is cancelled here.
    if (source instanceof Unread) source.cancel();
    throw named(error);
  }
}

/** Cancels a stream that nobody will read. */
function cancelled(given: RecordsInput): void {
  try {
    if (isStreamed(given)) new Unread(given).cancel();
  } catch {
    // Another value has nothing to cancel.
  }
}

/** The receiver of warnings about the records, which passes them on to the owner. */
function warningsTo({ onWarning }: UsageHandlerOptions, request: Request): ((problem: Problem) => void) | undefined {
  return onWarning && ((problem) => notify(onWarning, problem, request));
}

/**
 * An error that is about the source itself: a chunk of another type, a locked stream, a response without success. Its message
 * does not contain a value of a record, so the caller may see it.
 */
function named(error: unknown): unknown {
  if (!(error instanceof UsageError) || error.code !== "invalid_option" || error.path !== "") return error;
  return invalidOption("/records", `\`records\` can't be read: ${error.message.replace(/ \(at \)$/, "")}`);
}

function askRollup(
  rollup: UsageRollup,
  endpoint: Endpoint | "breakdown",
  question: FullQuery,
  account: ParsedAccount,
): object {
  switch (endpoint) {
    case "breakdown":
      return withArrays(rollup.breakdown(toBreakdownQuery(question)));
    case "by-agent":
      return rollup.byAgent(question as UsageQuery);
    case "usage":
      return rollup.usage({ ...question, account: account.stated });
    case "daily":
      return withWebhooks(rollup.daily(question), account);
    case "monthly":
      return withWebhooks(rollup.monthly(question), account);
    case "by-number":
      return withNumbers(rollup.byNumber(), account, namesOf(question.agents));
  }
}

function namesOf(agents: ReportOptions["agents"]): Map<string, string> {
  const listed = agents == null ? [] : Symbol.iterator in agents ? agents : (agents as AgentPage).data;
  return new Map(Array.from(listed, ({ id, name }) => [id, name]));
}
