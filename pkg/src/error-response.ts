// Reads error responses of any shape. The body is untrusted: nothing in it can make this throw.

import { bytesOf, isArray, property } from "./bridge/values.js";
import { isMarkup, titleOf } from "./markup.js";
import type { Problem } from "./types.js";

/** The content of an error response. */
export interface ErrorAnswer {
  /** The HTTP status; 0 if it was not a whole number. */
  status: number;
  /** The code in the response, or else a word for the status: `unauthorized`, `not_found`, `rate_limited`, `server_error`, … */
  code: string;
  /** The message in the response, at most 1,000 characters. It is untrusted text: escape it before you put it into HTML. */
  message: string;
  /** The problems of the request, at most 100. */
  problems: Problem[];
}

/** The most characters of a message. */
const MAX_MESSAGE_LENGTH = 1000;

/** The most problems, the most parts of a problem's path, and the most characters of a code. */
const MAX_PROBLEMS = 100;

/** The most of a body that is read, in bytes or UTF-16 units. */
const MAX_BODY_LENGTH = 1 << 20;

/** The codes of responses that do not contain a code, by status. */
const CODES: Record<number, string> = {
  400: "bad_request",
  401: "unauthorized",
  402: "payment_required",
  403: "forbidden",
  404: "not_found",
  405: "method_not_allowed",
  406: "not_acceptable",
  408: "timeout",
  422: "invalid_parameters",
  429: "rate_limited",
  503: "unavailable",
  504: "timeout",
};

/** The keys of a message in an object, the best first. `detail` and `title` are those of RFC 9457 and JSON:API. */
const MESSAGES = ["msg", "message", "Message", "error_description", "errorMessage", "detail"];

/**
 * Reads an error response of any shape: that of the usage API, and those of what may stand in front of it. It never throws.
 *
 * - FastAPI's `{"detail": [{type, loc, msg}]}`, and a `detail` that is a string
 * - `{"error": {message, code, type, details: [{field, message, type}]}}`, and Google's `{"error": {code, message, status}}`
 * - `{"message": …}`, AWS's `{"__type": …, "Message": …}`
 * - OAuth's `{"error": …, "error_description": …}`
 * - RFC 9457's `{"type": …, "title": …, "detail": …}`
 * - `errors`: texts, Cloudflare's `{code, message}`, entries of JSON:API or GraphQL, or lists of texts by field
 * - HTML, whose title or else first heading is the message; plain text; an empty body
 *
 * @param status the HTTP status of the response
 * @param body the body: bytes, text, or the parsed JSON value
 * @returns the status, a code, a message and the problems of the request
 *
 * @example
 * ```ts
 * if (!response.ok) {
 *   const { code, message, problems } = parseErrorResponse(response.status, await response.text());
 *   console.warn(code, message); // invalid_parameters "/query/period: Input should be 'week', 'month' or 'year'"
 *   console.warn(problems.map(({ path }) => path)); // ["/query/period"]
 * }
 * ```
 */
export function parseErrorResponse(status: number, body?: unknown): ErrorAnswer {
  const known = Number.isInteger(status) ? status : 0;
  const text = textOf(body);
  const value = text === undefined ? body : parsed(text);
  const [error, detail, errors] = read(value, ["error", "detail", "errors"]);
  const said = [error, detail, value]; // a response may have its message and its code in different places
  const own = listed(errors) ?? byField(errors);
  const lists = [...said.flatMap((part) => [listed(part), listed(property(part, "details"))]), own];
  const problems = lists.find((list) => list?.length) ?? [];
  const summary = problems.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join("; ");
  const words = [
    ...messagesOf(error),
    ...[detail, value].flatMap((part) => [part, ...messagesOf(part)]),
    summary,
    error,
    errors,
    property(value, "title"),
    value === undefined && (text && isMarkup(text) ? titleOf(text) : plain(text)),
  ];
  const [word, ...stated] = [property(error, "status"), ...said.map((part) => property(part, "code"))];
  const codes = [
    typeof word === "string" && /^[A-Z_]+$/.test(word) && word, // Google's, such as UNAUTHENTICATED
    ...stated.filter((code) => code !== known),
    property(value, "error_description") && error, // OAuth's
    own?.find(({ code }) => code !== NO_CODE)?.code,
    ...read([error, detail].find(isObject) ?? value, ["type", "__type"]).map(lastPart),
    CODES[known],
  ];
  return {
    status: known,
    code: first(codes, MAX_PROBLEMS) || (known >= 500 ? "server_error" : "http_error"),
    message: first(words, MAX_MESSAGE_LENGTH) || `The response's status is ${known}.`,
    problems,
  };
}

/** The first candidate that is text and not blank, or a number. */
function first(candidates: unknown[], longest: number): string | undefined {
  const texts = candidates.map((value) => (typeof value === "number" ? `${value}` : value));
  const text = texts.find((value): value is string => typeof value === "string" && value.trim() !== "");
  return text && cut(text.trim(), longest);
}

/** Shortens text without cutting a surrogate pair. */
function cut(text: string, longest: number): string {
  return text.slice(0, longest).replace(/[\ud800-\udbff]$/, "");
}

function read(part: unknown, keys: string[]): unknown[] {
  return keys.map((key) => property(part, key));
}

function messagesOf(part: unknown): unknown[] {
  return isObject(part) ? read(part, MESSAGES) : [];
}

function isObject(part: unknown): part is object {
  return typeof part === "object" && part !== null && !isArray(part);
}

/** The last part of a type that is a URI or a name with its package; `about:blank` says nothing. */
function lastPart(type: unknown): unknown {
  return typeof type === "string" && type !== "about:blank" && type.split(/[/#:]/).filter(Boolean).at(-1);
}

/** The code of a problem that states none. */
const NO_CODE = "invalid";

function listed(value: unknown): Problem[] | undefined {
  if (isArray(value)) return items(value).map((entry) => problemOf(entry));
}

/** The problems of `{"field": ["…"]}`. */
function byField(value: unknown): Problem[] | undefined {
  try {
    const fields = isObject(value) ? Object.keys(value) : [];
    const problems = fields.slice(0, MAX_PROBLEMS).flatMap((field) => {
      const said = property(value, field);
      return (isArray(said) ? items(said) : [said]).map((entry) => problemOf(entry, field));
    });
    return problems.slice(0, MAX_PROBLEMS);
  } catch {
    return;
  }
}

function problemOf(entry: unknown, field?: string): Problem {
  const source = read(property(entry, "source"), ["pointer", "parameter"]);
  const codes = [...read(entry, ["type", "code"]), property(property(entry, "extensions"), "code")];
  return {
    path: pathOf([field, ...read(entry, ["loc", "field", "path"]), ...source].find((place) => place != null)),
    code: first(codes, MAX_PROBLEMS) || NO_CODE,
    message: first([entry, ...messagesOf(entry), property(entry, "title")], MAX_MESSAGE_LENGTH) || "it is not valid",
    severity: "error",
  };
}

/** A JSON Pointer from FastAPI's `loc`, or from a field's name. */
function pathOf(place: unknown): string {
  if (typeof place === "string" && (place === "" || place[0] === "/")) return cut(place, MAX_MESSAGE_LENGTH);
  const keys = (isArray(place) ? items(place) : [place]).filter((key) => /^(string|number)$/.test(typeof key));
  const path = keys.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
  return cut(path, MAX_MESSAGE_LENGTH).replace(/~$/, ""); // an escape is not cut either
}

function items(list: unknown[]): unknown[] {
  const length = property(list, "length"); // a Proxy may give any value
  return Array.from({ length: typeof length === "number" ? Math.min(length, MAX_PROBLEMS) : 0 }, (_, n) =>
    property(list, n),
  );
}

function textOf(body: unknown): string | undefined {
  try {
    const bytes = bytesOf(body);
    if (bytes !== undefined) return new TextDecoder().decode(bytes.subarray(0, MAX_BODY_LENGTH));
  } catch {
    return ""; // a detached buffer
  }
  return typeof body === "string" ? body.slice(0, MAX_BODY_LENGTH).replace(/^\ufeff/, "") : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) ?? "";
  } catch {
    return;
  }
}

/** The text, unless it is binary data, or markup without a title. */
function plain(text: string | undefined): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern looks for control characters
  return text === undefined || /^\s*<|[\0-\x08\x0e-\x1f\ufffd]/.test(text) ? undefined : text;
}
