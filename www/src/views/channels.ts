import type { BreakdownRow } from "usage-by-agent";
import { appendInBatches, make, untrusted } from "../dom.js";
import { amount, MEASURES, type Measure, NAMES } from "./measures.js";

const CHANNELS: Record<string, string> = {
  "": "No channel",
  sms: "SMS",
  mms: "MMS",
  imessage: "iMessage",
  whatsapp: "WhatsApp",
  pstn: "Phone call",
  web: "Web call",
  voice: "Voice",
  other: "Other channels",
};

const DIRECTIONS: Record<string, string> = { "": "Not said", inbound: "In", outbound: "Out", web: "Web" };

/** Through which channels usage came, and in which direction. */
export function channelTable(title: string, rows: readonly BreakdownRow[], measure: Measure): HTMLElement {
  return barTable(title, ["Channel", "Direction"], rows, measure, ({ channel = "", direction = "" }) => [
    CHANNELS[channel] ?? untrusted(channel, 40),
    DIRECTIONS[direction] ?? direction,
  ]);
}

/** Through which phone numbers usage came. */
export function numberTable(title: string, rows: readonly BreakdownRow[], measure: Measure): HTMLElement {
  return barTable(title, ["Phone number"], rows, measure, ({ numberId = "", phoneNumber = "" }) => [
    numberId === "" ? "No phone number" : untrusted(phoneNumber || numberId, 40),
  ]);
}

/** A table has so many rows until more are asked for. */
const FEW = 12;

/** A table of rows with their usage, and a bar for the measure that the page shows. The rows with most of it come first. */
function barTable(
  title: string,
  heads: string[],
  rows: readonly BreakdownRow[],
  measure: Measure,
  names: (row: BreakdownRow) => (Node | string)[],
): HTMLElement {
  const sorted = [...rows].sort((a, b) => b[measure] - a[measure]);
  const total = rows.reduce((sum, row) => sum + row[measure], 0);
  const body = make("tbody");
  const more = make("button", { type: "button", class: "button small more" });
  const line = (row: BreakdownRow) => {
    const [first = "", ...rest] = names(row);
    return make(
      "tr",
      {},
      make("th", { scope: "row" }, first),
      ...rest.map((name) => make("td", {}, name)),
      ...MEASURES.map((each) => make("td", { class: `number ${each}` }, amount(each, row[each]))),
      shareCell(row[measure], total),
    );
  };
  appendInBatches(body, sorted, line, more, FEW);
  return make(
    "div",
    {},
    make(
      "table",
      { class: "bar-table", "data-measure": measure },
      make("caption", { class: "unseen" }, title),
      make(
        "thead",
        {},
        make(
          "tr",
          {},
          ...heads.map((head) => make("th", { scope: "col" }, head)),
          ...MEASURES.map((each) => make("th", { scope: "col", class: `number ${each}` }, NAMES[each])),
          make("th", { scope: "col", class: "number" }, "Share"),
        ),
      ),
      body,
    ),
    more,
  );
}

/** A share in percent, with a bar. */
export function shareCell(value: number, total: number): HTMLElement {
  const share = total === 0 ? 0 : value / total;
  const bar = make("span", { class: "share-bar", "aria-hidden": "true" });
  bar.style.setProperty("--share", share.toFixed(4));
  return make("td", { class: "number share" }, shareInWords(share), bar);
}

/** `12 %`, `0.4 %`, `< 0.1 %`. */
function shareInWords(share: number): string {
  if (share === 0) return "0\u00a0%";
  if (share < 0.0005) return "<\u00a00.1\u00a0%";
  return `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)}\u00a0%`;
}
