import { make } from "./dom.js";
import { count, plural, utcOffset } from "./format.js";
import type { PeriodFacts } from "./protocol.js";

const DAY_MS = 86_400_000;

/** `16 – 22 June 2025`, `June 2025`, `2025`. The dates are formatted in UTC, so that the browser's zone can't move them. */
export function periodTitle({ bounds, wallStart, lastDate }: PeriodFacts): string {
  const first = new Date(`${wallStart.slice(0, 10)}T00:00:00Z`);
  const last = new Date(`${lastDate}T00:00:00Z`);
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" });
  if (bounds.period === "year") return wallStart.slice(0, 4);
  if (bounds.period === "month") return format({ month: "long", year: "numeric" }).format(first);
  return format({ day: "numeric", month: "long", year: "numeric" }).formatRange(first, last);
}

/** Shows both bounds in local time and in UTC. The start belongs to the period and the end does not; the text says so. */
export function renderBounds(parent: HTMLElement, { bounds, wallStart, wallEnd }: PeriodFacts): void {
  const local = (wall: string, at: number) =>
    moment(wall.replace("T", " "), `UTC${utcOffset(Date.parse(`${wall}Z`) - at)}`);
  const utc = (at: number) => moment(new Date(at).toISOString().slice(0, 19).replace("T", " "), "UTC");
  const row = (name: string, from: Node, to: Node) =>
    make("tr", {}, make("th", { scope: "row" }, ...breakable(name)), make("td", {}, from), make("td", {}, to));
  parent.replaceChildren(
    make(
      "table",
      {},
      make("caption", { class: "unseen" }, "Bounds of the period"),
      make(
        "thead",
        {},
        make(
          "tr",
          {},
          make("td", {}),
          make("th", { scope: "col" }, "From", make("small", {}, " included")),
          make("th", { scope: "col" }, "To", make("small", {}, " not included")),
        ),
      ),
      make(
        "tbody",
        {},
        row(bounds.tz, local(wallStart, bounds.startMs), local(wallEnd, bounds.endMs)),
        row("UTC", utc(bounds.startMs), utc(bounds.endMs)),
        row("In the JSON", make("code", {}, bounds.periodStart), make("code", {}, bounds.periodEnd)),
      ),
    ),
    make("p", { class: "hint" }, `${length(bounds.endMs - bounds.startMs)} The JSON’s end is the last whole second.`),
  );
}

/** Lets the browser break a zone's name after a slash or an underscore. */
function breakable(name: string): (string | Node)[] {
  return name.split(/(?<=[/_])/).flatMap((part) => [part, make("wbr")]);
}

function moment(text: string, zone: string): HTMLElement {
  return make("span", { class: "moment" }, text, " ", make("small", {}, zone));
}

/** The period's length. If it is not a whole number of days, the clocks change in the period, and the text says so. */
function length(milliseconds: number): string {
  const hours = milliseconds / 3_600_000;
  const days = Math.round(milliseconds / DAY_MS);
  const off = hours - days * 24;
  if (off === 0) return `${plural(days, "day")}.`;
  const by =
    Math.abs(off) < 1
      ? `${Math.round(Math.abs(off) * 60)} minutes`
      : plural(Math.round(Math.abs(off) * 100) / 100, "hour");
  return `${plural(days, "day")}, ${by} ${off < 0 ? "less" : "more"} as the clocks change: ${count(hours)} hours.`;
}
