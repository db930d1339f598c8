// The options that ask for a breakdown.

import type { BreakdownQuery, Dimension, Step } from "usage-by-agent";
import { type Arguments, checkChoice, listed } from "./arguments.js";
import { wrongUsage } from "./failure.js";
import { DIMENSIONS } from "./formats/dimensions.js";
import { STEP_TITLES } from "./formats/steps.js";

const NAMES = Object.keys(DIMENSIONS) as Dimension[];
const STEPS = Object.keys(STEP_TITLES) as Step[];

/** The options. */
export const BREAKDOWN_OPTIONS = {
  by: {
    value: "LIST",
    meant: ["groupby", "group", "dimensions", "breakdown", "columns"],
    help: `What rows differ in, separated by commas: ${listed(NAMES)}. Without a window, all records count.`,
  },
  step: {
    value: "STEP",
    choices: STEPS,
    meant: ["granularity", "interval", "bucket", "resolution", "daily", "hourly"],
    help: `Usage over time: ${listed(STEPS)}. Without --by, one line for each step.`,
  },
} as const;

/** What rows differ in, and the step of the time axis. */
export interface Shape {
  by: Dimension[];
  step: Step | undefined;
}

/**
 * The breakdown that the options ask for.
 *
 * @param hasEnds whether `--from` and `--to` name the window, which a report does not have
 * @returns `undefined` for the report of a period
 * @throws {Failure} for a dimension that does not exist or is named twice
 */
export function shapeOf(given: Arguments<typeof BREAKDOWN_OPTIONS>["options"], hasEnds: boolean): Shape | undefined {
  const { by, step } = given;
  if (by !== undefined) return { by: dimensionsOf(by), step: step as Step | undefined };
  if (step !== undefined) return { by: [], step: step as Step };
  return hasEnds ? { by: ["agent"], step: undefined } : undefined;
}

function dimensionsOf(text: string): Dimension[] {
  const names = text.split(",").map((name) => name.trim());
  const found: Dimension[] = [];
  for (const name of names) {
    checkChoice("--by", name, NAMES);
    if (found.includes(name)) throw wrongUsage(`--by names ${name} twice; wanted once`);
    found.push(name);
  }
  return found;
}

/** A shape as a query has it. */
export const shapeInQuery = ({ by, step }: Shape): BreakdownQuery => ({ by, ...(step && { step }) });
