import { appendInBatches, make, untrusted } from "../../dom.js";
import { exactAmount } from "../measures.js";
import { stepInWords } from "../step-words.js";
import type { ChartData } from "./chart.js";

/** The values of a chart as a table: a row for each step, and a column for each layer. */
export function seriesTable({ title, layers, steps, step, measure, nowMs }: ChartData): HTMLElement {
  const number = (value: number) => make("td", { class: "number" }, exactAmount(measure, value));
  const row = (name: string, values: number[]) => {
    const sum = values.reduce((total, value) => total + value, 0);
    return make(
      "tr",
      {},
      make("th", { scope: "row" }, name),
      ...values.map(number),
      ...(layers.length > 1 ? [number(sum)] : []),
    );
  };
  const heads = [...layers.map(({ name }) => untrusted(name, 40)), ...(layers.length > 1 ? ["Total"] : [])];
  const body = make("tbody");
  const more = make("button", { type: "button", class: "button small more" });
  appendInBatches(
    body,
    [...steps.entries()],
    ([n, each]) =>
      row(
        `${stepInWords(each, step)}${each.startMs <= nowMs && nowMs < each.endMs ? " (not over)" : ""}`,
        layers.map(({ values }) => values[n] ?? 0),
      ),
    more,
  );
  return make(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": `${title}, as a table` },
    make(
      "table",
      { class: "series" },
      make("caption", { class: "unseen" }, title),
      make(
        "thead",
        {},
        make("tr", {}, make("td"), ...heads.map((head) => make("th", { scope: "col", class: "number" }, head))),
      ),
      body,
      make(
        "tfoot",
        {},
        row(
          "Total",
          layers.map(({ total }) => total),
        ),
      ),
    ),
    more,
  );
}
