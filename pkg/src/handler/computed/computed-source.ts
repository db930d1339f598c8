import { UsageAggregator, UsageError } from "usage-by-agent";
import { isOptions } from "../../bridge/values.js";
import { nameOf } from "../../looks/name.js";
import { Rounds } from "../crowd/rounds.js";
import { Shared } from "../crowd/shared.js";
import { Busy, Turns } from "../crowd/turns.js";
import { Deadline } from "../deadline.js";
import { type Answer, busy, clientGone, errorAnswer } from "../http/answer.js";
import { invalidOption } from "../invalid-option.js";
import { type Awaitable, checkLimits, type ReportOptions, type UsageHandlerOptions } from "../options.js";
import type { Question, Source } from "../source.js";
import { parseAccount } from "./account.js";
import { asked, computeAnswer, type FullQuery, type Work } from "./compute.js";
import { changing, failed, tooLate } from "./failures.js";
import { KeptCounts } from "./kept-counts.js";

/** The most times that everything is read because its version has changed meanwhile. */
const MAX_READS = 3;

/** After how long a refused question may come again at the latest, in milliseconds. */
const RETRY_MS = 10_000;

/** A question that has arrived. */
interface Arrived {
  question: Question;
  deadline: Deadline;
  /** Its number in the order of arrival. */
  arrival: number;
  /** The current time, which is read once, so that the window, the response and equal questions agree about it. */
  now: FullQuery["now"];
  /** The version of what the response is made of; `null` if the owner does not give versions. */
  version: Version | null;
}

/** A version that the owner gave. */
interface Version {
  /** That of the records alone. */
  records: string;
  /** That of everything, as text. */
  whole: string;
}

/** Computes responses from the records or the rollup that the handler's owner supplies. */
export function computedSource(options: UsageHandlerOptions): Source {
  const limits = checkLimits(options.limits);
  const { query } = options;
  const settings = perRequest(typeof query === "function" ? query : judged(reusable(query)), reusable);
  const account = perRequest(options.account, parseAccount);
  const turns = new Turns(limits);
  const shared = new Shared<Answer>();
  const rounds = new Rounds();
  const counts = options.keepCounts === true ? new KeptCounts() : undefined;

  async function compute({ question, deadline, now, version }: Arrived): Promise<Answer> {
    const { request, endpoint } = question;
    const isCurrent = async () => (await versionOf(options, request, deadline))?.records === version?.records;
    const kept = counts && version ? { counts, version: version.records, isCurrent } : undefined;
    const work: Work = { question, deadline, rounds, kept };
    const whole: FullQuery = { ...(await asked(deadline, () => settings(request))), ...question.query, now };
    const needsAccount = endpoint.name !== "by-agent" && endpoint.name !== "breakdown";
    const known = needsAccount ? await asked(deadline, () => account(request)) : parseAccount(undefined);
    if (endpoint.name === "usage" && known.stated.numbers === undefined) {
      return errorAnswer(404, "account_unknown", "The account's numbers are not known here.");
    }
    return { status: 200, body: JSON.stringify(await computeAnswer(options, work, whole, known)) };
  }

  /** Computes the answer in the turn of the question, again if the version has changed meanwhile. */
  async function inTurn(arrived: Arrived): Promise<Answer> {
    const { question, deadline, arrival } = arrived;
    const endTurn = await turns.take(arrival, deadline);
    try {
      let { version } = arrived;
      for (let reads = 1; ; reads++) {
        let answer: Answer;
        try {
          answer = await compute({ ...arrived, version });
        } catch (error) {
          if (deadline.isStopped) throw error;
          answer = failed(error, question);
        }
        const now = await versionOf(options, question.request, deadline);
        if (now?.whole === version?.whole) return answer;
        if (reads === MAX_READS) return changing(reads);
        version = now;
      }
    } finally {
      endTurn();
    }
  }

  return async (question) => {
    const { request } = question;
    const deadline = new Deadline(limits.timeoutMs, request.signal);
    try {
      const arrival = turns.arrive();
      const now = options.now?.() ?? Date.now();
      const version = await versionOf(options, request, deadline);
      const key = keyOf(options, question, now, version);
      return await shared.do(key, deadline, () => inTurn({ question, deadline, arrival, now, version }));
    } catch (error) {
      if (request.signal.aborted) return clientGone();
      if (error instanceof Busy) return busy(error.message, Math.min(limits.waitMs, RETRY_MS));
      if (deadline.over) return tooLate(limits.timeoutMs);
      return failed(error, question);
    } finally {
      deadline.end();
    }
  };
}

/** The version of what is read for a request; `null` if the owner does not give versions. */
async function versionOf(
  { version }: UsageHandlerOptions,
  request: Request,
  deadline: Deadline,
): Promise<Version | null> {
  if (version === undefined) return null;
  const given: unknown = await asked(deadline, () => version(request));
  if (typeof given === "string") return { records: given, whole: given };
  const { records, others } = isOptions(given) ? (given as { records?: unknown; others?: unknown }) : {};
  if (typeof records === "string" && typeof others === "string") {
    return { records, whole: JSON.stringify([records, others]) };
  }
  throw invalidOption(
    "/version",
    `\`version\` gave ${nameOf(given)}: wanted a string, or {records, others} as strings`,
  );
}

/** What makes questions equal, so that they are computed once; `null` if it is not known which records they are about. */
function keyOf(
  options: UsageHandlerOptions,
  { endpoint, query, sent }: Question,
  now: FullQuery["now"],
  version: Version | null,
): string | null {
  const isFixed = [options.records, options.rollup, options.query, options.account].every(
    (option) => typeof option !== "function",
  );
  if (version === null && !isFixed) return null;
  return JSON.stringify([endpoint.name, query, sent, version?.whole, timeKey(now)]);
}

/** The length of a quarter hour in milliseconds. */
const QUARTER = 900_000;

/** Before 1980 there were days that did not begin on a quarter hour of UTC. */
const WHOLE_QUARTERS = Date.UTC(1980, 0, 2);

/** Moments with one key give one response, because periods, days and the last 24 hours begin and end on quarter hours of UTC. */
function timeKey(now: FullQuery["now"]): number | string {
  const at = new Date(now).getTime();
  return at >= WHOLE_QUARTERS ? Math.floor(at / QUARTER) : String(now);
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
