import { type Endpoint, type ErrorDetail, type Expectation, type Problem, validateResponse } from "usage-by-agent";
import { type Answer, errorAnswer } from "../http/answer.js";
import type { Question } from "../source.js";
import { loopDetected } from "./hops.js";

/** A whole response of the upstream. `body` is `null` if it is too long. */
export interface Received {
  status: number;
  headers: Headers;
  body: Uint8Array<ArrayBuffer> | null;
}

/** The statuses that are about the caller's request, so the caller must see them. */
const PASSED: Record<number, { code: string; message: string }> = {
  400: { code: "bad_request", message: "The upstream refused the request." },
  401: { code: "unauthorized", message: "The upstream did not accept the token." },
  402: { code: "payment_required", message: "The upstream asks for payment." },
  403: { code: "forbidden", message: "The upstream does not allow this." },
  404: { code: "not_found", message: "The upstream does not know this." },
  422: { code: "invalid_parameters", message: "The upstream did not accept the parameters." },
  429: { code: "rate_limited", message: "The upstream has received too many requests." },
};

/** The most problems that are listed for one response. */
const MAX_DETAILS = 100;

/** The most places in the error that `onError` gets. */
const MAX_PLACES = 5;

/**
 * Turns the upstream's response into the handler's answer: its bytes, unchanged, if they are a valid response to the request, and
 * otherwise an error that says what is wrong.
 */
export function judge(received: Received, question: Question): Answer {
  const { status } = received;
  if (status === 200) return report(received, question);
  const passed = PASSED[status];
  if (passed !== undefined) return refusal(received, passed);
  if (status === 508) return loopDetected();
  if (status >= 500) return bad(received, "upstream_error", `The upstream responded with status ${status}.`);
  // Browsers give the status 0 to a redirect if `redirect` is `"manual"`.
  if (status === 0 || (status >= 300 && status < 400)) {
    return bad(received, "upstream_redirect", "The upstream responded with a redirect, which is not followed.");
  }
  return bad(
    received,
    "bad_upstream_answer",
    `The upstream responded with status ${status}, which this endpoint does not have.`,
  );
}

function report(received: Received, { endpoint, query }: Question): Answer {
  if (received.body === null) return bad(received, "upstream_too_large", "The upstream's response is too long.");
  const checked = validateResponse(endpoint.name as Endpoint, received.body, query as Expectation);
  if (checked.ok)
    return { status: 200, body: received.body, headers: keptHeaders(received.headers), ...tagOf(received) };
  const message = "The upstream's response is not a valid response to this request.";
  return bad(received, "bad_upstream_answer", message, checked.problems.slice(0, MAX_DETAILS).map(detail));
}

function detail(problem: Problem): ErrorDetail {
  return { field: problem.path, message: problem.message, type: problem.code };
}

/** Passes a JSON body on unchanged. Any other body, such as a page of HTML, is replaced by a JSON error. */
function refusal(received: Received, { code, message }: { code: string; message: string }): Answer {
  const { status, body } = received;
  const headers = keptHeaders(received.headers);
  // A 401 must have a challenge (RFC 9110 §15.5.2).
  if (status === 401) headers["www-authenticate"] = sound(received.headers.get("www-authenticate")) ?? "Bearer";
  if (body !== null && isJson(body)) return { status, body, headers };
  return errorAnswer(status, code, message, { headers });
}

function isJson(body: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    return true;
  } catch {
    return false;
  }
}

function bad(received: Received, code: string, message: string, details: ErrorDetail[] = []): Answer {
  // The owner's log gets the places and not the values, which belong to the caller.
  const places = details.slice(0, MAX_PLACES).map(({ field, type }) => ` ${type} at "${field}"`);
  const error = new Error(places.length === 0 ? message : `${message} Problems: ${details.length}, first${places}.`);
  return { ...errorAnswer(502, code, message, { headers: keptHeaders(received.headers), details }), error };
}

/** The upstream's tag, which holds because its bytes are unchanged. Without a tag, `respond` computes one. */
function tagOf({ headers }: Received): { etag?: string } {
  const etag = headers.get("etag");
  return etag !== null && /^(?:W\/)?"[\x21\x23-\x7e]*"$/.test(etag) ? { etag } : {};
}

/** The headers that are passed on besides the tag. */
export function keptHeaders(headers: Headers): Record<string, string> {
  const result: Record<string, string> = {};
  for (const name of ["retry-after", "x-request-id"]) {
    const value = sound(headers.get(name));
    if (value !== null) result[name] = value;
  }
  return result;
}

/**
 * The value of a header, if every client can read it. workerd lets control characters through; other clients reject a response
 * that contains them.
 */
function sound(value: string | null): string | null {
  return value !== null && /^[\t\x20-\x7e]+$/.test(value) ? value : null;
}
