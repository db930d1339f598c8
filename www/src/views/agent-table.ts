/** The table of agents: sorted, searched, in batches. Its rows are those of the report. */
import type { BreakdownRow } from "usage-by-agent";
import { appendInBatches, make, untrusted } from "../dom.js";
import { plural } from "../format.js";
import { moveLink } from "../parts/move-link.js";
import type { Sort } from "../state/view.js";
import { changeElement } from "./change.js";
import { shareCell } from "./channels.js";
import { swatch } from "./chart/chart.js";
import type { Colours } from "./colours.js";
import type { Comparison } from "./comparison.js";
import { amount, exactAmount, type Measure, NAMES, NONE, type Tally } from "./measures.js";
import { sparkline } from "./sparkline.js";

export interface AgentTableData {
  /** By agent, with series, in the order of the report. */
  rows: readonly BreakdownRow[];
  totals: Tally;
  /** The steps that have begun. */
  begun: number;
  comparison: Comparison | null;
  measure: Measure;
  sort: Sort;
  colours: Colours;
  /** The agent that is opened: its id, `""` for usage without an agent, `null` if none is. */
  opened: string | null;
  includeIdle: boolean;
}

export interface AgentTableHandlers {
  /** The address of an agent's own part. */
  addressOf(agent: string): string;
  onOpen(agent: string): void;
  onSort(sort: Sort): void;
  onIdle(includeIdle: boolean): void;
}

type Column = { by: NonNullable<Sort>["by"] | null; name: string; class: string };

/** A search field for fewer rows would be in the way. */
const SEARCHED_FROM = 8;

export class AgentTable {
  readonly #search = make("input", { type: "search", placeholder: "Find an agent", "aria-label": "Find an agent" });
  readonly #exact = make("input", { type: "checkbox" });
  readonly #idle = make("input", { type: "checkbox" });
  readonly #found = make("p", { class: "hint", role: "status" });
  readonly #body = make("tbody");
  readonly #head = make("tr");
  readonly #foot = make("tr");
  readonly #more = make("button", { type: "button", class: "button small more" });
  readonly #gone = make("p", { class: "hint" });
  readonly #tools = make(
    "div",
    { class: "table-tools" },
    this.#search,
    this.#found,
    make("label", { class: "check" }, this.#exact, make("span", {}, "Exact times")),
    make("label", { class: "check" }, this.#idle, make("span", {}, "Agents without usage")),
  );
  readonly #table = make(
    "table",
    { class: "usage" },
    make("caption", { class: "unseen" }, "Usage by agent"),
    make("thead", {}, this.#head),
    this.#body,
    make("tfoot", {}, this.#foot),
  );
  readonly element = make("div", { class: "agents" }, this.#tools, this.#table, this.#more, this.#gone);
  #data: AgentTableData | null = null;

  constructor(readonly handlers: AgentTableHandlers) {
    this.#search.addEventListener("input", () => this.#fill());
    this.#exact.addEventListener("change", () => this.#fill());
    this.#idle.addEventListener("change", () => handlers.onIdle(this.#idle.checked));
  }

  show(data: AgentTableData): void {
    this.#data = data;
    const isLong = data.rows.length >= SEARCHED_FROM;
    if (!isLong) this.#search.value = "";
    this.#search.hidden = !isLong;
    this.#idle.checked = data.includeIdle;
    // On a phone, only the column of the measure is shown.
    this.#table.dataset.measure = data.measure;
    this.#fill();
  }

  /** Moves the focus to an agent's link, if it is shown. */
  focusAgent(agent: string): void {
    const links = this.#body.querySelectorAll<HTMLElement>("[data-agent]");
    [...links].find(({ dataset }) => dataset.agent === agent)?.focus();
  }

  #fill(): void {
    const data = this.#data;
    if (data === null) return;
    this.#fillHead(data);
    const rows = sorted(this.#matching(data.rows), data);
    const isSearched = this.#search.value.trim() !== "";
    this.#found.textContent = isSearched
      ? `${rows.length === 0 ? "No agent" : plural(rows.length, "agent")} found`
      : "";
    this.#body.replaceChildren();
    appendInBatches(this.#body, rows, (row) => this.#row(row, data), this.#more);
    this.#foot.replaceChildren(
      make("th", { scope: "row" }, plural(data.rows.length, "row")),
      this.#amount("messages", data.totals, "messages"),
      this.#amount("calls", data.totals, "calls"),
      this.#amount("totalSeconds", data.totals, "time"),
      make("td", { class: "number average" }, averageOf(data.totals)),
      make("td", { class: "number share" }, ""),
      make(
        "td",
        { class: "number" },
        ...(data.comparison === null ? [] : [changeOf(data.comparison.totals, data.measure)]),
      ),
      make("td", { class: "trend" }),
    );
    this.#gone.textContent = goneInWords(data);
  }

  #fillHead({ measure, sort, comparison }: AgentTableData): void {
    const columns: Column[] = [
      { by: "agent", name: "Agent", class: "" },
      { by: "messages", name: "Messages", class: "number messages" },
      { by: "calls", name: "Calls", class: "number calls" },
      { by: "totalSeconds", name: "Call time", class: "number time" },
      { by: "average", name: "Average call", class: "number average" },
      { by: null, name: `Share of ${NAMES[measure].toLowerCase()}`, class: "number share" },
      { by: comparison === null ? null : "change", name: "Change", class: "number" },
      { by: null, name: "Course", class: "trend" },
    ];
    // The button that was pressed keeps the focus.
    const focused = this.#head.contains(document.activeElement)
      ? (document.activeElement as HTMLElement).dataset.by
      : undefined;
    this.#head.replaceChildren(...columns.map((column) => this.#headCell(column, sort)));
    if (focused !== undefined) this.#head.querySelector<HTMLElement>(`[data-by="${focused}"]`)?.focus();
  }

  #headCell({ by, name, class: kind }: Column, sort: Sort): HTMLElement {
    const cell = make("th", { scope: "col", class: kind });
    if (by === null) {
      cell.append(name);
      return cell;
    }
    const isSorted = sort?.by === by;
    if (isSorted) cell.setAttribute("aria-sort", sort.descending ? "descending" : "ascending");
    const button = make("button", { type: "button", class: "sort", "data-by": by }, name);
    button.onclick = () => this.handlers.onSort(nextSort(by, sort));
    cell.append(button);
    return cell;
  }

  #matching(rows: readonly BreakdownRow[]): readonly BreakdownRow[] {
    const wanted = folded(this.#search.value).split(/\s+/).filter(Boolean);
    if (wanted.length === 0) return rows;
    return rows.filter(({ agentName = "", agentId }) => {
      const text = folded(`${agentName} ${agentId ?? ""}`);
      return wanted.every((word) => text.includes(word));
    });
  }

  #row(row: BreakdownRow, data: AgentTableData): HTMLElement {
    const { agentId = null, agentName = "" } = row;
    const key = agentId ?? "";
    const colour = data.colours.of(agentId);
    const open = () => this.handlers.onOpen(key);
    const link = moveLink("name", this.handlers.addressOf(key), open, untrusted(agentName));
    link.dataset.agent = key;
    if (data.opened === key) link.setAttribute("aria-current", "true");
    const name = make("th", { scope: "row", class: agentId === null ? "orphan" : "" }, swatch(colour), link);
    if (agentId !== null && agentId !== agentName) name.append(make("span", { class: "id" }, untrusted(agentId)));
    const pair = data.comparison?.agents.get(agentId);
    const course = row.series?.[data.measure].slice(0, data.begun) ?? [];
    return make(
      "tr",
      data.opened === key ? { class: "opened" } : {},
      name,
      this.#amount("messages", row, "messages"),
      this.#amount("calls", row, "calls"),
      this.#amount("totalSeconds", row, "time"),
      make("td", { class: "number average" }, averageOf(row)),
      shareCell(row[data.measure], data.totals[data.measure]),
      make("td", { class: "number" }, ...(pair === undefined ? [] : [changeOf(pair, data.measure)])),
      make("td", { class: "trend" }, sparkline(course, colour)),
    );
  }

  #amount(measure: Measure, tally: Tally, kind: string): HTMLElement {
    const text = this.#exact.checked ? exactAmount(measure, tally[measure]) : amount(measure, tally[measure]);
    return make("td", { class: `number ${kind}` }, text);
  }
}

/** Descending first, for most is what people look for; names ascending first. Then the other way, and then the report's order. */
function nextSort(by: NonNullable<Sort>["by"], sort: Sort): Sort {
  const first = by !== "agent";
  if (sort?.by !== by) return { by, descending: first };
  return sort.descending === first ? { by, descending: !first } : null;
}

/** The rows in the chosen order. Rows that are equal in it stay in the order of the report. */
function sorted(rows: readonly BreakdownRow[], { sort, comparison, measure }: AgentTableData): readonly BreakdownRow[] {
  if (sort === null) return rows;
  const sign = sort.descending ? -1 : 1;
  if (sort.by === "agent") {
    const { compare } = new Intl.Collator("en", { numeric: true });
    return [...rows].sort((a, b) => sign * compare(a.agentName ?? "", b.agentName ?? ""));
  }
  const value = keyOf(sort.by, comparison, measure);
  const keyed = rows.map((row) => ({ row, key: value(row) }));
  return keyed.sort((a, b) => (a.key === b.key ? 0 : sign * (a.key < b.key ? -1 : 1))).map(({ row }) => row);
}

function keyOf(by: Exclude<NonNullable<Sort>["by"], "agent">, comparison: Comparison | null, measure: Measure) {
  if (by === "average") return (row: BreakdownRow) => (row.calls === 0 ? -1 : row.totalSeconds / row.calls);
  if (by !== "change") return (row: BreakdownRow) => row[by];
  // By how much more there is, not by how many percent: from 1 to 3 is not the largest change.
  return ({ agentId = null }: BreakdownRow) => {
    const { current, previous } = comparison?.agents.get(agentId) ?? { current: NONE, previous: NONE };
    return current[measure] - previous[measure];
  };
}

const changeOf = ({ current, previous }: { current: Tally; previous: Tally }, measure: Measure) =>
  changeElement(current[measure], previous[measure]);

/** The average length of a call. */
function averageOf({ calls, totalSeconds }: Tally): string {
  return calls === 0 ? "" : amount("totalSeconds", Math.round(totalSeconds / calls));
}

/** The agents that had usage before and have none now. The report has no rows of them. */
function goneInWords({ comparison, rows }: AgentTableData): string {
  if (comparison === null) return "";
  const present = new Set(rows.map(({ agentId }) => agentId));
  const gone = [...comparison.agents.keys()].filter((agent) => agent !== null && !present.has(agent)).length;
  if (gone === 0) return "";
  return `${plural(gone, "agent")} had usage in the period before, and ${gone === 1 ? "has" : "have"} none in this one.`;
}

/** A text for searching: small letters, without accents. */
const folded = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
