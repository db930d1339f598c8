import {
  type AgentPage,
  type Endpoint,
  type Records,
  recordsWindow,
  UsageAggregator,
  UsageError,
  type UsageQuery,
  UsageRollup,
  usageByAgent,
  usageByAgentStream,
} from "usage-by-agent";
import { type Answer, clientGone, errorAnswer } from "../http/answer.js";
import type { Params } from "../http/parameters.js";
import { invalidOption } from "../invalid-option.js";
import type { Awaitable, ReportOptions, UsageHandlerOptions } from "../options.js";
import type { Question, Source } from "../source.js";
import { type ParsedAccount, parseAccount, withNumbers, withWebhooks } from "./account.js";

/** What callers are told about records that can't be reported. Records' own content is not theirs to see. */
const MESSAGES: Record<string, string> = {
  invalid_record: "A record is not valid.",
  invalid_json: "The records are not valid JSON.",
  overflow: "A sum is too large to be exact.",
};

/** The question as the handler's owner and the caller put it together. */
type FullQuery = ReportOptions & Omit<Params, "tz"> & { now: NonNullable<UsageQuery["now"]> };

/** Answers computed here, from the records or the rollup that the handler's owner supplies. */
export function computedSource(options: UsageHandlerOptions): Source {
  const { query } = options;
  const settings = perRequest(typeof query === "function" ? query : judged(reusable(query)), reusable);
  const account = perRequest(options.account, parseAccount);
  return async (question) => {
    const { request, endpoint } = question;
    try {
      // The clock is read once: the window and the answer are of the same moment.
      const whole: FullQuery = { ...(await settings(request)), ...question.query, now: options.now?.() ?? Date.now() };
      const known = endpoint.name === "by-agent" ? parseAccount(undefined) : await account(request);
      if (endpoint.name === "usage" && (known.told.plan === undefined || known.told.numbers === undefined)) {
        return errorAnswer(404, "account_unknown", "The account's plan and numbers are not known here.");
      }
      const value = await computeAnswer(options, question, whole, (rollup) =>
        askRollup(rollup, endpoint.name, whole, known),
      );
      return { status: 200, body: JSON.stringify(value) };
    } catch (error) {
      if (request.signal.aborted) return clientGone();
      return failure(error);
    }
  };
}

/** An option that is a value or a function of the request, as the latter. A value is prepared once, and so judged at once. */
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

/** A generator or an iterator of agents ends with its first use; these options are used by every request. */
function reusable(query: ReportOptions | undefined): ReportOptions | undefined {
  const agents = query?.agents;
  const isIterable = typeof agents === "object" && agents !== null && Symbol.iterator in agents;
  return isIterable ? { ...query, agents: [...agents] } : query;
}

/** Judged at once by the core that will use it; where the core is still to be loaded, with the first request. */
function judged(query: ReportOptions | undefined): ReportOptions | undefined {
  if (query == null) return undefined;
  if (typeof query !== "object") throw invalidOption("/query", "`query` must be an object");
  try {
    new UsageAggregator({ ...query, period: "week", now: Date.UTC(2024, 5, 15) }).free();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const { code, path = "", message } = error;
    if (code !== "not_initialised") {
      throw new UsageError(code, message.replace(` (at ${path})`, ""), { path: `/query${path}` });
    }
  }
  return query;
}

/** The answer: of the rollup that there is, else of one made for this request, else of one period's counts, which take less. */
async function computeAnswer(
  options: UsageHandlerOptions,
  { request, endpoint }: Question,
  question: FullQuery,
  ask: (rollup: UsageRollup) => object,
): Promise<object> {
  const { records, rollup } = options;
  if (records === undefined)
    return ask(await (typeof rollup === "function" ? rollup(request) : (rollup as UsageRollup)));

  const source = await records(recordsWindow(endpoint.name, question), request);
  try {
    if (endpoint.name === "by-agent") {
      const query = question as UsageQuery;
      if (!isStream(source)) return usageByAgent(source, query);
      return await usageByAgentStream(source, { ...query, signal: request.signal });
    }
    const counts = new UsageRollup(question);
    try {
      if (isStream(source)) await counts.pushStream(source, { signal: request.signal });
      else counts.push(source);
      return ask(counts);
    } finally {
      counts.free();
    }
  } catch (error) {
    // What failed before the reading began has told the sender nothing.
    if (isStream(source)) source.cancel().catch(() => {});
    throw error;
  }
}

function askRollup(rollup: UsageRollup, endpoint: Endpoint, question: FullQuery, account: ParsedAccount): object {
  switch (endpoint) {
    case "by-agent":
      return rollup.byAgent(question as UsageQuery);
    case "usage":
      return rollup.usage({ ...question, account: account.told });
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

function isStream(source: Records | ReadableStream<Uint8Array>): source is ReadableStream<Uint8Array> {
  // By what it can do: streams of another realm, or a polyfill's, are no instances of this realm's class.
  return typeof source === "object" && typeof (source as Partial<ReadableStream>).getReader === "function";
}

/** A code and a place; never the error's own message, which may quote a record. */
function failure(error: unknown): Answer {
  if (!(error instanceof UsageError)) {
    return errorAnswer(500, "records_unavailable", "The records could not be read.");
  }
  const { code, path, line, byteOffset } = error;
  const place = [line !== undefined && `line ${line}`, byteOffset !== undefined && `byte ${byteOffset}`]
    .filter(Boolean)
    .join(", ");
  const message = MESSAGES[code] ?? "The report could not be computed.";
  const known = path !== undefined || place !== "";
  const details = known ? [{ field: path ?? "", message: place, type: code }] : [];
  return errorAnswer(500, code, message, { details });
}
