import { type ErrorDetail, UsageError } from "usage-by-agent";

/**
 * A response before it is a `Response` object. The sources make answers. `respond.ts` alone adds what every response needs
 * (content type, caching, CORS, `HEAD`), so that no code path can forget it.
 */
export interface Answer {
  status: number;
  /** JSON text, as a string or as UTF-8 bytes; `null` for a response without a body. */
  body: string | Uint8Array<ArrayBuffer> | null;
  headers?: Record<string, string>;
  /** The entity tag (RFC 9110 §8.8.3). Default: a hash of the body. */
  etag?: string;
  /** Whether a shared cache may keep the response, because it is equal for every caller. Default: `false`. */
  shared?: boolean;
  /** What went wrong, where the answer is a 5xx: for the owner's `onError`, never for the caller. */
  error?: unknown;
}

const TYPES: Record<number, string> = { 401: "authentication_error", 403: "permission_error", 429: "rate_limit_error" };

/** An error in the `{"error": {...}}` shape, which the API uses for every error except those of parameters. */
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

/** A 401, with the challenge that RFC 6750 §3 requires. */
export function unauthorized(challenge: string, code: string, message: string): Answer {
  return errorAnswer(401, code, message, { headers: { "www-authenticate": challenge } });
}

/** The response for a client that has closed the connection. Proxies write 499 into their logs for that. */
export function clientGone(): Answer {
  return errorAnswer(499, "aborted", "The client closed the request.");
}

/**
 * The answer where too many requests are being answered.
 *
 * @param reason for the owner's `onError`
 * @param milliseconds after how long another attempt may succeed
 */
export function busy(reason: string, milliseconds = 1000): Answer {
  const headers = { "retry-after": String(Math.max(1, Math.ceil(milliseconds / 1000))) };
  const message = "Too many requests are being answered. Try again later.";
  return { ...errorAnswer(503, "busy", message, { headers }), error: new Error(reason) };
}

/** The errors that end a computation which may succeed at another time, with their messages for callers. */
const PASSING: Record<string, string> = {
  out_of_memory: "There is not enough memory for this answer.",
  terminated: "The computation was stopped.",
};

/** The 503 for an error after which the next request may succeed; `undefined` for any other error. */
export function exhausted(error: unknown): Answer | undefined {
  if (!(error instanceof UsageError)) return;
  const message = PASSING[error.code];
  return message === undefined ? undefined : { ...errorAnswer(503, error.code, message), error };
}
