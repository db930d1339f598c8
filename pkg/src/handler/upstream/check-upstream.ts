import { type ErrorDetail, type Problem, validateResponse } from "usage-by-agent";
import { type Answer, errorAnswer } from "../http/answer.js";
import type { Question } from "../source.js";

/** One whole answer of the upstream. `body` is `null` when it is too long. */
export interface Received {
  status: number;
  headers: Headers;
  body: Uint8Array<ArrayBuffer> | null;
}

/** Statuses that are the upstream's judgement of the caller's request: the caller must see them. */
const PASSED: Record<number, { code: string; message: string }> = {
  400: { code: "bad_request", message: "The upstream refused the request." },
  401: { code: "unauthorized", message: "The upstream did not accept the token." },
  402: { code: "payment_required", message: "The upstream asks for payment." },
  403: { code: "forbidden", message: "The upstream does not allow this." },
  404: { code: "not_found", message: "The upstream does not know this." },
  422: { code: "invalid_parameters", message: "The upstream did not accept the parameters." },
  429: { code: "rate_limited", message: "The upstream has received too many requests." },
};

/** Most problems listed for one answer. */
const MAX_DETAILS = 100;

/** Turns an upstream's answer into ours: the same bytes when they are what was asked for, else an error that says why not. */
export function judge(received: Received, question: Question): Answer {
  const { status } = received;
  if (status === 200) return report(received, question);
  const passed = PASSED[status];
  if (passed !== undefined) return refusal(received, passed);
  if (status >= 500) return bad(received, "upstream_error", `The upstream answered ${status}.`);
  // 0 is what browsers show of a redirect that they were told not to follow.
  if (status === 0 || (status >= 300 && status < 400)) {
    return bad(received, "upstream_redirect", "The upstream answered with a redirect, which is not followed.");
  }
  return bad(received, "bad_upstream_answer", `The upstream answered ${status}, which this endpoint does not.`);
}

function report(received: Received, { endpoint, query }: Question): Answer {
  if (received.body === null) return bad(received, "upstream_too_large", "The upstream's answer is too long.");
  const checked = validateResponse(endpoint.name, received.body, query);
  if (checked.ok) return { status: 200, body: received.body, headers: kept(received), ...tagOf(received) };
  const message = "The upstream's answer is not a usage report for this question.";
  return bad(received, "bad_upstream_answer", message, checked.problems.slice(0, MAX_DETAILS).map(detail));
}

function detail(problem: Problem): ErrorDetail {
  return { field: problem.path, message: problem.message, type: problem.code };
}

/** Passed on as it is when it is JSON; a page of HTML is no answer to a client that reads JSON. */
function refusal(received: Received, { code, message }: { code: string; message: string }): Answer {
  const { status, body } = received;
  const headers = kept(received);
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
  return errorAnswer(502, code, message, { headers: kept(received), details });
}

/** Its own tag holds for its bytes, which go on as they are; without one there will be ours. */
function tagOf({ headers }: Received): { etag?: string } {
  const etag = headers.get("etag");
  return etag !== null && /^(?:W\/)?"[\x21\x23-\x7e]*"$/.test(etag) ? { etag } : {};
}

/** Of the upstream's headers only these two are for the caller, and the tag of what is passed on. */
function kept({ headers }: Received): Record<string, string> {
  const result: Record<string, string> = {};
  for (const name of ["retry-after", "x-request-id"]) {
    const value = sound(headers.get(name));
    if (value !== null) result[name] = value;
  }
  return result;
}

/** A header's value that every client can read: workerd lets control characters through, on which others give up the answer. */
function sound(value: string | null): string | null {
  return value !== null && /^[\t\x20-\x7e]+$/.test(value) ? value : null;
}
