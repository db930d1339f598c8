// Asks the vendor. Each request is tried again while that may help, within bounds of time and of attempts.

import { parseErrorResponse, UsageError, type UsageErrorCode } from "usage-by-agent";
import { said } from "../bridge/values.js";
import { Deadline } from "../handler/deadline.js";
import { fetchInit } from "../handler/upstream/fetch-init.js";
import { readBounded } from "../handler/upstream/read-bounded.js";
import { retryAfterMs, retryDelay } from "../handler/upstream/retry.js";
import { quoted } from "../looks/shown.js";
import { lookOfText } from "../looks/text.js";
import type { RequestOptions } from "./options.js";

/** The time limit of one attempt, in milliseconds. */
const ATTEMPT_MS = 60_000;

/** The time limit of all attempts of one request, with the pauses, in milliseconds. */
const REQUEST_MS = 300_000;

/** The longest body that is read, in bytes after decompression. */
const MAX_BYTES = 8 * 1024 * 1024;

/** The longest body of an error that is read, in bytes. */
const MAX_ERROR_BYTES = 64 * 1024;

/** A JSON object. The fields that are read are named. */
export interface Json {
  id?: unknown;
  data?: unknown;
  items?: unknown;
  total?: unknown;
  hasMore?: unknown;
  has_more?: unknown;
  receivedAt?: unknown;
  startedAt?: unknown;
  endedAt?: unknown;
  status?: unknown;
  lastMessageAt?: unknown;
  createdAt?: unknown;
  messageCount?: unknown;
  phoneNumberId?: unknown;
  periodStart?: unknown;
  date?: unknown;
  [field: string]: unknown;
}

/** A page is too long. Fewer items may fit. */
export class TooLong extends Error {}

/** What an attempt came to: a value, `null` for something that does not exist, or an error that another attempt may not have. */
type Outcome =
  | { value: Json | null; from: Source }
  | { error: UsageError | TooLong; again: boolean; retryAfter: string | null };

/** Where a value came from. The body is `null` for something that does not exist. */
interface Source {
  headers: Headers;
  body: Uint8Array | null;
}

/** Sends requests, one after the other or at the same time. */
export class Client {
  /** The number of requests, with further attempts. */
  requests = 0;
  readonly #options: RequestOptions;
  readonly #signal: AbortSignal;
  readonly #init = fetchInit();
  /** No request is sent before this time: the vendor asked for it with `Retry-After`. */
  #notBefore = 0;

  /** @param signal ends every request */
  constructor(options: RequestOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  /**
   * The JSON object at a path; `null` if it does not exist (404 or 410).
   *
   * @param check gives what is wrong with the object, or `undefined`
   * @param attempts the most attempts
   * @throws {UsageError} `unauthorized`, `forbidden`, `rate_limited`, `upstream_unreachable`, `upstream_invalid`
   * @throws {TooLong} if the body is longer than 8 MiB
   */
  async get(
    path: string,
    query: Record<string, string | number | null>,
    check: (value: Json) => string | undefined,
    attempts = this.#options.retries + 1,
  ): Promise<Json | null> {
    return (await this.ask(path, query, check, attempts)).value;
  }

  /** As {@link get}, with the URL, the headers and the body. */
  async ask(
    path: string,
    query: Record<string, string | number | null>,
    check: (value: Json) => string | undefined,
    attempts = this.#options.retries + 1,
  ): Promise<{ value: Json | null; url: string; from: Source }> {
    const parameters = Object.entries(query).filter(([, value]) => value !== null);
    const search = new URLSearchParams(parameters.map(([name, value]) => [name, String(value)])).toString();
    const url = `${this.#options.baseUrl}${path}${search && `?${search}`}`;
    const whole = new Deadline(REQUEST_MS, this.#signal);
    try {
      for (let tried = 1; ; tried++) {
        const wait = this.#notBefore - Date.now();
        if (wait > 0) await whole.sleep(wait);
        const outcome = await this.#attempt(path, url, whole, check);
        if ("value" in outcome) return { ...outcome, url };
        if (!outcome.again || tried >= attempts) throw outcome.error;
        const delay = retryDelay(tried, whole.remaining(), outcome.retryAfter);
        if (delay === null) throw outcome.error;
        if (outcome.retryAfter !== null) {
          this.#notBefore = Math.max(this.#notBefore, Date.now() + retryAfterMs(outcome.retryAfter));
        }
        await whole.sleep(delay);
      }
    } catch (error) {
      if (!whole.over || error instanceof UsageError || error instanceof TooLong) throw error;
      throw fault("upstream_unreachable", path, `there was no answer within ${REQUEST_MS / 1000} seconds`);
    } finally {
      whole.end();
    }
  }

  async #attempt(
    path: string,
    url: string,
    whole: Deadline,
    check: (value: Json) => string | undefined,
  ): Promise<Outcome> {
    const token = await whole.wait(this.#options.token());
    const { subAccountId } = this.#options;
    const headers: Record<string, string> = { authorization: `Bearer ${token}`, accept: "application/json" };
    if (subAccountId !== undefined) headers["x-sub-account-id"] = subAccountId;
    const deadline = new Deadline(ATTEMPT_MS, whole.signal);
    this.requests++;
    try {
      const work = this.#options.fetch(url, { ...this.#init, headers, signal: deadline.signal });
      const response = await deadline.wait(work);
      const isGood = response.status === 200 && !response.redirected;
      const body = await readBounded(response, { maxBytes: isGood ? MAX_BYTES : MAX_ERROR_BYTES, deadline });
      const judged = (bytes: Uint8Array | null) =>
        isGood ? read(path, response.headers, bytes, check) : refused(path, response, bytes);
      const outcome = judged(body);
      if ("value" in outcome) return outcome;
      // A message quotes parts of the body. A part that ends inside the token would show the token's beginning.
      const safe = judged(withoutToken(token, body));
      const { error } = "error" in safe ? safe : outcome;
      return { ...outcome, error: without(token, error) };
    } catch (error) {
      if (whole.signal.aborted) throw error;
      const why = deadline.over ? `there was no answer within ${ATTEMPT_MS / 1000} seconds` : reasonOf(error);
      const wanted = "wanted a connection: check the network, a proxy, `baseUrl`, and in a page the CORS rules";
      const unreachable = fault("upstream_unreachable", path, `the vendor can't be reached: ${why}; ${wanted}`);
      return { error: without(token, unreachable), again: true, retryAfter: null };
    } finally {
      deadline.stop(); // ends a body that was not read
      deadline.end();
    }
  }
}

const fault = (code: UsageErrorCode, path: string, message: string) => new UsageError(code, `GET ${path}: ${message}`);

/** The messages of a failed connection. The error itself is not passed on: `fetch` may be any function, and put the headers into it. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return [error, cause]
    .filter((part) => part !== undefined)
    .map((part) => said(part))
    .join(": ");
}

/** The error without the token, which a server may quote in its answer. */
function without(token: string, error: UsageError | TooLong): UsageError | TooLong {
  if (!(error instanceof UsageError) || !error.message.includes(token)) return error;
  return new UsageError(error.code, error.message.replaceAll(token, "…"));
}

/** The bytes with dots in place of the token: three, so that its length is not told. A body without it is returned as it is. */
function withoutToken<Bytes extends Uint8Array | null>(token: string, body: Bytes): Bytes | Uint8Array {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (let at = 0; body !== null && at + token.length <= body.length; at++) {
    let equal = 0;
    while (equal < token.length && body[at + equal] === token.charCodeAt(equal)) equal++;
    if (equal < token.length) continue;
    parts.push(body.subarray(from, at), DOTS);
    from = at + token.length;
    at = from - 1;
  }
  if (body === null || parts.length === 0) return body;
  parts.push(body.subarray(from));
  const result = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let to = 0;
  for (const part of parts) {
    result.set(part, to);
    to += part.length;
  }
  return result;
}

/** The character `…` as UTF-8. */
const DOTS = Uint8Array.of(0xe2, 0x80, 0xa6);

function read(
  path: string,
  headers: Headers,
  body: Uint8Array | null,
  check: (value: Json) => string | undefined,
): Outcome {
  if (body === null) return { error: new TooLong(path), again: false, retryAfter: null };
  const invalid = (got: string): Outcome => ({
    error: fault("upstream_invalid", path, `the answer is ${got}`),
    again: true,
    retryAfter: null,
  });
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    const look = lookOfText(body) ?? (body.length === 0 ? "empty" : "cut, or no JSON");
    return invalid(`${look}; wanted a JSON object: check \`baseUrl\`, and what is between you and the vendor`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return invalid("no object; wanted a JSON object");
  const problem = check(value as Json);
  return problem === undefined ? { value: value as Json, from: { headers, body } } : invalid(problem);
}

/** An answer that is not 200. */
function refused(path: string, response: Response, body: Uint8Array | null): Outcome {
  const { status, headers } = response;
  if (status === 404 || status === 410) return { value: null, from: { headers, body: null } };
  const retryAfter = headers.get("retry-after");
  const { message } = parseErrorResponse(status, body ?? undefined);
  const got = `status ${status}, ${quoted(message)}`;
  const end = (code: UsageErrorCode, text: string): Outcome => ({
    error: fault(code, path, text),
    again: false,
    retryAfter,
  });
  // Browsers give the status 0 to a redirect. A `fetch` of one's own may have followed it.
  if (response.redirected || status === 0 || (status >= 300 && status < 400)) {
    return end("upstream_invalid", "the answer is a redirect, which is not followed; wanted the API's own `baseUrl`");
  }
  if (status === 401)
    return end("unauthorized", `the token is not accepted (${got}); wanted a valid API key as \`token\``);
  if (status === 403) {
    return end(
      "forbidden",
      `the token may not read this (${got}); wanted an API key that may list the account's records`,
    );
  }
  const again = status === 408 || status === 425 || status === 429 || status >= 500;
  if (status === 429) {
    const when = retryAfter === null ? "later" : `after the ${quoted(retryAfter)} of Retry-After`;
    return {
      error: fault("rate_limited", path, `too many requests (${got}); go on from state() ${when}`),
      again,
      retryAfter,
    };
  }
  if (again) {
    return { error: fault("upstream_unreachable", path, `${got}; go on from state() later`), again, retryAfter };
  }
  return end("upstream_invalid", `${got}; wanted 200: check \`baseUrl\` and \`subAccountId\``);
}
