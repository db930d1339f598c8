/**
 * An HTTP handler for the usage endpoints, for runtimes with `Request` and `Response`.
 *
 * @module
 */

import { computedSource } from "./computed/computed-source.js";
import { acceptsJson } from "./http/accept.js";
import { type Answer, errorAnswer, unauthorized } from "./http/answer.js";
import { bearerToken } from "./http/bearer.js";
import { corsPolicy, PREFLIGHT_HEADERS } from "./http/cors.js";
import { ENDPOINTS } from "./http/endpoints.js";
import { OPENAPI } from "./http/openapi.js";
import { readQuery } from "./http/parameters.js";
import { respond } from "./http/respond.js";
import { checkOptions, checkUpstream, type UsageHandlerOptions } from "./options.js";
import type { Source } from "./source.js";
import { upstreamSource } from "./upstream/upstream-source.js";

export type {
  Awaitable,
  RecordsWindow,
  ReportOptions,
  UpstreamOptions,
  UsageHandlerOptions,
} from "./options.js";

/** Responds to a request. The promise never rejects. */
export type UsageHandler = (request: Request) => Promise<Response>;

const PATHS = new Map(ENDPOINTS.map((endpoint) => [endpoint.path, endpoint]));
const OPENAPI_PATH = "/openapi.json";
const METHODS = "GET, HEAD, OPTIONS";

/**
 * Makes a handler that serves the vendor's usage endpoints: `GET /v1/usage/by-agent`, `/v1/usage`, `/v1/usage/daily`,
 * `/v1/usage/monthly` and `/v1/usage/by-number`. The responses are computed from records or from a rollup, or they come from an
 * upstream and are checked. `GET /openapi.json` describes the endpoints and needs no token.
 *
 * A request is checked in this order: path (404), method (405), `Accept` (406), token (401), parameters (422). Errors are JSON in
 * the API's two shapes. Only `authorize` and the upstream receive the token.
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
  const source = chooseSource(options);
  const cors = corsPolicy(options.cors?.origins ?? []);

  return async (request) => {
    try {
      return respond(await answerTo(request, source, options), request, cors);
    } catch {
      // The error is not passed on: it may contain records or tokens.
      return respond(errorAnswer(500, "internal_error", "The request could not be answered."), request, cors);
    }
  };
}

function chooseSource(options: UsageHandlerOptions): Source {
  if (options.upstream !== undefined) return upstreamSource(checkUpstream(options.upstream));
  return computedSource(options);
}

async function answerTo(request: Request, source: Source, options: UsageHandlerOptions): Promise<Answer> {
  const { pathname, searchParams } = new URL(request.url);
  const endpoint = PATHS.get(pathname);
  if (endpoint === undefined && pathname !== OPENAPI_PATH) {
    return errorAnswer(404, "not_found", "There is nothing at this path.");
  }
  if (request.method === "OPTIONS")
    return { status: 204, body: null, headers: { allow: METHODS, ...PREFLIGHT_HEADERS } };
  if (request.method !== "GET" && request.method !== "HEAD") {
    return errorAnswer(405, "method_not_allowed", `Use ${METHODS}.`, { headers: { allow: METHODS } });
  }
  if (!acceptsJson(request)) {
    return errorAnswer(406, "not_acceptable", "Answers are application/json, which the header Accept excludes.");
  }
  if (endpoint === undefined) return { status: 200, body: JSON.stringify(OPENAPI), shared: true };
  const token = bearerToken(request);
  if (token === null) return unauthorized("Bearer", "missing_token", "Send the header Authorization: Bearer <token>.");
  if (options.authorize !== undefined && (await options.authorize(token, request)) !== true) {
    return unauthorized('Bearer error="invalid_token"', "invalid_token", "The token is not accepted.");
  }
  const read = readQuery(endpoint.parameters, searchParams);
  if ("detail" in read) return { status: 422, body: JSON.stringify({ detail: read.detail }) };
  return source({ request, token, endpoint, ...read });
}
