// What `report` is asked for.

import type { CollectOptions } from "usage-by-agent/collect";
import type { Arguments } from "../arguments.js";
import { BREAKDOWN_OPTIONS, type Shape, shapeOf } from "../breakdown-options.js";
import { wrongUsage } from "../failure.js";
import { type Asked, PERIOD_OPTIONS, zonedQueryOf } from "../period-options.js";
import {
  collectWindowOf,
  hasEnds,
  WINDOW_OPTIONS,
  type WindowQuery,
  windowBefore,
  windowOf,
  windowQueryOf,
} from "../window-options.js";

/** The options that say what is asked for. */
export const QUESTION_OPTIONS = {
  ...PERIOD_OPTIONS,
  ...WINDOW_OPTIONS,
  ...BREAKDOWN_OPTIONS,
  compare: {
    meant: ["previous", "change", "diff", "versus", "vs"],
    help: "Puts the window before it beside the window: the previous period, or equally many days.",
  },
} as const;

const OPTIONS = { ...QUESTION_OPTIONS, "include-idle": { help: "" }, collect: { help: "" } } as const;

type Given = Arguments<typeof OPTIONS>["options"];

/** A query, with the present. */
type Now<Q> = Q & { now: NonNullable<WindowQuery["now"]> };

/** What is asked for: the report of a period, or a breakdown. */
export type Question = ReportQuestion | BreakdownQuestion;

/** A report of a period, or two of them. */
export interface ReportQuestion {
  kind: "report";
  asked: Asked<Now<Asked["query"]>>;
  includeIdle: boolean;
  /** Whether the previous period is asked for too. */
  isCompared: boolean;
}

/** A breakdown, or two of them. */
export interface BreakdownQuestion {
  kind: "breakdown";
  /** The window. Without a window it is all that is counted. */
  asked: Asked<Now<WindowQuery | { tz: string }>>;
  shape: Shape;
  includeIdle: boolean;
  isCompared: boolean;
}

/**
 * What the options ask for.
 *
 * @param now the present, if the options do not name it
 * @throws {Failure} for options that do not go together
 */
export function questionOf(given: Given, now: number): Question {
  const { compare: isCompared = false, "include-idle": includeIdle = false } = given;
  const shape = shapeOf(given, hasEnds(given));
  if (shape === undefined) {
    const asked = windowQueryOf(given) as Asked; // a window without ends is a period
    return { kind: "report", asked: at(asked, now), includeIdle, isCompared };
  }
  if (isCompared && shape.step !== undefined) {
    throw wrongUsage("--compare and --step exclude each other; for both windows in steps, name a --from before both");
  }
  if (includeIdle && shape.by.join() !== "agent") {
    throw wrongUsage("--include-idle adds rows of agents; wanted it without --by, or with --by agent alone");
  }
  const isOfAll = given.period === undefined && !hasEnds(given) && !isCompared && !given.collect;
  if (isOfAll && given.offset !== undefined) throw wrongUsage("--offset has no effect without --period; wanted both");
  const asked = isOfAll ? at(zonedQueryOf(given, {}), now) : at(windowQueryOf(given), now);
  return { kind: "breakdown", asked, shape, includeIdle, isCompared };
}

function at<Q extends { tz: string; now?: NonNullable<WindowQuery["now"]> }>(
  asked: Asked<Q>,
  now: number,
): Asked<Now<Q>> {
  return { ...asked, query: { ...asked.query, now: asked.query.now ?? now } };
}

/**
 * The window of the records that a question needs, as `collect` takes it.
 *
 * @throws {UsageError} for a wrong window
 */
export function neededWindowOf({ asked, isCompared }: Question): CollectOptions["window"] {
  const query = asked.query as WindowQuery; // what is collected has a window
  if (!isCompared) return collectWindowOf(query);
  return { startMs: windowOf(windowBefore(query)).startMs, endMs: windowOf(query).endMs };
}
