import type { Breakdown } from "usage-by-agent";
import { make } from "../dom.js";
import { count, exactTime } from "../format.js";
import { changeElement } from "./change.js";
import { type Comparison, countOf } from "./comparison.js";
import { amount, MEASURES, NAMES } from "./measures.js";
import { sparkline } from "./sparkline.js";

interface Figure {
  name: string;
  value: string;
  /** The value in full, where the text is rounded. */
  exact?: string;
  now: number;
  before: number;
  course: Float64Array;
}

/**
 * The four figures: each with its change and its course. Steps that have not begun are not drawn.
 *
 * @param breakdown by agent
 * @param course by step, without agents
 */
export function figuresOf(
  breakdown: Breakdown,
  course: Breakdown,
  comparison: Comparison | null,
  nowMs: number,
): HTMLElement {
  const { rows, totals } = breakdown;
  const steps = course.steps ?? [];
  const begun = Math.max(1, steps.filter(({ startMs }) => startMs <= nowMs).length);
  const figures = MEASURES.map(
    (measure): Figure => ({
      name: NAMES[measure],
      value: amount(measure, totals[measure]),
      ...(measure === "totalSeconds" && { exact: exactTime(totals[measure]) }),
      now: comparison?.totals.current[measure] ?? 0,
      before: comparison?.totals.previous[measure] ?? 0,
      course: course.rows[0]?.series?.[measure] ?? new Float64Array(),
    }),
  );
  figures.push({
    name: "Agents",
    value: count(countOf(rows)),
    now: comparison?.counts.current ?? 0,
    before: comparison?.counts.previous ?? 0,
    course: agentsBySteps(breakdown),
  });
  return make("dl", { class: "figures" }, ...figures.map((figure) => figureElement(figure, begun)));
}

function figureElement({ name, value, exact, now, before, course }: Figure, begun: number): HTMLElement {
  return make(
    "div",
    {},
    make("dt", {}, name),
    make("dd", { class: "value" }, value),
    make(
      "dd",
      { class: "change-line" },
      changeElement(now, before),
      ...(exact === undefined ? [] : [make("small", {}, exact)]),
    ),
    make("dd", { class: "course" }, sparkline(course.slice(0, begun))),
  );
}

/** For each step the number of agents with usage in it. Without series it is empty. */
function agentsBySteps({ rows, steps = [] }: Breakdown): Float64Array {
  const counts = new Float64Array(steps.length);
  for (const { agentId, series } of rows) {
    if (agentId === null || series === undefined) continue;
    for (const n of counts.keys()) {
      if (MEASURES.some((measure) => (series[measure][n] ?? 0) > 0)) counts[n] = (counts[n] ?? 0) + 1;
    }
  }
  return counts;
}
