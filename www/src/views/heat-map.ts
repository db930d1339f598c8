/** When in the week there is usage: a table of weekdays and hours, coloured by how much there is. */
import { bisectRight, quantile } from "d3-array";
import type { BreakdownRow, Weekday } from "usage-by-agent";
import { make } from "../dom.js";
import { amount, amountInWords, exactAmount, type Measure } from "./measures.js";

const WEEK: readonly Weekday[] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/** The number of colours besides that of no usage. */
const SHADES = 5;

export interface HeatData {
  title: string;
  /** By weekday and hour. */
  rows: readonly BreakdownRow[];
  measure: Measure;
  weekStart: Weekday;
}

/** The table with a legend, and a line that says the values of one hour. */
export function heatMap({ title, rows, measure, weekStart }: HeatData): HTMLElement {
  const first = WEEK.indexOf(weekStart);
  const days = WEEK.map((_, n) => WEEK[(first + n) % 7] as Weekday);
  const values = new Map(rows.map((row) => [`${row.weekday} ${row.hour}`, row[measure]]));
  const of = (day: Weekday, hour: number) => values.get(`${day} ${hour}`) ?? 0;
  const used = [...values.values()].filter((value) => value > 0);
  const total = used.reduce((sum, value) => sum + value, 0);
  const shadeOf = shades(used);
  const readout = make("p", { class: "hint heat-read", role: "status" });
  const rest = busiest(days, of, measure);
  readout.textContent = rest;

  const cell = (day: Weekday, hour: number) => {
    const value = of(day, hour);
    const td = make("td", {
      class: `heat-${shadeOf(value)}`,
      tabindex: "-1",
      "data-hour": String(hour),
      "data-day": day,
    });
    td.append(make("span", {}, exactAmount(measure, value)));
    return td;
  };
  const table = make(
    "table",
    { class: "heat", role: "grid", "aria-label": title },
    make(
      "thead",
      {},
      make(
        "tr",
        {},
        make("td"),
        ...Array.from({ length: 24 }, (_, hour) =>
          make("th", { scope: "col", class: hour % 3 === 0 ? "" : "between" }, String(hour).padStart(2, "0")),
        ),
      ),
    ),
    make(
      "tbody",
      {},
      ...days.map((day) =>
        make(
          "tr",
          {},
          make("th", { scope: "row" }, make("abbr", { title: capital(day) }, capital(day.slice(0, 3)))),
          ...Array.from({ length: 24 }, (_, hour) => cell(day, hour)),
        ),
      ),
    ),
  );
  const read = (td: HTMLElement) => {
    const hour = Number(td.dataset.hour);
    const value = of(td.dataset.day as Weekday, hour);
    const share = total === 0 ? "" : `, ${((100 * value) / total).toFixed(1)} % of all`;
    readout.textContent = `${capital(td.dataset.day ?? "")} ${clock(hour)}–${clock((hour + 1) % 24)}: ${amountInWords(measure, value)}${share}`;
  };
  listen(table, read, () => {
    readout.textContent = rest;
  });
  return make("div", { class: "heat-map" }, table, legend(used, measure), readout);
}

/** Quantiles: each colour has about as many hours as another one, so that one busy hour does not make all others pale. */
function shades(used: number[]): (value: number) => number {
  if (used.length === 0) return () => 0;
  const bounds = Array.from({ length: SHADES - 1 }, (_, n) => quantile(used, (n + 1) / SHADES) ?? 0);
  // Equal values are one colour: the highest one if all are equal.
  return (value) => (value === 0 ? 0 : 1 + bisectRight(bounds, value));
}

function legend(used: number[], measure: Measure): HTMLElement {
  const shadeOf = shades(used);
  const ranges = [];
  for (let shade = 1; shade <= SHADES; shade++) {
    const own = used.filter((value) => shadeOf(value) === shade);
    if (own.length === 0) continue;
    const [least, most] = [Math.min(...own), Math.max(...own)].map((value) => amount(measure, value));
    ranges.push({ shade, text: least === most ? `${least}` : `${least}–${most}` });
  }
  const item = (shade: number, text: string) =>
    make("li", {}, make("span", { class: `key heat-${shade}`, "aria-hidden": "true" }), text);
  return make(
    "div",
    { class: "heat-legend" },
    make("ul", { "aria-label": "Colours" }, item(0, "none"), ...ranges.map(({ shade, text }) => item(shade, text))),
    make("p", { class: "hint" }, "Each colour stands for about as many hours of the week as another one."),
  );
}

/** The hour with the most usage, which is said while no other one is pointed at. */
function busiest(days: readonly Weekday[], of: (day: Weekday, hour: number) => number, measure: Measure): string {
  let most = { day: days[0] as Weekday, hour: 0, value: 0 };
  for (const day of days)
    for (let hour = 0; hour < 24; hour++) if (of(day, hour) > most.value) most = { day, hour, value: of(day, hour) };
  if (most.value === 0) return "No usage.";
  const { day, hour, value } = most;
  return `Busiest: ${capital(day)}, ${clock(hour)}–${clock((hour + 1) % 24)}, with ${amountInWords(measure, value)}.`;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const clock = (hour: number) => `${String(hour).padStart(2, "0")}:00`;

/** One cell of the grid is in the order of Tab; arrow keys move from there. */
function listen(table: HTMLTableElement, read: (td: HTMLElement) => void, leave: () => void): void {
  const cells = [...table.tBodies].flatMap((body) => [...body.rows].map((row) => [...row.querySelectorAll("td")]));
  let [row, column] = [0, 0];
  cells[0]?.[0]?.setAttribute("tabindex", "0");
  const go = (toRow: number, toColumn: number) => {
    const next = cells[toRow]?.[toColumn];
    if (next === undefined) return;
    cells[row]?.[column]?.setAttribute("tabindex", "-1");
    [row, column] = [toRow, toColumn];
    next.setAttribute("tabindex", "0");
    next.focus();
  };
  table.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moves: Record<string, [number, number]> = {
      ArrowRight: [row, column + 1],
      ArrowLeft: [row, column - 1],
      ArrowDown: [row + 1, column],
      ArrowUp: [row - 1, column],
      Home: [row, 0],
      End: [row, 23],
    };
    const to = moves[event.key];
    if (to === undefined) return;
    event.preventDefault();
    go(...to);
  });
  table.addEventListener("pointerover", ({ target }) => {
    const td = target instanceof Element ? target.closest("td") : null;
    if (td?.dataset.hour !== undefined) read(td);
  });
  table.addEventListener("pointerleave", leave);
  table.addEventListener("focusin", ({ target }) => {
    if (target instanceof HTMLTableCellElement) read(target);
  });
  table.addEventListener("focusout", leave);
}
