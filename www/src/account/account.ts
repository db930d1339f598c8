/** Where every record went: one line that opens. */
import type { Diagnostics } from "usage-by-agent";
import { appendInBatches, make, untrusted } from "../dom.js";
import { count, plural } from "../format.js";
import type { Reading, SourceFacts } from "../usage/usage.js";
import { isAboutInput } from "./about-input.js";
import { balances, type Group, groupsOf } from "./groups.js";
import { isNaive, type Located, problemList } from "./problems.js";
import { remedyButton } from "./remedy.js";
import { renderWarnings } from "./warnings.js";

interface AccountOptions {
  onReading(change: Partial<Reading>): void;
}

/**
 * Shows the account of every record, and above the report what puts its numbers into doubt.
 *
 * @param rows rows that sum to the totals
 */
export function renderAccount(
  { parent, doubts }: { parent: HTMLElement; doubts: HTMLElement },
  { diagnostics, sources }: { diagnostics: Diagnostics; sources: readonly SourceFacts[] },
  rows: readonly Diagnostics["totals"][],
  { onReading }: AccountOptions,
): void {
  const wasOpen = parent.querySelector("details")?.open ?? false;
  const groups = groupsOf(diagnostics).filter(({ key, count }) => key !== "outside" || count > 0);
  const located = locatedIn(diagnostics, sources);
  const details = make(
    "details",
    { class: "diagnostics" },
    make("summary", {}, lineOf(diagnostics, groups)),
    make(
      "section",
      { "aria-label": "Where every record went" },
      stack(groups, diagnostics.records),
      groupTable(groups, diagnostics.records),
      checks(rows, diagnostics, groups),
      caveats(diagnostics),
      located.length === 0
        ? make("p", { class: "hint", id: "no-problems" }, "No record is invalid.")
        : problemList(located),
    ),
  );
  details.open = wasOpen;
  const naive = located.some(({ problem }) => isNaive(problem)) ? [naiveNotice(onReading)] : [];
  doubts.replaceChildren(...naive, ...renderWarnings(diagnostics.problems));
  parent.replaceChildren(details);
}

/** `12,345 records read, 12 left out: 10 duplicates, 2 invalid.` */
function lineOf({ records, counted }: Diagnostics, groups: readonly Group[]): string {
  const out = groups.filter(({ key, count }) => key !== "counted" && count > 0);
  const read = `${plural(records, "record")} read`;
  if (out.length === 0) return records === 0 ? `${read}.` : `${read}, and all of them count.`;
  const parts = out.map(named);
  return `${read}, ${count(records - counted)} left out: ${parts.join(", ")}.`;
}

const named = ({ count: value, one, name }: Group) => `${count(value)} ${value === 1 ? one : name}`;

/** The problems of records, each with the name of its source where there are several. */
function locatedIn({ problems }: Diagnostics, sources: readonly SourceFacts[]): Located[] {
  const named = sources.flatMap(({ name, problems }) => problems.map((problem) => ({ problem, source: name })));
  const ofRecords = problems.filter((problem) => !isAboutInput(problem));
  if (named.length !== ofRecords.length) return ofRecords.map((problem) => ({ problem, source: "" }));
  const isOne = sources.filter(({ kind }) => kind === "records" || kind === "snapshot").length < 2;
  return isOne ? named.map(({ problem }) => ({ problem, source: "" })) : named;
}

function naiveNotice(onReading: AccountOptions["onReading"]): HTMLElement {
  const text = "They do not say which moment they mean, so their records are left out. Are they times of UTC?";
  return make(
    "div",
    { class: "notice naive" },
    make("h3", {}, "Some times have no offset"),
    make("p", {}, text),
    make("div", { class: "actions" }, remedyButton("read as UTC", onReading)),
  );
}

function stack(groups: readonly Group[], records: number): HTMLElement {
  const bar = make("div", { class: "stack", "aria-hidden": "true" });
  for (const { key, count: value } of groups) {
    if (value === 0) continue;
    const part = make("span", { class: `of-${key}` });
    part.style.setProperty("flex-grow", String(value / records));
    bar.append(part);
  }
  return bar;
}

/** The kinds that have records. A group has its number, also where it is zero. */
function groupTable(groups: readonly Group[], records: number): HTMLElement {
  const body = make("tbody");
  const more = make("button", { type: "button", class: "button small more" });
  const row = (kind: string, name: HTMLElement, value: number, why = "") =>
    make(
      "tr",
      { class: kind },
      make("th", { scope: "row" }, name),
      make("td", { class: "number" }, count(value)),
      make("td", { class: "why" }, why),
    );
  const rows = groups.flatMap(({ key, count: value, name, parts }) => {
    const swatch = make("span", { class: `swatch of-${key}`, "aria-hidden": "true" });
    const [only] = parts;
    const isOne = parts.length === 1 && only !== undefined;
    const title = isOne ? only.name : `Records ${name}`;
    const head = row("group", make("span", {}, swatch, title), value, isOne && value > 0 ? only.why : "");
    head.setAttribute("data-bucket", key);
    const kinds = isOne ? [] : parts.filter(({ count }) => count > 0);
    return [
      head,
      ...kinds.flatMap((part) => [
        row("part", make("span", {}, part.name), part.count, part.why),
        ...(part.parts ?? []).map((nested) => row("part nested", untrusted(nested.name, 80), nested.count)),
      ]),
    ];
  });
  // A status may be any text, so the number of statuses is not limited.
  appendInBatches(body, rows, (one) => one, more);
  return make(
    "div",
    {},
    make(
      "table",
      { class: "buckets" },
      make("caption", { class: "unseen" }, "Records by what became of them"),
      body,
      make(
        "tfoot",
        {},
        make(
          "tr",
          {},
          make("th", { scope: "row" }, "Records"),
          make("td", { class: "number" }, count(records)),
          make("td", { class: "why" }),
        ),
      ),
    ),
    more,
  );
}

function checks(
  rows: readonly Diagnostics["totals"][],
  diagnostics: Diagnostics,
  groups: readonly Group[],
): HTMLElement {
  const balanced = balances(rows, diagnostics);
  const terms = groups.map(named).join(" + ");
  const { messages, calls, totalSeconds } = diagnostics.totals;
  const sums = [plural(messages, "message"), plural(calls, "call"), plural(totalSeconds, "second")];
  return make(
    "ul",
    { class: "checks" },
    check(balanced.records, "conservation", `${plural(diagnostics.records, "record")} = ${terms}`),
    check(balanced.rows, "row-sums", `The agents add up to ${sums.join(", ")}`),
  );
}

function check(holds: boolean, id: string, text: string): HTMLElement {
  const mark = make("span", { class: "mark", "aria-hidden": "true" }, holds ? "✓" : "✗");
  return make(
    "li",
    { id, class: holds ? "holds" : "fails" },
    mark,
    make("span", {}, holds ? text : `Does not add up: ${text}`),
  );
}

function caveats({ withoutId, withoutDuration }: Diagnostics): HTMLElement {
  const texts = [
    `${plural(withoutId, "counted record")} without an id may be counted twice.`,
    `${plural(withoutDuration, "counted call")} without a duration counts 0 seconds.`,
  ];
  const shown = texts.filter((_, at) => [withoutId, withoutDuration][at] !== 0);
  return make("p", { class: "hint", id: "caveats" }, shown.join(" "));
}
