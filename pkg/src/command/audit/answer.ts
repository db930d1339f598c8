// The vendor's answer: from the vendor, or from a file that was kept.

import { periodBounds, UsageError } from "usage-by-agent";
import { type Answer, readAnswer } from "usage-by-agent/audit";
import { askByAgent, type VendorAnswer } from "usage-by-agent/collect";
import { vendorsFailure } from "../collecting.js";
import { unusable, wrongUsage } from "../failure.js";
import { type Input, wholeOf } from "../input.js";
import type { Asked } from "../period-options.js";
import type { Vendor } from "../vendor-options.js";

/**
 * Asks the vendor.
 *
 * @throws {Failure} if there is no answer, or none that is a report
 */
export async function answerOf(vendor: Vendor, { query }: Asked): Promise<Answer> {
  let answer: VendorAnswer;
  try {
    answer = await askByAgent({ ...vendor, period: query.period, tz: query.tz });
  } catch (error) {
    throw vendorsFailure(error);
  }
  return read(answer, (message) => message.replace(/^the answer/, "AgentPhone's answer"));
}

/**
 * Reads an answer that was kept.
 *
 * @throws {Failure} if it can't be read, or is not a report
 */
export async function answerIn(input: Input): Promise<Answer> {
  return read(await wholeOf(input), (message) => `${input.name}: ${message}`);
}

function read(answer: Uint8Array | VendorAnswer, named: (message: string) => string): Answer {
  try {
    return readAnswer(answer);
  } catch (error) {
    throw error instanceof UsageError ? unusable(named(error.message)) : error;
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
