import type { View } from "./address.js";
import { renderDiagnostics } from "./diagnostics-view.js";
import { make } from "./dom.js";
import { download, fileName, toCsv, toJson } from "./export.js";
import { count, exactTime } from "./format.js";
import type { Shown } from "./protocol.js";
import { renderTable } from "./report-view.js";
import { totalsOf } from "./sums.js";
import { renderWarnings } from "./warnings-view.js";

interface Options {
  bars: View["bars"];
  zone: string;
  onBars(bars: View["bars"]): void;
}

/** The warnings, the totals, the table, the export buttons and the account of every record. */
export function renderReport(parent: HTMLElement, result: Shown, { bars, zone, onBars }: Options): void {
  const isServed = result.diagnostics === null;
  parent.replaceChildren(
    ...(isServed ? [] : renderWarnings(result.diagnostics.problems)),
    totals(result),
    renderTable(result, bars, onBars),
    exports(result, zone),
    ...(isServed ? [] : [renderDiagnostics(result)]),
  );
  parent.hidden = false;
}

function totals(result: Shown): HTMLElement {
  const { messages, calls, totalSeconds } = totalsOf(result);
  const entry = (name: string, value: string) => make("div", {}, make("dt", {}, name), make("dd", {}, value));
  return make(
    "dl",
    { class: "totals" },
    entry("Messages", count(messages)),
    entry("Completed calls", count(calls)),
    entry("Call time", exactTime(totalSeconds)),
  );
}

function exports({ report }: Shown, zone: string): HTMLElement {
  const copied = make("span", { class: "hint", role: "status" });
  const copy = make("button", { type: "button", class: "button", id: "copy-json" }, "Copy JSON");
  copy.onclick = async () => {
    try {
      await navigator.clipboard.writeText(toJson(report));
      copied.textContent = "Copied.";
    } catch {
      copied.textContent = "The browser did not allow it.";
    }
  };
  const save = make("button", { type: "button", class: "button", id: "download-csv" }, "Download CSV");
  save.onclick = () => download(fileName(report, zone), toCsv(report), "text/csv;charset=utf-8");
  return make("div", { class: "actions exports" }, copy, save, copied);
}
