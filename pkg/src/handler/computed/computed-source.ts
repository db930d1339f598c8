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
  usageByAgent,
  usageByAgentStream,
} from "usage-by-agent";
import { isOptions } from "../../bridge/values.js";
import { nameOf } from "../../looks/name.js";
import { Shared } from "../crowd/shared.js";
import { Busy, type Turn, Turns } from "../crowd/turns.js";
import { type Answer, clientGone, errorAnswer, exhausted } from "../http/answer.js";
import type { Params } from "../http/parameters.js";
import { InvalidOption, invalidOption } from "../invalid-option.js";
import { notify } from "../notify.js";
import { type Awaitable, checkLimits, isRollup, type ReportOptions, type UsageHandlerOptions } from "../options.js";
import type { Question, Source } from "../source.js";
import { Deadline } from "../upstream/deadline.js";
import { type ParsedAccount, parseAccount, withNumbers, withWebhooks } from "./account.js";
import { toBreakdownQuery, withArrays, wrongBreakdown } from "./breakdown.js";
import { isStreamed, type RecordsInput, Unread } from "./records-input.js";

/** The error messages that callers see. They do not quote the records, which callers may not be allowed to see. */
const MESSAGES: Record<string, string> = {
  invalid_record: "A record is not valid.",
  invalid_json: "The records are not valid JSON.",
  unknown_records: "None of the records is a call, a message or a webhook.",
  overflow: "A sum is too large to be exact.",
};

/** The whole query: the part that the handler's owner sets and the part that the caller sends. */
export type FullQuery = ReportOptions & Omit<Params, "tz"> & { now: NonNullable<UsageQuery["now"]> };

/** The most times that everything is read because its version has changed meanwhile. */
const MAX_READS = 3;

/** Computes responses from the records or the rollup that the handler's owner supplies. */
export function computedSource(options: UsageHandlerOptions): Source {
  const limits = checkLimits(options.limits);
  const { query } = options;
  const settings = perRequest(typeof query === "function" ? query : judged(reusable(query)), reusable);
  const account = perRequest(options.account, parseAccount);
  const turns = new Turns(limits);
  const shared = new Shared<Answer>(limits.timeoutMs);

  /** Computes the answer in the turn of the question. */
  async function compute(work: Work): Promise<Answer> {
    const { question, deadline } = work;
    const { request, endpoint } = question;
    const given = await deadline.wait(inPromise(() => settings(request)));
    // The clock is read once, so that the window and the response agree about the current time.
    const whole: FullQuery = { ...given, ...question.query, now: options.now?.() ?? Date.now() };
    const needsAccount = endpoint.name !== "by-agent" && endpoint.name !== "breakdown";
    const known = needsAccount ? await deadline.wait(inPromise(() => account(request))) : parseAccount(undefined);
    if (endpoint.name === "usage" && known.stated.numbers === undefined) {
      return errorAnswer(404, "account_unknown", "The account's numbers are not known here.");
    }
    const value = await computeAnswer(options, work, whole, (rollup) => askRollup(rollup, endpoint.name, whole, known));
    return { status: 200, body: JSON.stringify(value) };
  }

  /** Waits for a turn and computes the answer, again if the version has changed while it was computed. */
  async function inTurn(question: Question, deadline: Deadline, asked: string | null): Promise<Answer> {
    const turn = await turns.take(deadline.signal);
    try {
      let version = asked;
      for (let reads = 1; ; reads++) {
        const answer = await compute({ question, deadline, turn });
        const now = await versionOf(options, question.request, deadline);
        if (now === version) return answer;
        if (reads === MAX_READS) return changing();
        version = now;
      }
    } finally {
      turn.end();
    }
  }

  return async (question) => {
    const { request } = question;
    const deadline = new Deadline(limits.timeoutMs, request.signal);
    try {
      const version = await versionOf(options, request, deadline);
      const key = keyOf(options, question, version);
      return await shared.do(key, deadline.signal, () => inTurn(question, deadline, version));
    } catch (error) {
      if (request.signal.aborted) return clientGone();
      if (error instanceof Busy) return busy(error, limits.waitMs);
      if (deadline.over) return tooLate(limits.timeoutMs);
      const wrong = wrongBreakdown(error, question);
      if (wrong !== undefined) return wrong;
      if (isOutOfRange(error, question)) return outOfRange(question);
      return exhausted(error) ?? { ...failure(error), error };
    } finally {
      deadline.end();
    }
  };
}

/** A question in its turn. */
interface Work {
  question: Question;
  deadline: Deadline;
  turn: Turn;
}

/** Calls a function of the owner. What it throws at once becomes a rejection too. */
async function inPromise<T>(call: () => Awaitable<T>): Promise<T> {
  return call();
}

/** The version of what is read for a request; `null` if the owner does not give versions. */
async function versionOf(
  { version }: UsageHandlerOptions,
  request: Request,
  deadline: Deadline,
): Promise<string | null> {
  if (version === undefined) return null;
  const given: unknown = await deadline.wait(inPromise(() => version(request)));
  if (typeof given === "string") return given;
  throw invalidOption("/version", `\`version\` gave ${nameOf(given)}: wanted a string`);
}

/** What makes questions equal, so that they are computed once; `null` if it is not known which records they are about. */
function keyOf(options: UsageHandlerOptions, { endpoint, query }: Question, version: string | null): string | null {
  const isFixed = [options.records, options.rollup, options.query, options.account].every(
    (option) => typeof option !== "function",
  );
  return version === null && !isFixed ? null : JSON.stringify([endpoint.name, query, version]);
}

/** The seconds until another attempt may succeed. */
const retryAfter = (milliseconds: number) => ({ "retry-after": String(Math.max(1, Math.ceil(milliseconds / 1000))) });

function busy(error: Busy, waitMs: number): Answer {
  const message = "Too many requests are being computed. Try again later.";
  return { ...errorAnswer(503, "busy", message, { headers: retryAfter(waitMs) }), error };
}

function changing(): Answer {
  const message = "The records changed while they were read. Try again later.";
  const error = new Error(`The version changed during each of ${MAX_READS} readings.`);
  return { ...errorAnswer(503, "records_changed", message, { headers: retryAfter(1000) }), error };
}

function tooLate(timeoutMs: number): Answer {
  const message = `The records were not read within ${timeoutMs} ms.`;
  return { ...errorAnswer(504, "records_timeout", message), error: new Error(message) };
}

/**
 * Makes a function of the request from an option that is a value or a function of the request. A value is prepared at once, so
 * that a wrong value throws when the handler is made.
 */
function perRequest<T, P>(
  option: T | ((request: Request) => Awaitable<T>) | undefined,
  prepare: (value: T | undefined) => P,
): (request: Request) => Awaitable<P> {
  if (typeof option === "function") {
    const ask = option as (request: Request) => Awaitable<T>;
    return async (request) => prepare(await ask(request));
  }
  const prepared = prepare(option);
  return () => prepared;
}

/** Copies the agents to an array. Every request reads them, and an iterator could be read only once. */
function reusable(query: ReportOptions | undefined): ReportOptions | undefined {
  const agents = query?.agents;
  const isIterable = typeof agents === "object" && agents !== null && Symbol.iterator in agents;
  return isIterable ? { ...query, agents: [...agents] } : query;
}

/** Checks the query when the handler is made. If the core is not loaded yet, the first request checks it. */
function judged(query: ReportOptions | undefined): ReportOptions | undefined {
  if (query == null) return undefined;
  if (!isOptions(query)) throw invalidOption("/query", "`query` must be an object");
  try {
    new UsageAggregator({ ...query, period: "week", now: Date.UTC(2024, 5, 15) }, "oneShot").free();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const { code, path = "", message } = error;
    if (code !== "not_initialised") {
      throw new UsageError(code, message.replace(` (at ${path})`, ""), { path: `/query${path}` });
    }
  }
  return query;
}

/**
 * Computes the response. The owner's rollup is used if there is one. Otherwise the records are read: for a report by agent into
 * the counts of one period, which need less memory, and for the other endpoints into a rollup of their own.
 */
async function computeAnswer(
  options: UsageHandlerOptions,
  { question: { request, endpoint }, deadline, turn }: Work,
  question: FullQuery,
  ask: (rollup: UsageRollup) => object,
): Promise<object> {
  const { records, rollup } = options;
  if (records === undefined) {
    await turn.pause();
    if (typeof rollup !== "function") return ask(checkedRollup(rollup));
    const asked = async () => checkedRollup(await deadline.wait(inPromise(() => rollup(request))));
    try {
      return ask(await asked());
    } catch (error) {
      // The function sees by `isTerminated` that its rollup is lost, and may give a new one.
      if (!(error instanceof UsageError) || error.code !== "terminated") throw error;
      return ask(await asked());
    }
  }

  const { signal } = deadline;
  const asked = endpoint.name === "breakdown" ? toBreakdownQuery(question) : (question as UsageQuery);
  const coming = inPromise(() => records(recordsWindow(endpoint.name, asked), request));
  let input: RecordsInput;
  try {
    input = await deadline.wait(coming);
  } catch (error) {
    coming.then(cancelled, () => {}); // what comes too late is not read
    throw error;
  }
  const query = { ...asked, ...warningsTo(options, request) };
  const source = isStreamed(input) ? new Unread(input) : input;
  try {
    await turn.pause();
    if (endpoint.name === "by-agent") {
      if (!(source instanceof Unread)) return usageByAgent(source, query as UsageQuery);
      return await usageByAgentStream(source.stream, { ...(query as UsageQuery), signal });
    }
    const counts = new UsageRollup(query as RollupOptions, "oneShot");
    try {
      if (source instanceof Unread) await counts.pushStream(source.stream, { signal });
      else counts.push(source);
      return ask(counts.checkUnderstood(query.onWarning));
    } finally {
      counts.free();
    }
  } catch (error) {
    // An error before the first read leaves the stream open, so it is cancelled here.
    if (source instanceof Unread) source.cancel();
    throw named(error);
  }
}

function checkedRollup(rollup: unknown): UsageRollup {
  if (isRollup(rollup)) return rollup;
  throw invalidOption("/rollup", `\`rollup\` gave ${nameOf(rollup)}: wanted a UsageRollup`);
}

/** Cancels a stream that nobody will read. */
function cancelled(given: RecordsInput): void {
  try {
    if (isStreamed(given)) new Unread(given).cancel();
  } catch {
    // Another value has nothing to cancel.
  }
}

/** The part of a query that passes warnings about the records on to the owner. */
function warningsTo({ onWarning }: UsageHandlerOptions, request: Request): { onWarning?: (problem: Problem) => void } {
  return onWarning === undefined ? {} : { onWarning: (problem) => notify(onWarning, problem, request) };
}

/**
 * An error that is about the source itself: a chunk of another type, a locked stream, a response without success. Its message
 * does not contain a value of a record, so the caller may see it.
 */
function named(error: unknown): unknown {
  if (!(error instanceof UsageError) || error.code !== "invalid_option" || error.path !== "") return error;
  return invalidOption("/records", `\`records\` can't be read: ${error.message.replace(/ \(at \)$/, "")}`);
}

/** Whether the caller's `offset` leads to a period that can't be reported. Without it, the owner's clock is at fault. */
function isOutOfRange(error: unknown, { query }: Question): boolean {
  return error instanceof UsageError && error.code === "out_of_range" && (query.offset ?? 0) !== 0;
}

function outOfRange({ sent }: Question): Answer {
  const msg = "Value error, the period is outside the years 1970 to 2099";
  const { offset: input } = sent;
  const detail = [{ type: "value_error", loc: ["query", "offset"], msg, input }];
  return { status: 422, body: JSON.stringify({ detail }) };
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

/** Gives the code and the place of an error. The message of most errors is left out, because it may quote a record. */
function failure(error: unknown): Answer {
  if (!(error instanceof UsageError)) {
    return errorAnswer(500, "records_unavailable", "The records could not be read.");
  }
  const { code, path, line, byteOffset } = error;
  const place = [line !== undefined && `line ${line}`, byteOffset !== undefined && `byte ${byteOffset}`]
    .filter(Boolean)
    .join(", ");
  const message = error instanceof InvalidOption ? error.said : (MESSAGES[code] ?? "The report could not be computed.");
  // The empty path is the whole input, which is not a place.
  const known = Boolean(path) || place !== "";
  const details = known ? [{ field: path ?? "", message: place, type: code }] : [];
  return errorAnswer(500, code, message, { details });
}
