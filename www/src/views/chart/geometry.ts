/** Computes the shapes of a stacked bar chart. D3 gives the round numbers of the axis and the stack. */
import { nice, ticks } from "d3-array";
import { stack } from "d3-shape";
import type { BreakdownStep, Step } from "usage-by-agent";
import { count } from "../../format.js";
import type { Measure } from "../measures.js";
import { labelOf } from "../step-words.js";
import type { Layer } from "./layers.js";

export interface Size {
  width: number;
  height: number;
}

/** The space around the bars: labels stand on the left and below. */
const MARGIN = { top: 14, right: 4, bottom: 22, left: 46 };

/** The width that a label of the axis of time needs. */
const LABEL_WIDTH = 44;

export interface Geometry {
  /** For each layer the outline of its bars. */
  bars: string[];
  /** The lines of the amounts, with their labels. */
  amounts: { y: number; label: string }[];
  /** The labels of the steps. */
  times: { x: number; label: string }[];
  /** The place of a step on the axis of time. */
  xOf(step: number): number;
  /** The width of one step. */
  stepWidth: number;
  /** The height of the whole stack of a step. */
  yOf(step: number): number;
  top: number;
  bottom: number;
  left: number;
  right: number;
}

export function geometryOf(
  layers: Layer[],
  steps: readonly BreakdownStep[],
  kind: Step,
  measure: Measure,
  size: Size,
): Geometry {
  const [left, right] = [MARGIN.left, Math.max(size.width - MARGIN.right, MARGIN.left + 1)];
  const [top, bottom] = [MARGIN.top, size.height - MARGIN.bottom];
  const stepWidth = (right - left) / Math.max(steps.length, 1);
  const xOf = (step: number) => left + step * stepWidth;
  const stacked = stack<number, Layer>()
    .keys(layers)
    .value((step, { values }) => values[step] ?? 0)(steps.map((_, n) => n));
  const tops = steps.map((_, n) => stacked.at(-1)?.[n]?.[1] ?? 0);
  const unit = unitOf(measure, Math.max(0, ...tops));
  const most = Math.max(1, ...tops.map((value) => value / unit.size));
  const [, end] = nice(0, most, 4);
  const scale = (value: number) => bottom - (value / end) * (bottom - top);
  const y = (value: number) => scale(value / unit.size);
  // A gap between bars that are wide enough for one.
  const gap = stepWidth >= 5 ? Math.min(3, stepWidth * 0.2) : 0;
  const bars = stacked.map((layer) =>
    layer.map(([from, to], n) => (to > from ? bar(xOf(n) + gap / 2, y(from), stepWidth - gap, y(to)) : "")).join(""),
  );
  const whole = ticks(0, end, 4).filter((value) => Number.isInteger(value) || unit.size > 1);
  return {
    bars,
    amounts: whole.map((value) => ({ y: scale(value), label: `${count(value)}${value === 0 ? "" : unit.name}` })),
    times: timesOf(steps, kind, xOf, stepWidth, right),
    xOf,
    stepWidth,
    yOf: (step) => y(tops[step] ?? 0),
    top,
    bottom,
    left,
    right,
  };
}

const bar = (x: number, from: number, width: number, to: number) =>
  `M${x.toFixed(2)} ${from.toFixed(2)}V${to.toFixed(2)}h${width.toFixed(2)}V${from.toFixed(2)}z`;

/** The unit in which the axis writes amounts: seconds, minutes or hours, whichever makes short numbers. */
function unitOf(measure: Measure, most: number): { size: number; name: string } {
  if (measure !== "totalSeconds" || most < 120) return { size: 1, name: measure === "totalSeconds" ? " s" : "" };
  return most < 7200 ? { size: 60, name: " min" } : { size: 3600, name: " h" };
}

/** As many labels as fit: of every step, or of the beginnings of days and months. */
function timesOf(
  steps: readonly BreakdownStep[],
  kind: Step,
  xOf: (step: number) => number,
  stepWidth: number,
  right: number,
): Geometry["times"] {
  const isCrowded = kind === "hour" ? stepWidth * 6 < LABEL_WIDTH : steps.length > 62;
  const labelled = steps.flatMap((step, n) => {
    const label = labelOf(step, steps[n - 1], kind, isCrowded);
    return label === null ? [] : [{ n, label, isDay: label.includes(" ") }];
  });
  const centred = (n: number) => (kind === "hour" || isCrowded ? xOf(n) : xOf(n) + stepWidth / 2);
  const chosen = [];
  let free = Number.NEGATIVE_INFINITY;
  for (const { n, label } of labelled) {
    const x = centred(n);
    if (x < free || x > right - 8) continue;
    chosen.push({ x, label });
    free = x + Math.max(LABEL_WIDTH * 0.75, label.length * 7 + 8);
  }
  return chosen;
}
