import { ByteBudget, type HeldBytes } from "../crowd/byte-budget.js";
import { Deadline } from "../deadline.js";
import { type Answer, busy, clientGone, errorAnswer } from "../http/answer.js";
import type { Upstream } from "../options.js";
import type { Question, Source } from "../source.js";
import { judge, type Received } from "./check-upstream.js";
import { fetchInit } from "./fetch-init.js";
import { HOPS, loopDetected, nextHop } from "./hops.js";
import { readBounded } from "./read-bounded.js";
import { retryDelay, worthRetrying } from "./retry.js";
import { badSubAccount, canPassOn, subAccountOf } from "./sub-account.js";

/** The longest error body that is passed on, in bytes. No more than this is read. */
const MAX_ERROR_BYTES = 64 * 1024;

/** Gets responses from another server, checks them and passes them on. */
export function upstreamSource(upstream: Upstream): Source {
  const init = fetchInit();
  const budget = new ByteBudget(upstream.maxHeldBytes);
  return async (question) => {
    if (!canPassOn(subAccountOf(question.request))) return badSubAccount();
    const hop = nextHop(question.request);
    if (hop === null) return loopDetected();
    const headers = requestHeaders(question, hop);
    const client = question.request.signal;
    const deadline = new Deadline(upstream.timeoutMs, client);
    const held = budget.begin();
    try {
      const received = await ask(upstream, { question, init: { ...init, headers }, deadline, held });
      return "error" in received ? unreachable(received.error) : judge(received, question);
    } catch (error) {
      deadline.stop();
      if (client.aborted) return clientGone();
      if (deadline.over && held.isWaiting) return busy("the request has waited too long for other responses");
      if (deadline.over) {
        const message = `The upstream gave no answer within ${upstream.timeoutMs} ms.`;
        return { ...errorAnswer(504, "upstream_timeout", message), error: new Error(message) };
      }
      throw error;
    } finally {
      held.end();
      deadline.end();
    }
  };
}

function unreachable(error: unknown): Answer {
  return { ...errorAnswer(502, "upstream_unreachable", "The upstream could not be reached."), error };
}

/** The error of an attempt that got no whole response. */
interface Unreached {
  error: unknown;
}

/** A question for the upstream. */
interface Asked {
  question: Question;
  init: RequestInit;
  deadline: Deadline;
  held: HeldBytes;
}

/** Sends the request until the response is not worth another attempt; the last error if there was no response. */
async function ask(upstream: Upstream, asked: Asked): Promise<Received | Unreached> {
  const { deadline } = asked;
  for (let tried = 1; ; tried++) {
    asked.held.bytes = 0;
    const received = await attempt(upstream, asked);
    const isAnswer = !("error" in received);
    if (isAnswer && !worthRetrying(received.status)) return received;
    if (tried > upstream.retries) return received;
    const retryAfter = isAnswer ? received.headers.get("retry-after") : null;
    const delay = retryDelay(tried, deadline.remaining(), retryAfter);
    if (delay === null) return received;
    await deadline.sleep(delay);
  }
}

/** One attempt; its error if the connection failed before the end of the response. */
async function attempt(upstream: Upstream, { question, init, deadline, held }: Asked): Promise<Received | Unreached> {
  const query = new URLSearchParams(question.sent).toString();
  const url = `${upstream.url}${question.endpoint.path}${query && `?${query}`}`;
  try {
    const work = upstream.fetch(url, { ...init, signal: deadline.signal });
    const response = await deadline.wait(work);
    const { status, headers } = response;
    const maxBytes = status === 200 ? upstream.maxBytes : MAX_ERROR_BYTES;
    return { status, headers, body: await readBounded(response, { maxBytes, held, deadline }) };
  } catch (error) {
    if (deadline.isStopped) throw error;
    return { error };
  }
}

/** Makes new headers, so that nothing else of the caller's request reaches the upstream. */
function requestHeaders(question: Question, hop: string): Record<string, string> {
  const authorization = `Bearer ${question.token}`;
  const headers: Record<string, string> = { authorization, accept: "application/json", [HOPS]: hop };
  const id = question.request.headers.get("x-request-id");
  if (id !== null && canPassOn(id)) headers["x-request-id"] = id;
  const account = subAccountOf(question.request);
  if (account !== null) headers["x-sub-account-id"] = account;
  return headers;
}
