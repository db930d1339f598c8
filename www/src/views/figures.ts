import type { Breakdown } from "usage-by-agent";
import { make } from "../dom.js";
import { count, exactTime } from "../format.js";
import { changeElement } from "./change.js";
import { agentsBySteps, type Comparison, isUsed } from "./comparison.js";
import { amount, MEASURES, NAMES, type Tally } from "./measures.js";
import { sparkline } from "./sparkline.js";

/** The four figures: each with its change and its course. Steps that have not begun are not drawn. */
export function figuresOf(breakdown: Breakdown, comparison: Comparison | null, nowMs: number): HTMLElement {
  const { rows, totals, steps = [] } = breakdown;
  const begun = Math.max(1, steps.filter(({ startMs }) => startMs <= nowMs).length);
  const figures = MEASURES.map((measure) => {
    const course = new Float64Array(steps.length);
    for (const { series } of rows)
      for (const [n, value] of series?.[measure].entries() ?? []) course[n] = (course[n] ?? 0) + value;
    return {
      name: NAMES[measure],
      value: amount(measure, totals[measure]),
      exact: measure === "totalSeconds" ? exactTime(totals[measure]) : null,
      change: comparison === null ? null : [comparison.totals.current[measure], comparison.totals.previous[measure]],
      course,
    };
  });
  const agents = {
    name: "Agents",
    value: count(rows.filter((row) => row.agentId !== null && isUsed(row as Tally)).length),
    exact: null,
    change: comparison === null ? null : [comparison.counts.current, comparison.counts.previous],
    course: agentsBySteps(breakdown),
  };
  return make(
    "dl",
    { class: "figures" },
    ...[...figures, agents].map(({ name, value, exact, change, course }) => {
      const [current = 0, previous = 0] = change ?? [];
      return make(
        "div",
        {},
        make("dt", {}, name),
        make("dd", { class: "value" }, value, ...(exact === null ? [] : [make("small", { class: "exact" }, exact)])),
        make(
          "dd",
          { class: "course" },
          ...(change === null ? [] : [changeElement(current, previous)]),
          sparkline(course.slice(0, begun)),
        ),
      );
    }),
  );
}
