/** The bounds of a window: one line, and on demand all three ways to write them. */
import { make } from "../dom.js";
import { count, plural, utcOffset } from "../format.js";
import type { WindowFacts } from "../usage/usage.js";
import { datesInWords } from "./step-words.js";
import { zoneInWords } from "./window-words.js";

const DAY_MS = 86_400_000;

/** `1–30 June 2025, New York, UTC−4`, with the exact bounds behind it. */
export function boundsLine(facts: WindowFacts): HTMLDetailsElement {
  const offsets = [offset(facts.wallStart, facts.startMs), offset(facts.wallEnd, facts.endMs)].map(short);
  const [from, to] = offsets;
  const changed = from === to ? `${from}` : `${from}, then ${to}`;
  // The zone UTC is called as its offset is.
  const words = new Set([datesInWords(facts.firstDate, facts.lastDate), zoneInWords(facts.tz), changed]);
  return make(
    "details",
    { class: "bounds" },
    make("summary", {}, make("span", {}, [...words].join(", "))),
    exactBounds(facts),
  );
}

const offset = (wall: string, at: number) => utcOffset(Date.parse(`${wall}Z`) - at);

/** `UTC−4` for `−04:00`. */
function short(written: string): string {
  const [sign, rest] = [written.charAt(0), written.slice(1).replace(/:00$/, "")];
  const text = rest.replace(/^0(?=\d)/, "");
  return text === "0" ? "UTC" : `UTC${sign}${text}`;
}

/** Both bounds in local time and in UTC. The start belongs to the window and the end does not; the text says so. */
function exactBounds({ startMs, endMs, tz, wallStart, wallEnd, written }: WindowFacts): HTMLElement {
  const local = (wall: string, at: number) => moment(wall.replace("T", " "), `UTC${offset(wall, at)}`);
  const utc = (at: number) => moment(new Date(at).toISOString().slice(0, 19).replace("T", " "), "UTC");
  const row = (name: string, from: Node, to: Node) =>
    make("tr", {}, make("th", { scope: "row" }, ...breakable(name)), make("td", {}, from), make("td", {}, to));
  const inJson = (text: string) => make("code", {}, text);
  return make(
    "div",
    { class: "exact-bounds" },
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
        row(tz, local(wallStart, startMs), local(wallEnd, endMs)),
        row("UTC", utc(startMs), utc(endMs)),
        ...(written === null ? [] : [row("In the JSON", inJson(written.periodStart), inJson(written.periodEnd))]),
      ),
    ),
    make(
      "p",
      { class: "hint" },
      length(endMs - startMs) + (written === null ? "" : " The JSON’s end is the last whole second."),
    ),
  );
}

/** Lets the browser break a zone's name after a slash or an underscore. */
function breakable(name: string): (string | Node)[] {
  return name.split(/(?<=[/_])/).flatMap((part) => [part, make("wbr")]);
}

function moment(text: string, zone: string): HTMLElement {
  return make("span", { class: "moment" }, text, " ", make("small", {}, zone));
}

/** The window's length. If it is not a whole number of days, the clocks change in it, and the text says so. */
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
