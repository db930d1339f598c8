import { type Answer, clientGone, errorAnswer } from "../http/answer.js";
import type { Upstream } from "../options.js";
import type { Question, Source } from "../source.js";
import { judge, type Received } from "./check-upstream.js";
import { Deadline } from "./deadline.js";
import { readBounded } from "./read-bounded.js";
import { retryDelay, worthRetrying } from "./retry.js";

/** The longest error body that is passed on, in bytes. No more than this is read. */
const MAX_ERROR_BYTES = 64 * 1024;

/** Gets responses from another server, checks them and passes them on. */
export function upstreamSource(upstream: Upstream): Source {
  const init = fetchInit();
  return async (question) => {
    const client = question.request.signal;
    const deadline = new Deadline(upstream.timeoutMs, client);
    try {
      const received = await ask(upstream, question, init, deadline);
      return received === null ? unreachable() : judge(received, question);
    } catch (error) {
      deadline.stop();
      if (client.aborted) return clientGone();
      if (deadline.over) {
        return errorAnswer(504, "upstream_timeout", `The upstream gave no answer within ${upstream.timeoutMs} ms.`);
      }
      throw error;
    } finally {
      deadline.end();
    }
  };
}

function unreachable(): Answer {
  return errorAnswer(502, "upstream_unreachable", "The upstream could not be reached.");
}

/** Sends the request until the response is not worth another attempt; `null` if there was no response. */
async function ask(
  upstream: Upstream,
  question: Question,
  init: RequestInit,
  deadline: Deadline,
): Promise<Received | null> {
  for (let tried = 1; ; tried++) {
    const received = await attempt(upstream, question, init, deadline);
    if (received !== null && !worthRetrying(received.status)) return received;
    if (tried > upstream.retries) return received;
    const delay = retryDelay(tried, deadline.remaining(), received?.headers.get("retry-after") ?? null);
    if (delay === null) return received;
    await deadline.sleep(delay);
  }
}

/** One attempt; `null` if the connection failed before the end of the response. */
async function attempt(
  upstream: Upstream,
  question: Question,
  init: RequestInit,
  deadline: Deadline,
): Promise<Received | null> {
  const query = new URLSearchParams(question.sent).toString();
  const url = `${upstream.url}${question.endpoint.path}${query && `?${query}`}`;
  try {
    const work = upstream.fetch(url, { ...init, headers: requestHeaders(question), signal: deadline.signal });
    const response = await deadline.wait(work);
    const { status, headers } = response;
    const limit = status === 200 ? upstream.maxBytes : MAX_ERROR_BYTES;
    return { status, headers, body: await readBounded(response, limit, deadline) };
  } catch (error) {
    if (deadline.signal.aborted) throw error;
    return null;
  }
}

/** Makes new headers, so that nothing else of the caller's request reaches the upstream. */
function requestHeaders({ request, token }: Question): Record<string, string> {
  const id = request.headers.get("x-request-id");
  const traced = id !== null && /^[\x21-\x7e]{1,128}$/.test(id);
  return { authorization: `Bearer ${token}`, accept: "application/json", ...(traced && { "x-request-id": id }) };
}

/**
 * Redirects are not followed, because they would send the token to another server. `cache: "no-store"` keeps one caller's report
 * out of a cache that another caller may read. Workers with a compatibility date before 2024-11-11 do not have `cache` and throw.
 */
function fetchInit(): RequestInit {
  const init: RequestInit = { redirect: "manual" };
  try {
    new Request("https://upstream.invalid/", { cache: "no-store" });
    return { ...init, cache: "no-store" };
  } catch {
    return init;
  }
}
