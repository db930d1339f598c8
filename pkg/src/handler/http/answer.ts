import type { ErrorDetail } from "usage-by-agent";

/**
 * What a request is answered with, before it is a `Response`. The sources make answers; `respond.ts` alone adds what every
 * answer shares (content type, caching, CORS, `HEAD`), so no path can forget it.
 */
export interface Answer {
  status: number;
  /** JSON text, as text or as bytes; `null` for an answer without a body. */
  body: string | Uint8Array<ArrayBuffer> | null;
  headers?: Record<string, string>;
  /** Whoever made the answer has a tag for it. Default: one of its bytes. */
  etag?: string;
  /** The same for everyone, and for a while: caches that many share may keep it. Default: `false`. */
  shared?: boolean;
}

const TYPES: Record<number, string> = { 401: "authentication_error", 403: "permission_error", 429: "rate_limit_error" };

/** An error in the `{"error": {...}}` shape that the API uses for everything but parameters. */
export function errorAnswer(
  status: number,
  code: string,
  message: string,
  more: { details?: ErrorDetail[]; headers?: Record<string, string> } = {},
): Answer {
  const type = TYPES[status] ?? (status >= 500 ? "api_error" : "invalid_request_error");
  const body = JSON.stringify({ error: { message, code, type, details: more.details ?? [] } });
  return { status, body, ...(more.headers && { headers: more.headers }) };
}

/** 401, with the challenge that RFC 6750 asks for. */
export function unauthorized(challenge: string, code: string, message: string): Answer {
  return errorAnswer(401, code, message, { headers: { "www-authenticate": challenge } });
}

/** The answer nobody will read: the client is gone. 499 is what proxies' logs call that. */
export function clientGone(): Answer {
  return errorAnswer(499, "aborted", "The client closed the request.");
}
