import type { AgentUsageItem } from "usage-by-agent";
import type { View } from "./address.js";
import { appendInBatches, make, untrusted } from "./dom.js";
import { count, exactTime, plural } from "./format.js";
import type { Shown } from "./protocol.js";
import { totalsOf } from "./sums.js";

const MEASURES: [View["bars"], string][] = [
  ["messages", "Messages"],
  ["calls", "Calls"],
  ["totalSeconds", "Seconds"],
];

/** The table of the report, in the report's order. */
export function renderTable(result: Shown, bars: View["bars"], onBars: (bars: View["bars"]) => void): HTMLElement {
  const { data } = result.report;
  if (data.length === 0) return make("p", { class: "nothing" }, nothing(result));

  const most = { messages: 0, calls: 0, totalSeconds: 0 };
  for (const item of data) for (const [field] of MEASURES) most[field] = Math.max(most[field], item[field]);

  const totals = totalsOf(result);
  const more = make("button", { type: "button", class: "button small more" });
  const body = make("tbody");
  const table = make(
    "table",
    { class: "usage", "data-bars": bars },
    make("caption", { class: "unseen" }, "Usage by agent"),
    make(
      "thead",
      {},
      make(
        "tr",
        {},
        make("th", { scope: "col" }, "Agent"),
        ...MEASURES.map(([field, name]) =>
          make("th", { scope: "col", class: "number" }, field === "totalSeconds" ? "Total seconds" : name),
        ),
      ),
    ),
    body,
    make(
      "tfoot",
      {},
      make(
        "tr",
        {},
        make("th", { scope: "row" }, plural(data.length, "row")),
        make("td", { class: "number" }, count(totals.messages)),
        make("td", { class: "number" }, count(totals.calls)),
        secondsCell(totals.totalSeconds),
      ),
    ),
  );
  appendInBatches(body, data, (item) => row(item, most), more);
  const choice = barsChoice(bars, (chosen) => {
    table.setAttribute("data-bars", chosen);
    onBars(chosen);
  });
  return make("div", {}, choice, table, more);
}

function row(item: AgentUsageItem, most: Record<View["bars"], number>): HTMLElement {
  const name = make(
    "th",
    { scope: "row", class: item.isOrphan ? "orphan" : "" },
    make("span", { class: "name" }, untrusted(item.agentName)),
  );
  if (item.agentId !== null && item.agentId !== item.agentName)
    name.append(make("span", { class: "id" }, untrusted(item.agentId)));
  const bar = make("span", { class: "bar", "aria-hidden": "true" });
  // Set by script, because the content security policy forbids style attributes in HTML.
  // The bar has the values of all three columns; the table's data-bars chooses the one to show.
  for (const [field] of MEASURES) bar.style.setProperty(`--${field}`, String(item[field] / Math.max(most[field], 1)));
  name.append(bar);
  return make(
    "tr",
    {},
    name,
    make("td", { class: "number" }, count(item.messages)),
    make("td", { class: "number" }, count(item.calls)),
    secondsCell(item.totalSeconds),
  );
}

function secondsCell(seconds: number): HTMLElement {
  return make("td", { class: "number" }, count(seconds), make("span", { class: "hms" }, exactTime(seconds)));
}

function barsChoice(bars: View["bars"], onBars: (bars: View["bars"]) => void): HTMLElement {
  const choices = MEASURES.map(([field, name]) => {
    const input = make("input", { type: "radio", name: "bars", value: field });
    input.checked = field === bars;
    input.onchange = () => onBars(field);
    return make("label", {}, input, make("span", {}, name));
  });
  return make(
    "div",
    { class: "bars-choice" },
    make("span", { "aria-hidden": "true" }, "Bars"),
    make("div", { class: "segments small", role: "radiogroup", "aria-label": "What the bars show" }, ...choices),
  );
}

/** The reason why a report is empty. Most often the file has no records in the period. */
function nothing({ diagnostics }: Shown): string {
  if (diagnostics === null) return "No usage in this period. Try another period.";
  const { records, invalid, outsidePeriod: outside } = diagnostics;
  if (records === 0) return "0 records: the file contains none.";
  if (invalid === records) return "No record could be counted: every record is invalid. The list below says why.";
  return outside === 0
    ? "No usage in this period. None of the records is a message or a completed call; the list below says what they are."
    : `No usage in this period. Outside it: ${plural(outside, "record")}. Try another period, or another day.`;
}
