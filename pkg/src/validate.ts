import { notJson } from "./bridge/bodies.js";
import { once, requireModule } from "./bridge/module.js";
import { toCoreExpectation, unknownEndpoint } from "./bridge/options.js";
import { bytesOf, isWellFormed, said } from "./bridge/values.js";
import type { AgentUsageResponse, Endpoint, Expectation, Problem, UsageResponses, Validation } from "./types.js";

const utf8 = new TextEncoder();

/** The longest body that is checked, in bytes. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/**
 * Checks the response of an upstream: its types, and the rules beyond types. All problems are reported; from the 10,001st on, only
 * their number. Undocumented fields are allowed. Documented fields that older responses do not have are reported in `warnings`.
 *
 * | endpoint | rules beyond types |
 * |---|---|
 * | `by-agent` | the bounds are those of the period by some convention; one row for each agent; at most one row without an agent; `isOrphan` is true exactly where the agent's id is null |
 * | `usage` | the bounds are in order; a longer span does not count less than a shorter one; the deliveries add up |
 * | `daily`, `monthly` | one row for each day or month, in order, without gaps and duplicates; their number is the stated one |
 * | `by-number` | one row for each phone number |
 *
 * Without `tz`, days of any zone are accepted, because the vendor does not document the zone. A JavaScript value is checked as its
 * JSON. JSON text is not parsed into objects until you read `value`; do not change the body's bytes before then. A promise, a
 * `Response`, a `Blob` or a stream is not JSON: the problem says how to await or read it.
 *
 * @param endpoint the name of the endpoint that gave the response
 * @param body JSON text of at most 64 MiB, or the parsed JSON value
 * @param expect what was requested: the period, the zone, the first day of the week if it is known, the number of days or months,
 *   and `now`, an instant that the period or the newest day or month must contain
 * @returns the value and the warnings, or the problems
 * @throws {UsageError} `invalid_option`, `invalid_period`, `invalid_tz` or `invalid_now` for a bad `endpoint` or `expect`; `not_initialised`. A bad body does not throw; the result reports its problems
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
  requireModule();
  const options = JSON.stringify(toCoreExpectation(expect));
  let text: Uint8Array;
  let json: string | Uint8Array;
  try {
    const bytes = bytesOf(body);
    const problem = bytes === undefined && notJson(body, "the body");
    if (problem) return unread(problem);
    json = bytes ?? jsonOf(body);
    text = typeof json === "string" ? encoded(json) : json;
  } catch (error) {
    return unread(`the body is not a JSON value: ${said(error)}`);
  }
  if (text.length > MAX_BODY_BYTES)
    return unread(`the body is ${text.length} bytes long: wanted ${MAX_BODY_BYTES} at most`);
  const name = typeof endpoint === "string" ? endpoint : "";
  const found: Problem[] | null = once((glue) => glue.validateResponse(name, text, options));
  if (found === null) {
    throw unknownEndpoint(endpoint);
  }
  if (found.some(({ severity }) => severity === "error")) return { ok: false, problems: found };
  let value: UsageResponses[E] | undefined;
  return {
    ok: true,
    get value() {
      // Decoding drops a byte order mark. The bytes are copied, because browsers do not decode shared memory.
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

function jsonOf(body: unknown): string {
  if (typeof body === "string") return body;
  return JSON.stringify(body) ?? "null"; // JSON has no undefined; null is not a valid response either
}

/**
 * Encodes JSON text as UTF-8. Lone surrogates, which UTF-8 can't encode, are written as JSON escapes. One after a backslash stays: its
 * escape would make both of them an escaped backslash, which is valid.
 */
function encoded(json: string): Uint8Array {
  const escaped = (found: string) => (found.startsWith("\\") ? found : `\\u${found.charCodeAt(0).toString(16)}`);
  return utf8.encode(isWellFormed(json) ? json : json.replace(/\\.|\p{Surrogate}/gsu, escaped));
}

/** Fills in `isOrphan`, the only optional field with a default. */
function filled<E extends Endpoint>(endpoint: E, answer: UsageResponses[E]): UsageResponses[E] {
  if (endpoint === "by-agent") for (const row of (answer as AgentUsageResponse).data) row.isOrphan ??= false;
  return answer;
}
