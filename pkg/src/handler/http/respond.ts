import { entityTag } from "usage-by-agent";
import type { Answer } from "./answer.js";
import { type CorsPolicy, corsHeaders } from "./cors.js";

/**
 * Makes the `Response`: the only place that does, so that every answer is unsniffable JSON, and private unless it is
 * said to be anyone's.
 *
 * A report may be kept by the caller's own cache and is asked for again each time (`no-cache` and an `ETag`): it changes
 * with every record. Errors are kept by nobody.
 */
export function respond(answer: Answer, request: Request, cors: CorsPolicy): Response {
  const { status, body, shared } = answer;
  const origin = cors.allows(request);
  // All at once: each call on a `Headers` of its own goes through the runtime.
  const headers: Record<string, string> = {
    ...answer.headers,
    vary: shared ? "Origin" : "Authorization, Origin",
    "x-content-type-options": "nosniff",
    "cache-control": caching(answer),
    ...(origin !== null && corsHeaders(origin)),
  };
  if (body === null) return new Response(null, { status, headers });

  if (status === 200) {
    const tag = answer.etag ?? entityTag(body);
    Object.assign(headers, { etag: tag });
    if (matches(request.headers.get("if-none-match"), tag)) return new Response(null, { status: 304, headers });
  }
  headers["content-type"] = "application/json";
  return new Response(request.method === "HEAD" ? null : body, { status, headers });
}

function caching({ status, shared }: Answer): string {
  if (status !== 200) return "private, no-store";
  return shared ? "public, max-age=300" : "private, no-cache";
}

/** `If-None-Match` compares weakly (RFC 9110 §13.1.2): proxies that compress mark strong tags as weak. */
function matches(header: string | null, etag: string): boolean {
  const tags: string[] = header?.match(/"[^"]*"/g) ?? [];
  return header?.trim() === "*" || tags.includes(etag.replace(/^W\//, ""));
}
