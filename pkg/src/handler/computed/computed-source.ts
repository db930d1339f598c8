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
import { type Answer, clientGone, errorAnswer, exhausted } from "../http/answer.js";
import type { Params } from "../http/parameters.js";
import { InvalidOption, invalidOption } from "../invalid-option.js";
import { notify } from "../notify.js";
import { type Awaitable, isRollup, type ReportOptions, type UsageHandlerOptions } from "../options.js";
import type { Question, Source } from "../source.js";
import { type ParsedAccount, parseAccount, withNumbers, withWebhooks } from "./account.js";
import { toBreakdownQuery, withArrays, wrongBreakdown } from "./breakdown.js";
import { isStreamed, Unread } from "./records-input.js";

/** The error messages that callers see. They do not quote the records, which callers may not be allowed to see. */
const MESSAGES: Record<string, string> = {
  invalid_record: "A record is not valid.",
  invalid_json: "The records are not valid JSON.",
  unknown_records: "None of the records is a call, a message or a webhook.",
  overflow: "A sum is too large to be exact.",
};

/** The longest text of a record, unless the owner sets another limit: many requests may be read at once. */
const MAX_RECORD_BYTES = 8 * 1024 * 1024;

/** The whole query: the part that the handler's owner sets and the part that the caller sends. */
export type FullQuery = ReportOptions & Omit<Params, "tz"> & { now: NonNullable<UsageQuery["now"]> };

/** Computes responses from the records or the rollup that the handler's owner supplies. */
export function computedSource(options: UsageHandlerOptions): Source {
  const { query } = options;
  const settings = perRequest(typeof query === "function" ? query : judged(reusable(query)), reusable);
  const account = perRequest(options.account, parseAccount);
  return async (question) => {
    const { request, endpoint } = question;
    try {
      // The clock is read once, so that the window and the response agree about the current time.
      const whole: FullQuery = { ...(await settings(request)), ...question.query, now: options.now?.() ?? Date.now() };
      const needsAccount = endpoint.name !== "by-agent" && endpoint.name !== "breakdown";
      const known = needsAccount ? await account(request) : parseAccount(undefined);
      if (endpoint.name === "usage" && known.stated.numbers === undefined) {
        return errorAnswer(404, "account_unknown", "The account's numbers are not known here.");
      }
      const value = await computeAnswer(options, question, whole, (rollup) =>
        askRollup(rollup, endpoint.name, whole, known),
      );
      return { status: 200, body: JSON.stringify(value) };
    } catch (error) {
      if (request.signal.aborted) return clientGone();
      const wrong = wrongBreakdown(error, question);
      if (wrong !== undefined) return wrong;
      if (isOutOfRange(error, question)) return outOfRange(question);
      return exhausted(error) ?? { ...failure(error), error };
    }
  };
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
  { request, endpoint }: Question,
  question: FullQuery,
  ask: (rollup: UsageRollup) => object,
): Promise<object> {
  const { records, rollup } = options;
  if (records === undefined) {
    if (typeof rollup !== "function") return ask(given(rollup));
    try {
      return ask(given(await rollup(request)));
    } catch (error) {
      // The function sees by `isTerminated` that its rollup is lost, and may give a new one.
      if (!(error instanceof UsageError) || error.code !== "terminated") throw error;
      return ask(given(await rollup(request)));
    }
  }

  const asked = endpoint.name === "breakdown" ? toBreakdownQuery(question) : (question as UsageQuery);
  const input = await records(recordsWindow(endpoint.name, asked), request);
  const { maxRecordBytes = MAX_RECORD_BYTES } = question;
  const query = { ...asked, ...warningsTo(options, request), maxRecordBytes };
  const source = isStreamed(input) ? new Unread(input) : input;
  try {
    if (endpoint.name === "by-agent") {
      if (!(source instanceof Unread)) return usageByAgent(source, query as UsageQuery);
      return await usageByAgentStream(source.stream, { ...(query as UsageQuery), signal: request.signal });
    }
    const counts = new UsageRollup(query as RollupOptions, "oneShot");
    try {
      if (source instanceof Unread) await counts.pushStream(source.stream, { signal: request.signal });
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

function given(rollup: unknown): UsageRollup {
  if (isRollup(rollup)) return rollup;
  throw invalidOption("/rollup", `\`rollup\` gave ${nameOf(rollup)}: wanted a UsageRollup`);
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
