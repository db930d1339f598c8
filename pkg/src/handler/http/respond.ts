import { entityTag } from "usage-by-agent";
import type { Answer } from "./answer.js";
import { type CorsPolicy, corsHeaders } from "./cors.js";
import type { SourceKind } from "./document.js";
import { matches } from "./if-none-match.js";

/** The headers of a request on which its response depends. Only an upstream gets the sub-account. */
const VARY: Record<SourceKind, string> = {
  computed: "Authorization, Origin",
  upstream: "Authorization, Origin, X-Sub-Account-Id",
};

/**
 * Makes the `Response`. Every `Response` is made here, so that each one is JSON with `nosniff`, and private unless the answer is
 * marked as shared.
 *
 * The caller's own cache may keep a report but must revalidate it (`no-cache` and an `ETag`), because every record changes it.
 * Errors, and what is answered to other methods than `GET`, must not be cached.
 */
export function respond(answer: Answer, request: Request, cors: CorsPolicy, kind: SourceKind): Response {
  const { status, body, shared } = answer;
  const origin = cors.allows(request);
  const isRead = request.method === "GET" || request.method === "HEAD";
  // A plain object, because every call on a `Headers` object goes through the runtime and costs time.
  const headers: Record<string, string> = {
    ...answer.headers,
    vary: shared ? "Origin" : VARY[kind],
    "x-content-type-options": "nosniff",
    "cache-control": isRead ? caching(answer) : "private, no-store",
    ...(origin !== null && corsHeaders(origin)),
  };
  if (body === null) return new Response(null, { status, headers });

  if (status === 200 && isRead) {
    const tag = answer.etag ?? entityTag(body);
    Object.assign(headers, { etag: tag });
    if (matches(request.headers.get("if-none-match"), tag)) return new Response(null, { status: 304, headers });
  }
  headers["content-type"] = "application/json";
  return new Response(request.method === "HEAD" ? null : body, { status, headers });
}

function caching({ status, shared }: Answer): string {
  if (status !== 200 && status !== 304) return "private, no-store";
  return shared ? "public, max-age=300" : "private, no-cache";
}
