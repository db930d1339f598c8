import { type Answer, errorAnswer } from "../http/answer.js";

/** The header that counts how many handlers have passed a request on. */
export const HOPS = "x-usage-hops";

/** How many handlers may pass a request on, one after the other. */
const MAX_HOPS = 3;

/**
 * The value of the header for the upstream, or `null` if the request must not be passed on. If the upstream of a handler leads back
 * to it, each request would be sent again and again. A value that is not a small number can't be counted on, and is refused too.
 */
export function nextHop(request: Request): string | null {
  const given = request.headers.get(HOPS) ?? "0";
  const hops = /^\d{1,3}$/.test(given) ? Number(given) : MAX_HOPS;
  return hops < MAX_HOPS ? String(hops + 1) : null;
}

/** A refusal (RFC 5842 §7.2). */
export function loopDetected(): Answer {
  const message = `The request was passed on more than ${MAX_HOPS} times: an upstream leads back to this server.`;
  return { ...errorAnswer(508, "loop_detected", message), error: new Error(message) };
}
