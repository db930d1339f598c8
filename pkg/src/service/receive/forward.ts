import { Deadline } from "../../handler/deadline.js";
import { type Answer, clientGone, errorAnswer } from "../../handler/http/answer.js";
import { HOPS, loopDetected, nextHop } from "../../handler/upstream/hops.js";

/** Headers that are about one connection and not about the message (RFC 9110 §7.6.1), and those that the platform sets itself. */
const HOP_BY_HOP = [
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

function endToEnd(headers: Headers): Headers {
  const result = new Headers(headers);
  const named = headers.get("connection")?.split(",") ?? [];
  for (const name of [...HOP_BY_HOP, ...named.map((name) => name.trim())]) {
    if (/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) result.delete(name);
  }
  return result;
}

/** What became of a delivery that was passed on: the endpoint's response, or an answer because there was none. */
export type Forwarded = { response: Response } | { answer: Answer };

/**
 * Passes a delivery on to the owner's endpoint, and gives its response back as it comes. The endpoint gets the delivery as the vendor
 * sent it, so it can check the signature itself. Redirects are not followed.
 *
 * @param timeoutMs how long it may take until the response begins
 */
export async function forward(url: string, request: Request, body: Uint8Array, timeoutMs: number): Promise<Forwarded> {
  const hop = nextHop(request);
  if (hop === null) return { answer: loopDetected() };
  const headers = endToEnd(request.headers);
  headers.set(HOPS, hop);
  const deadline = new Deadline(timeoutMs, request.signal);
  try {
    const init: RequestInit = {
      method: "POST",
      headers,
      body: body as BodyInit,
      redirect: "manual",
      signal: deadline.signal,
    };
    const response = await deadline.wait(fetch(url, init));
    const { status, statusText } = response;
    return { response: new Response(response.body, { status, statusText, headers: endToEnd(response.headers) }) };
  } catch (error) {
    deadline.stop();
    if (request.signal.aborted) return { answer: clientGone() };
    if (deadline.over) {
      const message = `The endpoint gave no response within ${timeoutMs} ms.`;
      return { answer: { ...errorAnswer(504, "forward_timeout", message), error: new Error(message) } };
    }
    return { answer: { ...errorAnswer(502, "forward_unreachable", "The endpoint could not be reached."), error } };
  } finally {
    deadline.end();
  }
}
