import { type Answer, clientGone, errorAnswer } from "../http/answer.js";
import type { Upstream } from "../options.js";
import type { Question, Source } from "../source.js";
import { judge, type Received } from "./check-upstream.js";
import { Deadline } from "./deadline.js";
import { readBounded } from "./read-bounded.js";
import { retryDelay, worthRetrying } from "./retry.js";

/** Longest error body passed on; of a longer one no more than this is read. */
const MAX_ERROR_BYTES = 64 * 1024;

/** Reports computed by another server: asked, checked, and passed on. */
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

/** Tries until there is an answer that another try would not better; `null` when no try brought one. */
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

/** One try; `null` when the connection failed, before the answer or inside it. */
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

/** Written anew, not copied: nothing else of the caller's request reaches the upstream. */
function requestHeaders({ request, token }: Question): Record<string, string> {
  const id = request.headers.get("x-request-id");
  const traced = id !== null && /^[\x21-\x7e]{1,128}$/.test(id);
  return { authorization: `Bearer ${token}`, accept: "application/json", ...(traced && { "x-request-id": id }) };
}

/**
 * Redirects are not followed: they would carry the token elsewhere. A shared cache must not keep one caller's report for the
 * next, which runtimes that know `cache` are told; Workers with a compatibility date before 2024-11-11 throw on it.
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
