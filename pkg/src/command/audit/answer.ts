// The vendor's answer: from the vendor, or from a file that was kept.

import { type AgentUsageResponse, periodBounds, reconcile, validateResponse } from "usage-by-agent";
import { askByAgent, type VendorAnswer } from "usage-by-agent/collect";
import type { Answer } from "../../audit/facts.js";
import { vendorsFailure } from "../collecting.js";
import { jsonIn } from "../counting.js";
import { unusable, wrongUsage } from "../failure.js";
import { type Input, wholeOf } from "../input.js";
import type { Asked } from "../period-options.js";
import type { Vendor } from "../vendor-options.js";

/** An answer with its report. */
export interface ReadAnswer extends Answer {
  report: AgentUsageResponse;
}

/**
 * Asks the vendor.
 *
 * @throws {Failure} if there is no answer, or none that is a report
 */
export async function answerOf(vendor: Vendor, { query }: Asked): Promise<ReadAnswer> {
  let answer: VendorAnswer;
  try {
    answer = await askByAgent({ ...vendor, period: query.period, tz: query.tz });
  } catch (error) {
    throw vendorsFailure(error);
  }
  const { body, ...request } = answer;
  return { body, request, report: reportOf("AgentPhone's answer", JSON.parse(body)) };
}

/**
 * Reads an answer that was kept.
 *
 * @throws {Failure} if it can't be read, or is not a report
 */
export async function answerIn(input: Input): Promise<ReadAnswer> {
  const bytes = await wholeOf(input);
  const value = jsonIn(input.name, bytes, "the answer of GET /v1/usage/by-agent");
  return { body: new TextDecoder().decode(bytes), request: null, report: reportOf(input.name, value) };
}

/** A response with sound types, whatever period it is of. */
function reportOf(name: string, value: unknown): AgentUsageResponse {
  const report = value as AgentUsageResponse;
  try {
    reconcile(report, report); // accepts what can be compared
    return report;
  } catch (error) {
    const checked = validateResponse("by-agent", value);
    const [problem] = checked.ok ? [] : checked.problems;
    const { message, path = "" } = problem ?? { message: (error as Error).message };
    const place = path === "" ? "" : ` (at ${path})`;
    throw unusable(`${name} is not a report of GET /v1/usage/by-agent: ${message}${place}`);
  }
}

/**
 * Makes sure that the vendor can be asked about the period: the vendor answers for the current one alone.
 *
 * @throws {Failure} for another period
 */
export function checkCurrent({ query }: Asked, now: number): void {
  const { offset, ...present } = { ...query, now };
  if (periodBounds(present).startMs === periodBounds({ ...present, ...query }).startMs) return;
  const wanted = "--answer FILE with an answer that was kept; docs/auditing.md shows how to keep answers by a schedule";
  throw wrongUsage(`AgentPhone answers for the current ${query.period} alone; wanted ${wanted}`);
}

/** The period that an answer is of, as a moment in its middle; `undefined` if its bounds are not times. */
export function momentOf({ periodStart, periodEnd }: AgentUsageResponse): number | undefined {
  const middle = (Date.parse(periodStart) + Date.parse(periodEnd)) / 2;
  return Number.isNaN(middle) ? undefined : Math.floor(middle);
}
