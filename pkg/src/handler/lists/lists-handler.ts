import { checkKeys, keys } from "../../bridge/known-keys.js";
import { Deadline } from "../deadline.js";
import { type Answer, errorAnswer, unauthorized } from "../http/answer.js";
import { bearerToken } from "../http/bearer.js";
import { corsHeaders, corsPolicy, PREFLIGHT_HEADERS } from "../http/cors.js";
import { invalidOption } from "../invalid-option.js";
import { notify } from "../notify.js";
import { checkCors, checkUpstream, type UpstreamOptions, type UsageHandlerOptions } from "../options.js";
import { keptHeaders } from "../upstream/check-upstream.js";
import { fetchInit } from "../upstream/fetch-init.js";
import { HOPS, loopDetected, nextHop } from "../upstream/hops.js";
import { badSubAccount, canPassOn, subAccountOf } from "../upstream/sub-account.js";
import { listTarget } from "./list-paths.js";

/** The options of {@link createListsHandler}. */
export interface ListsHandlerOptions extends Pick<UsageHandlerOptions, "cors" | "onError"> {
  /** The vendor's API. `retries` has no effect: `collect` tries again by itself. */
  upstream: UpstreamOptions;
}

const OPTIONS = keys("upstream cors onError");
const METHODS = "GET, OPTIONS";

/**
 * Makes a handler that passes the vendor's lists on, for pages whose origin the vendor does not allow: `collect` in such a page has
 * the handler's URL as its `baseUrl`. The caller's own token is sent on, and nothing else of the request but `X-Sub-Account-Id`. The
 * header `X-Usage-Hops` counts how many handlers have passed it on; a request that comes back is a 508.
 *
 * Exactly these paths exist, and only with GET: `/v1/agents`, `/v1/calls`, `/v1/conversations`, `/v1/numbers`, `/v1/sub-accounts`,
 * `/v1/calls/{id}`, `/v1/conversations/{id}`, `/v1/numbers/{id}`, `/v1/agents/{id}/calls`, `/v1/numbers/{id}/calls`,
 * `/v1/conversations/{id}/messages` and `/v1/numbers/{id}/messages`. Every other path is a 404, also one with an escape or with `..`.
 * Bodies are streamed. A body that is longer than `upstream.maxBytes`, or is not at its end after `upstream.timeoutMs`, is cut off.
 * Redirects are a 502, because following them would send the token to another server. No cookies are sent or passed on.
 *
 * @param options the upstream, and the origins whose pages may read the responses
 * @returns a function from a `Request` to the promise of a `Response`, which never rejects
 * @throws {UsageError} `invalid_option`
 *
 * @example
 * ```ts
 * const lists = createListsHandler({
 *   upstream: { baseUrl: "https://api.agentphone.ai" },
 *   cors: { origins: ["https://app.example"] },
 * });
 * export default { fetch: lists };
 * ```
 */
export function createListsHandler(options: ListsHandlerOptions): (request: Request) => Promise<Response> {
  if (typeof options !== "object" || options === null) throw invalidOption("", "the options must be an object");
  checkKeys(options, OPTIONS);
  checkCors(options.cors);
  if (options.onError !== undefined && typeof options.onError !== "function") {
    throw invalidOption("/onError", "`onError` must be a function");
  }
  const upstream = checkUpstream(options.upstream);
  const cors = corsPolicy(options.cors?.origins ?? []);
  const init = fetchInit();

  return async (request) => {
    let answer: Answer | Response;
    try {
      answer = await passOn(request, upstream, init);
    } catch (error) {
      answer = { ...errorAnswer(500, "internal_error", "The request could not be answered."), error };
    }
    if ("error" in answer) notify(options.onError, answer.error, request);
    const origin = cors.allows(request);
    const headers: Record<string, string> = {
      ...(answer instanceof Response ? keptHeaders(answer.headers) : answer.headers),
      ...(answer.status === 401 && { "www-authenticate": "Bearer" }), // RFC 9110 §15.5.2
      vary: "Authorization, Origin, X-Sub-Account-Id",
      "x-content-type-options": "nosniff",
      "cache-control": "private, no-store",
      ...(answer.body !== null && { "content-type": "application/json" }),
      ...(origin !== null && corsHeaders(origin)),
    };
    return new Response(answer.body, { status: answer.status, headers });
  };
}

/** The upstream's response with a body that is bounded, or an answer of one's own. */
async function passOn(
  request: Request,
  upstream: ReturnType<typeof checkUpstream>,
  init: RequestInit,
): Promise<Answer | Response> {
  const target = listTarget(new URL(request.url));
  if (target === null) return errorAnswer(404, "not_found", "There is no list at this path.");
  if (request.method === "OPTIONS")
    return { status: 204, body: null, headers: { allow: METHODS, ...PREFLIGHT_HEADERS } };
  if (request.method !== "GET") {
    return errorAnswer(405, "method_not_allowed", `Use ${METHODS}.`, { headers: { allow: METHODS } });
  }
  const token = bearerToken(request);
  if (token === null) return unauthorized("Bearer", "missing_token", "Send the header Authorization: Bearer <token>.");
  const account = subAccountOf(request);
  if (!canPassOn(account)) return badSubAccount();
  const hop = nextHop(request);
  if (hop === null) return loopDetected();
  const headers: Record<string, string> = { authorization: `Bearer ${token}`, accept: "application/json", [HOPS]: hop };
  if (account !== null) headers["x-sub-account-id"] = account;

  const deadline = new Deadline(upstream.timeoutMs, request.signal);
  let response: Response;
  try {
    response = await deadline.wait(
      upstream.fetch(`${upstream.url}${target}`, { ...init, headers, signal: deadline.signal }),
    );
  } catch (error) {
    const isLate = deadline.over;
    deadline.stop();
    deadline.end();
    if (isLate)
      return errorAnswer(504, "upstream_timeout", `The upstream gave no answer within ${upstream.timeoutMs} ms.`);
    return { ...errorAnswer(502, "upstream_unreachable", "The upstream could not be reached."), error };
  }
  const { status } = response;
  if (response.redirected || status < 200 || (status >= 300 && status < 400)) {
    deadline.stop();
    deadline.end();
    const message = "The upstream responded with a redirect, which is not followed.";
    return { ...errorAnswer(502, "upstream_redirect", message), error: new Error(message) };
  }
  const stated = response.headers.get("content-length");
  if (stated !== null && Number(stated) > upstream.maxBytes && !response.headers.has("content-encoding")) {
    deadline.stop();
    deadline.end();
    const message = "The upstream's response is too long.";
    return { ...errorAnswer(502, "upstream_too_large", message), error: new Error(message) };
  }
  const body = response.body === null ? null : bounded(response.body, upstream.maxBytes, deadline);
  if (body === null) deadline.end();
  return new Response(body, { status, headers: response.headers });
}

/** The body, cut off after some bytes or when the time is over. JSON that is cut is not JSON, so the receiver notices it. */
function bounded(body: ReadableStream<Uint8Array>, maxBytes: number, deadline: Deadline): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let length = 0;
  const end = () => {
    deadline.end();
    reader.cancel().catch(() => {});
  };
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await deadline.wait(reader.read());
          length += value?.byteLength ?? 0;
          if (length > maxBytes) throw new Error(`the upstream's response is longer than ${maxBytes} bytes`);
          if (value !== undefined) controller.enqueue(value);
          if (!done) return;
          controller.close();
          deadline.end();
        } catch (error) {
          controller.error(error);
          end();
        }
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  );
}
