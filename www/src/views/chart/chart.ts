/**
 * The chart over time: bars, stacked by agent. Pointer and keyboard read the values of a step; a table has them all.
 *
 * For a screen reader it is a slider whose values are the steps, because a slider is what people move over one by one.
 */
import type { BreakdownStep, Step } from "usage-by-agent";
import { make, makeSvg, untrusted } from "../../dom.js";
import { amount, amountInWords, exactAmount, type Measure } from "../measures.js";
import { stepInWords } from "../step-words.js";
import { type Geometry, geometryOf } from "./geometry.js";
import type { Layer } from "./layers.js";
import { seriesTable } from "./series-table.js";

export interface ChartData {
  /** What the chart shows, for its label: `Messages by day`. */
  title: string;
  layers: Layer[];
  steps: readonly BreakdownStep[];
  step: Step;
  measure: Measure;
  /** The present, in epoch milliseconds. The step that contains it is not over. */
  nowMs: number;
}

/** The most layers that the read-out names. */
const NAMED = 6;

/** The width that the label of the step that is not over needs, in pixels. */
const NOT_OVER_WIDTH = 54;

export class Chart {
  readonly #svg = makeSvg("svg", { class: "bars", "aria-hidden": "true" });
  readonly #plot = make("div", { class: "plot", role: "slider", tabindex: "0" }, this.#svg);
  readonly #readout = make("div", { class: "readout", "aria-hidden": "true", hidden: "" });
  readonly #table = make("details", { class: "behind" });
  readonly element = make(
    "div",
    { class: "chart" },
    make("div", { class: "frame" }, this.#plot, this.#readout),
    this.#table,
  );
  #data: ChartData | null = null;
  #geometry: Geometry | null = null;
  #at = 0;

  constructor() {
    new ResizeObserver(() => this.#draw()).observe(this.#plot);
    this.#plot.addEventListener("pointermove", (event) => this.#point(event));
    this.#plot.addEventListener("pointerdown", (event) => this.#point(event));
    this.#plot.addEventListener("pointerleave", () => this.#leave());
    this.#plot.addEventListener("focus", () => this.#plot.matches(":focus-visible") && this.#read(this.#at));
    this.#plot.addEventListener("blur", () => this.#leave());
    this.#plot.addEventListener("keydown", (event) => this.#onKey(event));
    this.#table.addEventListener("toggle", () => this.#fillTable());
  }

  show(data: ChartData): void {
    this.#data = data;
    // The newest step that has begun is read first.
    const begun = data.steps.filter(({ startMs }) => startMs <= data.nowMs).length;
    this.#at = Math.max(0, begun - 1);
    this.#plot.setAttribute("aria-label", `${data.title}: read one by one`);
    this.#plot.setAttribute("aria-valuemin", "0");
    this.#plot.setAttribute("aria-valuemax", String(Math.max(0, data.steps.length - 1)));
    this.#table.replaceChildren(make("summary", {}, "The chart as a table"));
    this.#fillTable();
    this.#name();
    this.#leave();
    this.#draw();
  }

  #draw(): void {
    const data = this.#data;
    const { clientWidth: width, clientHeight: height } = this.#plot;
    if (data === null) return;
    if (width === 0) {
      this.#svg.replaceChildren(); // it is hidden, and the bars of earlier data must not come back with it
      return;
    }
    const geometry = geometryOf(data.layers, data.steps, data.step, data.measure, { width, height });
    this.#geometry = geometry;
    const { left, right, bottom } = geometry;
    this.#svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.#svg.replaceChildren(
      ...geometry.amounts.flatMap(({ y, label }) => [
        makeSvg("line", { class: "grid", x1: left, x2: right, y1: y, y2: y }),
        makeSvg("text", { class: "amount", x: left - 8, y: y + 4 }, label),
      ]),
      ...data.layers.map(({ colour }, n) =>
        makeSvg("path", { class: `layer of-${colour}`, d: geometry.bars[n] ?? "" }),
      ),
      ...this.#notOver(geometry),
      ...geometry.times.map(({ x, label }) => makeSvg("text", { class: "time", x, y: bottom + 16 }, label)),
      makeSvg("line", { class: "axis", x1: left, x2: right, y1: bottom, y2: bottom }),
      makeSvg("rect", { class: "cursor", y: geometry.top, height: bottom - geometry.top, width: 0 }),
    );
  }

  /**
   * Hatches the step that is not over. Its label begins with the step, because later steps have no bars. Where the label has no room, it
   * begins earlier, and stands above the bars that are there.
   */
  #notOver({ xOf, yOf, stepWidth, bottom, top, left, right }: Geometry): SVGElement[] {
    const at = this.#running();
    if (at < 0) return [];
    const [x, y] = [xOf(at), Math.min(yOf(at), bottom - 1)];
    const start = Math.max(left, Math.min(x, right - NOT_OVER_WIDTH));
    let highest = y;
    for (let step = Math.floor((start - left) / stepWidth); step < at; step++) highest = Math.min(highest, yOf(step));
    return [
      makeSvg("rect", { class: "not-over", x, y, width: stepWidth, height: bottom - y }),
      makeSvg("text", { class: "now", x: start, y: Math.max(highest, top) - 4 }, "not over"),
    ];
  }

  /** The index of the step that is not over; -1 if all are. */
  #running(): number {
    const { steps, nowMs } = this.#data as ChartData;
    return steps.findIndex(({ startMs, endMs }) => startMs <= nowMs && nowMs < endMs);
  }

  #point({ clientX }: PointerEvent): void {
    const geometry = this.#geometry;
    if (geometry === null) return;
    const at = Math.floor((clientX - this.#plot.getBoundingClientRect().left - geometry.left) / geometry.stepWidth);
    this.#read(at);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || this.#data === null) return;
    const last = this.#data.steps.length - 1;
    const moves: Record<string, number> = {
      ArrowRight: this.#at + 1,
      ArrowUp: this.#at + 1,
      ArrowLeft: this.#at - 1,
      ArrowDown: this.#at - 1,
      PageUp: this.#at + 7,
      PageDown: this.#at - 7,
      Home: 0,
      End: last,
    };
    if (event.key === "Escape") this.#leave();
    const to = moves[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#at = Math.max(0, Math.min(last, to));
    this.#name();
    this.#read(this.#at);
  }

  /** Says the step that the keyboard has reached. */
  #name(): void {
    const data = this.#data;
    const step = data?.steps[this.#at];
    this.#plot.setAttribute("aria-valuenow", String(this.#at));
    if (data === null || step === undefined) {
      this.#plot.removeAttribute("aria-valuetext");
      return;
    }
    const parts = this.#partsOf(this.#at).slice(0, NAMED);
    const named = parts.map(({ name, value }) => `${name.slice(0, 40)} ${exactAmount(data.measure, value)}`);
    const state = this.#running() === this.#at ? ", not over yet" : "";
    const said = `${stepInWords(step, data.step)}${state}: ${amountInWords(data.measure, this.#totalOf(this.#at))}`;
    this.#plot.setAttribute("aria-valuetext", named.length > 1 ? `${said}. ${named.join(", ")}` : said);
  }

  /** Shows the values of a step beside it. */
  #read(at: number): void {
    const [data, geometry] = [this.#data, this.#geometry];
    const step = data?.steps[at];
    if (data === null || geometry === null || step === undefined) {
      this.#leave();
      return;
    }
    const parts = this.#partsOf(at);
    const more = parts.length - NAMED;
    this.#readout.replaceChildren(
      make("strong", {}, stepInWords(step, data.step)),
      make("span", {}, amountInWords(data.measure, this.#totalOf(at)), this.#running() === at ? ", not over yet" : ""),
      make(
        "ul",
        {},
        ...(data.layers.length > 1 ? parts.slice(0, NAMED) : []).map(({ name, colour, value }) =>
          make(
            "li",
            {},
            swatch(colour),
            untrusted(name, 40),
            make("span", { class: "number" }, amount(data.measure, value)),
          ),
        ),
        ...(more > 0 && data.layers.length > 1 ? [make("li", { class: "hint" }, `and ${more} more`)] : []),
      ),
    );
    this.#readout.hidden = false;
    const x = geometry.xOf(at);
    const cursor = this.#svg.querySelector(".cursor");
    cursor?.setAttribute("x", String(x));
    cursor?.setAttribute("width", String(geometry.stepWidth));
    // Beside the step, on the side that has room.
    const room = this.#plot.clientWidth - x - geometry.stepWidth;
    const own = this.#readout.offsetWidth;
    const place = room > own + 8 ? x + geometry.stepWidth + 8 : Math.max(0, x - own - 8);
    this.#readout.style.transform = `translateX(${Math.round(place)}px)`;
  }

  #leave(): void {
    this.#readout.hidden = true;
    this.#svg.querySelector(".cursor")?.setAttribute("width", "0");
  }

  #totalOf(at: number): number {
    return (this.#data?.layers ?? []).reduce((sum, { values }) => sum + (values[at] ?? 0), 0);
  }

  /** The layers of a step that have usage, from the largest one. */
  #partsOf(at: number): (Layer & { value: number })[] {
    return (this.#data?.layers ?? [])
      .map((layer) => ({ ...layer, value: layer.values[at] ?? 0 }))
      .filter(({ value }) => value > 0)
      .sort((a, b) => b.value - a.value);
  }

  /** The table is made when it is opened, because there may be a thousand steps. */
  #fillTable(): void {
    this.#table.querySelector(":scope > :not(summary)")?.remove();
    if (this.#table.open && this.#data !== null) this.#table.append(seriesTable(this.#data));
  }
}

/** The colour of an agent beside its name. */
export function swatch(colour: string): HTMLElement {
  return make("span", { class: `swatch of-${colour}`, "aria-hidden": "true" });
}
