import type { Answer } from "./answer.js";
import { type CorsPolicy, corsHeaders } from "./cors.js";

/**
 * Makes the `Response`: the only place that does, so that every answer is unsniffable JSON, and private unless it is
 * said to be anyone's.
 *
 * A report may be kept by the caller's own cache and is asked for again each time (`no-cache` and an `ETag`): it changes
 * with every record. Errors are kept by nobody.
 */
export async function respond(answer: Answer, request: Request, cors: CorsPolicy): Promise<Response> {
  const headers = new Headers(answer.headers);
  headers.set("vary", answer.shared ? "Origin" : "Authorization, Origin");
  headers.set("x-content-type-options", "nosniff");
  headers.set("cache-control", caching(answer));
  const origin = cors.allows(request);
  if (origin !== null) {
    for (const [name, value] of Object.entries(corsHeaders(origin))) headers.set(name, value);
  }
  if (answer.body === null) return new Response(null, { status: answer.status, headers });

  if (answer.status === 200) {
    const etag = headers.get("etag") ?? (await entityTag(answer.body));
    headers.set("etag", etag);
    if (matches(request.headers.get("if-none-match"), etag)) return new Response(null, { status: 304, headers });
  }
  headers.set("content-type", "application/json");
  return new Response(request.method === "HEAD" ? null : answer.body, { status: answer.status, headers });
}

function caching({ status, shared }: Answer): string {
  if (status !== 200) return "private, no-store";
  return shared ? "public, max-age=300" : "private, no-cache";
}

/** A strong tag: the same bytes, and only they, have it. */
async function entityTag(body: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return `"${Array.from(hash.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("")}"`;
}

/** `If-None-Match` compares weakly (RFC 9110 §13.1.2): proxies that compress mark strong tags as weak. */
function matches(header: string | null, etag: string): boolean {
  const tags: string[] = header?.match(/"[^"]*"/g) ?? [];
  return header?.trim() === "*" || tags.includes(etag.replace(/^W\//, ""));
}
