import { attempt, UsageError } from "./errors.js";
import { core } from "./instance.js";
import { corePartialQuery } from "./query.js";
import type { AgentUsageResponse, Endpoint, PeriodQuery, Validation } from "./types.js";
import { bytesOf, said, typeName } from "./values.js";

const utf8 = new TextEncoder();

/**
 * Checks an upstream's answer: its types, and beyond them that its bounds span the stated period in the expected zone under
 * some convention, that there is one row an agent and at most one without, that a null id and `isOrphan` agree. Every
 * problem is told, not the first; fields that are not documented are let be.
 *
 * @param endpoint whose answer it is
 * @param body JSON text, or the value it has been read into
 * @param expect what was asked: period, zone, the week's first day where it is known; `now`, a moment that the period must hold
 * @throws {UsageError} only for a bad `endpoint` or `expect`; a bad body is what the result tells
 *
 * @example
 * ```ts
 * const checked = validateResponse("by-agent", await response.text(), { period: "month", tz: "Europe/Paris" });
 * if (!checked.ok) console.warn(checked.problems.map(({ path, message }) => `${path}: ${message}`));
 * ```
 */
export function validateResponse(
  endpoint: Endpoint,
  body: unknown,
  expect: Partial<PeriodQuery> = {},
): Validation<AgentUsageResponse> {
  const wasm = core();
  if (endpoint !== "by-agent") {
    throw new UsageError(
      "invalid_option",
      `the endpoint is ${typeof endpoint === "string" ? JSON.stringify(endpoint) : typeName(endpoint)}: wanted "by-agent"`,
      {
        path: "/endpoint",
      },
    );
  }
  const options = JSON.stringify(corePartialQuery(expect));
  let text: Uint8Array;
  try {
    text = textOf(body);
  } catch (error) {
    const message = `the body is no JSON value: ${said(error)}`;
    return { ok: false, problems: [{ path: "", code: "invalid_json", message, severity: "error" }] };
  }
  return attempt(() => wasm.validateByAgent(text, options)) as Validation<AgentUsageResponse>;
}

function textOf(body: unknown): Uint8Array {
  const bytes = bytesOf(body);
  if (bytes !== undefined) return bytes;
  if (typeof body === "string") return utf8.encode(body);
  return utf8.encode(JSON.stringify(body) ?? "null"); // undefined is no JSON, and null no answer
}
