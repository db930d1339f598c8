// What an error answer says, whatever shape it has. The answer is a stranger's: nothing in it can make this throw.

import { bytesOf, isArray, property } from "./bridge/values.js";
import type { Problem } from "./types.js";

/** What an error answer says. */
export interface ErrorAnswer {
  /** The HTTP status; 0 where it was no whole number. */
  status: number;
  /** The answer's own code, else a word for the status: `unauthorized`, `not_found`, `rate_limited`, `server_error`, … */
  code: string;
  /** The answer's own words, as text of at most 1,000 characters: escape it before it becomes HTML. */
  message: string;
  /** What is wrong with the request, in its parts: the first hundred. */
  problems: Problem[];
}

/** Characters of a message, at most. */
const MAX_MESSAGE_LENGTH = 1000;

/** Problems, at most; and parts of one's path. */
const MAX_PROBLEMS = 100;

/** Of a body no more than this is read, in bytes or UTF-16 units. */
const MAX_BODY_LENGTH = 1 << 20;

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

/**
 * Reads an error answer of the usage API: FastAPI's `{"detail": [{type, loc, msg}]}`, a `detail` that is a text,
 * `{"error": {message, code, type, details: [{field, message, type}]}}`, `{"message": …}`, plain text, or nothing. It never
 * throws, whatever it is given.
 *
 * @param status the answer's HTTP status
 * @param body its body: bytes, text, or the value that the text has been read into
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
  const [error, detail] = [property(value, "error"), property(value, "detail")];
  const said = [error, detail, value]; // an answer may say one thing here and another there
  const lists = said.flatMap((part) => [listed(part), listed(property(part, "details"))]);
  const problems = lists.find((list) => list?.length) ?? [];
  const told = problems.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join("; ");
  const words = [
    ...said.flatMap((part) => [part, property(part, "message")]),
    told,
    value === undefined && plain(text),
  ];
  const codes = [
    ...said.map((part) => property(part, "code")),
    property(error ?? detail ?? value, "type"),
    CODES[known],
  ];
  return {
    status: known,
    code: first(codes, MAX_PROBLEMS) || (known >= 500 ? "server_error" : "http_error"),
    message: first(words, MAX_MESSAGE_LENGTH) || `The answer's status is ${known}.`,
    problems,
  };
}

/** What of these is text that says something. */
function first(candidates: unknown[], longest: number): string | undefined {
  const text = candidates.find((value): value is string => typeof value === "string" && value.trim() !== "");
  return text && cut(text.trim(), longest);
}

/** A pair is not cut. */
function cut(text: string, longest: number): string {
  return text.slice(0, longest).replace(/[\ud800-\udbff]$/, "");
}

function listed(value: unknown): Problem[] | undefined {
  if (!isArray(value)) return;
  return items(value).map((entry) => {
    const words = [entry, property(entry, "msg"), property(entry, "message")];
    return {
      path: pathOf(property(entry, "loc") ?? property(entry, "field")),
      code: first([property(entry, "type"), property(entry, "code")], MAX_PROBLEMS) || "invalid",
      message: first(words, MAX_MESSAGE_LENGTH) || "it is not valid",
      severity: "error",
    };
  });
}

/** A JSON Pointer of FastAPI's `loc`, or of a field's name. */
function pathOf(place: unknown): string {
  if (typeof place === "string" && (place === "" || place[0] === "/")) return cut(place, MAX_MESSAGE_LENGTH);
  const keys = (isArray(place) ? items(place) : [place]).filter((key) => /^(string|number)$/.test(typeof key));
  const path = keys.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
  return cut(path, MAX_MESSAGE_LENGTH).replace(/~$/, ""); // nor is an escape
}

function items(list: unknown[]): unknown[] {
  const length = property(list, "length"); // of a Proxy it may be anything
  return Array.from({ length: typeof length === "number" ? Math.min(length, MAX_PROBLEMS) : 0 }, (_, n) =>
    property(list, n),
  );
}

function textOf(body: unknown): string | undefined {
  try {
    const bytes = bytesOf(body);
    if (bytes !== undefined) return new TextDecoder().decode(bytes.subarray(0, MAX_BODY_LENGTH));
  } catch {
    return ""; // a buffer that has been handed on
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

/** Text, unless it is a page of HTML or no text at all. */
function plain(text: string | undefined): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text === undefined || /^\s*<|[\0-\x08\x0e-\x1f\ufffd]/.test(text) ? undefined : text;
}
