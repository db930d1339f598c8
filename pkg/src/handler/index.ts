/**
 * An HTTP handler for the usage endpoints, for runtimes with `Request` and `Response`.
 *
 * @module
 */

import { computedSource } from "./computed/computed-source.js";
import { acceptsJson } from "./http/accept.js";
import { type Answer, errorAnswer, exhausted, unauthorized } from "./http/answer.js";
import { bearerToken } from "./http/bearer.js";
import { corsPolicy, PREFLIGHT_HEADERS } from "./http/cors.js";
import { documentOf, type SourceKind } from "./http/document.js";
import { BREAKDOWN, ENDPOINTS } from "./http/endpoints.js";
import { ignoredParameters } from "./http/ignored.js";
import { type EndpointEntry, readQuery } from "./http/parameters.js";
import { respond } from "./http/respond.js";
import { notify } from "./notify.js";
import { checkOptions, checkUpstream, type UsageHandlerOptions } from "./options.js";
import type { Source } from "./source.js";
import { upstreamSource } from "./upstream/upstream-source.js";

export { createListsHandler, type ListsHandlerOptions } from "./lists/lists-handler.js";
export type {
  Awaitable,
  LimitsOptions,
  RecordsInput,
  RecordsWindow,
  ReportOptions,
  UpstreamOptions,
  UsageHandlerOptions,
} from "./options.js";

/** Responds to a request. The promise never rejects. */
export type UsageHandler = (request: Request) => Promise<Response>;

const OPENAPI_PATH = "/openapi.json";
const METHODS = "GET, HEAD, OPTIONS";

/**
 * Makes a handler that serves the vendor's usage endpoints: `GET /v1/usage/by-agent`, `/v1/usage`, `/v1/usage/daily`,
 * `/v1/usage/monthly` and `/v1/usage/by-number`. The responses are computed from records or from a rollup, or they come from an
 * upstream and are checked. `GET /openapi.json` describes the endpoints and needs no token.
 *
 * A request is checked in this order: path (404), method (405), `Accept` (406), token (401), parameters (422). Errors are JSON in
 * the API's two shapes. Only `authorize` and the upstream receive the token. The header `X-Ignored-Parameters` of a response names
 * the parameters that the endpoint does not have, so that a misspelt one is seen.
 *
 * As a proxy the handler passes the header `X-Sub-Account-Id` on: 1 to 128 visible characters of ASCII, or else the response is a
 * 400 `invalid_header`, because a question without the header would be answered with the parent account's numbers. From records and
 * from a rollup the header is ignored. Your functions get the request, and may read it.
 *
 * From records and from a rollup only some questions are computed at once, see the option `limits`; the others wait their turn, or are
 * a 503 with `Retry-After`. Requests that need no computation, such as `/openapi.json` and those that are refused, do not wait for
 * the queue. As a proxy the handler counts in the header `X-Usage-Hops` how many handlers have passed a request on. A request that
 * comes back to it is a 508 `loop_detected`.
 *
 * From records and from a rollup `/v1/usage/by-agent` also takes `offset`, from -1200 to 0: `-1` is the previous period. The vendor
 * does not have this parameter. Nor does the vendor have `GET /v1/usage/breakdown`, which only a handler with records or a rollup
 * serves: the usage of any window by `by=channel,direction` and `step=day`. Its series are arrays of numbers.
 *
 * @param options exactly one of `records`, `rollup` and `upstream`, and the options that belong to it
 * @returns a function from a `Request` to the promise of a `Response`, which never rejects
 * @throws {UsageError} `invalid_option`, if options contradict each other or are out of bounds; `invalid_tz`, if the zone of
 *   `query` is unknown
 *
 * @example From records
 * ```ts
 * import { createUsageHandler } from "usage-by-agent/handler";
 *
 * const handler = createUsageHandler({
 *   records: ({ startMs, endMs }) => database.eventsBetween(startMs, endMs),
 *   authorize: (token) => tokens.has(token),
 * });
 * const response = await handler(new Request("https://edge.example/v1/usage/by-agent?period=month&tz=Europe/Paris", {
 *   headers: { Authorization: "Bearer <token>" },
 * }));
 * ```
 *
 * @example From a rollup, with the account's data, which records do not contain
 * ```ts
 * const rollup = new UsageRollup().merge(await readFile("usage.rollup"));
 * const handler = createUsageHandler({
 *   rollup,
 *   authorize: (token) => tokens.has(token),
 *   query: { tz: "Europe/Paris" },
 *   account: {
 *     plan: { name: "Pro" },
 *     numbers: { used: 1, limit: 5, remaining: 4 },
 *     webhooks: { "2024-06-14": 120, "2024-06-15": 98 },
 *     phoneNumbers: [{ id: "num_1", phoneNumber: "+15550001111", country: "US", status: "active" }],
 *   },
 * });
 * ```
 *
 * @example In front of the vendor's API
 * ```ts
 * export default { fetch: createUsageHandler({ upstream: { baseUrl: "https://api.agentphone.ai" } }) };
 * ```
 */
export function createUsageHandler(options: UsageHandlerOptions): UsageHandler {
  checkOptions(options);
  const kind = options.upstream === undefined ? "computed" : "upstream";
  const served: Served = { kind, source: chooseSource(options), endpoints: endpointsOf(kind) };
  const cors = corsPolicy(options.cors?.origins ?? []);

  return async (request) => {
    let answer: Answer;
    let response: Response;
    try {
      answer = await answerTo(request, served, options);
      response = respond(answer, request, cors, kind);
    } catch (error) {
      // The error is not passed on to the caller: it may contain records or tokens.
      answer = exhausted(error) ?? {
        ...errorAnswer(500, "internal_error", "The request could not be answered."),
        error,
      };
      response = respond(answer, request, cors, kind);
    }
    if ("error" in answer) notify(options.onError, answer.error, request);
    return response;
  };
}

/** What a handler serves. */
interface Served {
  kind: SourceKind;
  source: Source;
  endpoints: ReadonlyMap<string, ServedEndpoint>;
}

interface ServedEndpoint extends EndpointEntry {
  /** The names of the parameters. */
  names: ReadonlySet<string>;
}

/** The endpoints by their paths, without the endpoint and the parameters that only the other kind of source has. */
function endpointsOf(kind: SourceKind): Served["endpoints"] {
  const all: EndpointEntry[] = kind === "computed" ? [...ENDPOINTS, BREAKDOWN] : [...ENDPOINTS];
  return new Map(
    all.map((endpoint) => {
      const parameters = endpoint.parameters.filter((parameter) => kind === "computed" || !("source" in parameter));
      return [endpoint.path, { ...endpoint, parameters, names: new Set(parameters.map(({ name }) => name)) }];
    }),
  );
}

function chooseSource(options: UsageHandlerOptions): Source {
  if (options.upstream !== undefined) return upstreamSource(checkUpstream(options.upstream));
  return computedSource(options);
}

async function answerTo(request: Request, served: Served, options: UsageHandlerOptions): Promise<Answer> {
  const { pathname, searchParams } = new URL(request.url);
  const endpoint = served.endpoints.get(pathname);
  if (endpoint === undefined && pathname !== OPENAPI_PATH) {
    return errorAnswer(
      404,
      "not_found",
      `There is nothing at this path. GET ${OPENAPI_PATH} describes the paths that exist.`,
    );
  }
  if (request.method === "OPTIONS")
    return { status: 204, body: null, headers: { allow: METHODS, ...PREFLIGHT_HEADERS } };
  if (request.method !== "GET" && request.method !== "HEAD") {
    return errorAnswer(405, "method_not_allowed", `Use ${METHODS}.`, { headers: { allow: METHODS } });
  }
  if (!acceptsJson(request)) {
    return errorAnswer(406, "not_acceptable", "Answers are application/json, which the header Accept excludes.");
  }
  if (endpoint === undefined) return { status: 200, body: documentOf(served.kind), shared: true };
  const token = bearerToken(request);
  if (token === null) return unauthorized("Bearer", "missing_token", "Send the header Authorization: Bearer <token>.");
  if (options.authorize !== undefined && (await options.authorize(token, request)) !== true) {
    return unauthorized('Bearer error="invalid_token"', "invalid_token", "The token is not accepted.");
  }
  const read = readQuery(endpoint.parameters, searchParams);
  const answer: Answer =
    "detail" in read
      ? { status: 422, body: JSON.stringify({ detail: read.detail }) }
      : await served.source({ request, token, endpoint, ...read });
  const ignored = ignoredParameters(endpoint.names, searchParams);
  return ignored === undefined
    ? answer
    : { ...answer, headers: { ...answer.headers, "x-ignored-parameters": ignored } };
}
