// Answers what `report` is asked for from a rollup.

import type { BreakdownQuery, UsageQuery, UsageRollup } from "usage-by-agent";
import { withArrays } from "../../handler/computed/breakdown.js";
import { shapeInQuery } from "../breakdown-options.js";
import { breakdownResult } from "../formats/breakdown.js";
import { comparisonResult } from "../formats/comparison.js";
import type { Result } from "../formats/formats.js";
import { headOf, periodInWords, windowInWords } from "../formats/window-head.js";
import { type WindowQuery, windowBefore, windowOf } from "../window-options.js";
import type { BreakdownQuestion, Question, ReportQuestion } from "./question.js";

/**
 * The answer to a question.
 *
 * @throws {UsageError} for a query that a rollup can't answer
 */
export function answerOf(rollup: UsageRollup, question: Question): Result {
  if (question.kind === "report") return comparedReports(rollup, question);
  return question.isCompared ? comparedBreakdowns(rollup, question) : oneBreakdown(rollup, question);
}

function comparedReports(rollup: UsageRollup, { asked, includeIdle }: ReportQuestion): Result {
  const query: UsageQuery & { tz: string } = { ...asked.query, includeIdle };
  const [current, previous] = [query, windowBefore(query)].map((each) => rollup.byAgent(each)) as Two<"byAgent">;
  const head = headOf({
    asked,
    words: periodInWords(current),
    window: windowOf(asked.query),
    nowMs: millisecondsOf(asked.query.now),
    previous: periodInWords(previous),
  });
  return comparisonResult(
    () => ({ current, previous }),
    { current: current.data, previous: previous.data },
    ["agent"],
    head,
  );
}

type Two<M extends "byAgent" | "breakdown"> = [ReturnType<UsageRollup[M]>, ReturnType<UsageRollup[M]>];

function oneBreakdown(rollup: UsageRollup, question: BreakdownQuestion): Result {
  const { asked, shape } = question;
  const query = queryOf(question);
  const found = rollup.breakdown(query);
  const nowMs = millisecondsOf(asked.query.now);
  return breakdownResult(
    found,
    shape,
    headOf({ asked, words: windowInWords(found, query.period), window: found, nowMs }),
  );
}

function comparedBreakdowns(rollup: UsageRollup, question: BreakdownQuestion): Result {
  const { asked, shape } = question;
  const query = queryOf(question) as BreakdownQuery & WindowQuery; // what is compared has a window
  const [current, previous] = [query, windowBefore(query)].map((each) => rollup.breakdown(each)) as Two<"breakdown">;
  const head = headOf({
    asked,
    words: windowInWords(current, query.period),
    window: current,
    nowMs: millisecondsOf(asked.query.now),
    previous: windowInWords(previous, query.period),
  });
  const value = () => ({ current: withArrays(current), previous: withArrays(previous) });
  return comparisonResult(value, { current: current.rows, previous: previous.rows }, shape.by, head);
}

function queryOf({ asked, shape, includeIdle }: BreakdownQuestion): BreakdownQuery {
  return { ...asked.query, ...shapeInQuery(shape), includeIdle };
}

/** An instant that the package has accepted. */
const millisecondsOf = (now: NonNullable<WindowQuery["now"]>) =>
  typeof now === "string" ? Date.parse(now) : Number(now);
