import { core } from "./bridge/module.js";
import { toCoreExpectation, unknownEndpoint } from "./bridge/options.js";
import { bytesOf, isWellFormed, said } from "./bridge/values.js";
import { attempt } from "./errors.js";
import type { AgentUsageResponse, Endpoint, Expectation, Problem, UsageResponses, Validation } from "./types.js";

const utf8 = new TextEncoder();

/** The longest body that is looked at, in bytes. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/**
 * Checks an upstream's answer: its types, and the rules beyond them. Every problem is told, not the first (of more than 10,000 the
 * number); fields that are not documented are let be, and documented ones that older answers lack are told in `warnings`.
 *
 * | endpoint | beyond types |
 * |---|---|
 * | `by-agent` | bounds that span the period under some convention; one row an agent, at most one without; a null id and `isOrphan` agree |
 * | `usage` | bounds in order; longer spans count no less than shorter ones; deliveries add up |
 * | `daily`, `monthly` | a row for each day or month, in order, none missing or doubled, as many as said |
 * | `by-number` | one row a number |
 *
 * Without `tz` the days of any zone will do: the vendor does not say whose they are then. A value is checked as its JSON. Of JSON
 * text nothing is built but what is wrong with it: `value` is read when it is first asked for, and bytes must not change before.
 *
 * @param endpoint whose answer it is
 * @param body JSON text of 64 MiB at most, or the value it has been read into
 * @param expect what was asked: period, zone, the week's first day where it is known, days or months; `now`, a moment that the
 *   period, or the newest day or month, must hold
 * @throws {UsageError} only for a bad `endpoint` or `expect`; a bad body is what the result tells
 *
 * @example
 * ```ts
 * const checked = validateResponse("by-agent", await response.text(), { period: "month", tz: "Europe/Paris" });
 * if (checked.ok) console.log(checked.value.data.length);
 * else console.warn(checked.problems.map(({ path, message }) => `${path}: ${message}`));
 * ```
 */
export function validateResponse<E extends Endpoint>(
  endpoint: E,
  body: unknown,
  expect: Expectation = {},
): Validation<UsageResponses[E]> {
  const wasm = core();
  const options = JSON.stringify(toCoreExpectation(expect));
  let text: Uint8Array;
  let json: string | Uint8Array;
  try {
    json = jsonOf(body);
    text = typeof json === "string" ? encoded(json) : json;
  } catch (error) {
    return unread(`the body is no JSON value: ${said(error)}`);
  }
  if (text.length > MAX_BODY_BYTES)
    return unread(`the body is ${text.length} bytes long: wanted ${MAX_BODY_BYTES} at most`);
  const found: Problem[] | null = attempt(() =>
    wasm.validateResponse(typeof endpoint === "string" ? endpoint : "", text, options),
  );
  if (found === null) {
    throw unknownEndpoint(endpoint);
  }
  if (found.some(({ severity }) => severity === "error")) return { ok: false, problems: found };
  let value: UsageResponses[E] | undefined;
  return {
    ok: true,
    get value() {
      // As text, which loses a mark; of a copy, since browsers decode no memory that threads share.
      value ??= filled(endpoint, JSON.parse(new TextDecoder().decode(text.slice())));
      return value as UsageResponses[E];
    },
    warnings: found,
  };
}

function unread(message: string): {
  ok: false;
  problems: [{ path: ""; code: string; message: string; severity: "error" }];
} {
  return { ok: false, problems: [{ path: "", code: "invalid_json", message, severity: "error" }] };
}

function jsonOf(body: unknown): string | Uint8Array {
  if (typeof body === "string") return body;
  return bytesOf(body) ?? JSON.stringify(body) ?? "null"; // undefined is no JSON, and null no answer
}

/** As UTF-8, which has no lone surrogates: they go as their escapes. */
function encoded(json: string): Uint8Array {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16)}`;
  return utf8.encode(isWellFormed(json) ? json : json.replace(/\p{Surrogate}/gu, escaped));
}

/** The one field that may be missing and has a default. */
function filled<E extends Endpoint>(endpoint: E, answer: UsageResponses[E]): UsageResponses[E] {
  if (endpoint === "by-agent") for (const row of (answer as AgentUsageResponse).data) row.isOrphan ??= false;
  return answer;
}
