// The vendor's answer, as it was kept.

import {
  type AgentUsageResponse,
  lookOf,
  type PeriodQuery,
  reconcile,
  UsageError,
  validateResponse,
} from "usage-by-agent";
import { bytesOf, isObject, property, typeName } from "../bridge/values.js";
import type { VendorAnswer } from "../collect/types.js";

/** An answer of the vendor that can be audited. */
export interface Answer {
  /** The body, as it came. */
  body: string;
  /** When and how it was asked for; `null` if only the body was kept. */
  request: Omit<VendorAnswer, "body"> | null;
  /** The report in the body. Its types are sound, and its bounds may be wrong. */
  report: AgentUsageResponse;
}

const WANTED = "GET /v1/usage/by-agent";

/**
 * Reads an answer of the vendor's `GET /v1/usage/by-agent`. It may be of any period, and its bounds may be wrong: the audit says so.
 *
 * @param from the body, as text or as UTF-8 bytes; or an answer of `askByAgent`, with the facts of its request
 * @returns the answer with its report
 * @throws {UsageError} `upstream_invalid` if it is not a report by agent; the message says what it is
 *
 * @example
 * ```ts
 * const answer = readAnswer(await readFile("answers/june.json"));
 * console.log(answer.report.periodStart);
 * ```
 */
export function readAnswer(from: string | Uint8Array | VendorAnswer): Answer {
  const [body, request] = bodyOf(from);
  return { body, request, report: reportOf(body) };
}

function bodyOf(from: unknown): [body: string, request: Answer["request"]] {
  if (typeof from === "string") return [from, null];
  const bytes = bytesOf(from);
  if (bytes !== undefined) return [new TextDecoder().decode(bytes.slice()), null]; // decoding drops a byte order mark
  const body = isObject(from) ? property(from, "body") : undefined;
  if (typeof body !== "string") {
    const message = `the answer is ${typeName(from)}: wanted its body as text or bytes, or an answer of askByAgent`;
    throw new UsageError("invalid_option", message);
  }
  const { url, answeredAt, requestId } = from as VendorAnswer;
  return [body, { url, answeredAt, requestId }];
}

/** A response with sound types, whatever period it is of. */
function reportOf(body: string): AgentUsageResponse {
  let report: AgentUsageResponse;
  try {
    report = JSON.parse(body.replace(/^\ufeff/, ""));
  } catch {
    // The parser's own message would quote the text, which may be a secret.
    const look = lookOf(body);
    const got = look === undefined ? "is not JSON" : `looks like ${look.words}`;
    throw new UsageError("upstream_invalid", `the answer ${got}: wanted the answer of ${WANTED}`);
  }
  try {
    reconcile(report, report); // accepts what can be compared
    return report;
  } catch (error) {
    const look = lookOf(report);
    if (look !== undefined && look.kind !== "by-agent") {
      throw new UsageError("upstream_invalid", `the answer is ${look.words}; wanted the answer of ${WANTED}`);
    }
    const checked = validateResponse("by-agent", report);
    const [problem] = checked.ok ? [] : checked.problems;
    const { message, path = "" } = problem ?? { message: (error as Error).message };
    const place = path === "" ? "" : ` (at ${path})`;
    throw new UsageError("upstream_invalid", `the answer is not a report of ${WANTED}: ${message}${place}`);
  }
}

/**
 * The period that an answer is of, as a query: its length, and a moment in its middle. The zone is not in an answer; `inferConvention`
 * finds zones that give its bounds.
 *
 * @returns `now` is missing if the bounds are not times
 *
 * @example
 * ```ts
 * const query = { ...periodOf(answer), tz: "Europe/Paris" };
 * console.log(periodBounds(query).periodStart === answer.report.periodStart);
 * ```
 */
export function periodOf({ report }: Answer): Pick<PeriodQuery, "period"> & { now?: number } {
  const middle = Math.floor((Date.parse(report.periodStart) + Date.parse(report.periodEnd)) / 2);
  return { period: report.period, ...(!Number.isNaN(middle) && { now: middle }) };
}
