/** One agent's own part of the page: its course, its channels, its phone numbers and its hours of the week. */
import type { BreakdownRow, BreakdownStep, Step, Weekday } from "usage-by-agent";
import { make, untrusted } from "../dom.js";
import { spokenTime } from "../format.js";
import { channelTable, numberTable } from "./channels.js";
import { Chart } from "./chart/chart.js";
import { layerOf } from "./chart/layers.js";
import type { Colours } from "./colours.js";
import { heatMap } from "./heat-map.js";
import { type Measure, NAMES } from "./measures.js";
import { usedInWords } from "./sentence.js";

export interface AgentData {
  /** The agent's row, with its series. */
  row: BreakdownRow;
  steps: readonly BreakdownStep[];
  step: Step;
  measure: Measure;
  colours: Colours;
  nowMs: number;
  weekStart: Weekday;
  /** The agent's usage by channel and direction, by phone number, and by weekday and hour. */
  channels: readonly BreakdownRow[];
  numbers: readonly BreakdownRow[];
  hours: readonly BreakdownRow[];
}

export class AgentPart {
  readonly #heading = make("h3", { id: "agent-title", tabindex: "-1" });
  readonly #close = make("button", { type: "button", class: "button small quiet" }, "Close");
  readonly #content = make("div", { class: "agent-content" });
  readonly #chart = new Chart();
  readonly element = make(
    "section",
    { class: "agent-part", "aria-labelledby": "agent-title", hidden: "" },
    make("div", { class: "part-head" }, this.#heading, this.#close),
    this.#content,
  );

  constructor(onClose: () => void) {
    this.#close.onclick = onClose;
  }

  /** Moves the reader to this part. */
  focus(): void {
    this.#heading.focus({ preventScroll: true });
    this.element.scrollIntoView({ block: "nearest" });
  }

  hide(): void {
    this.element.hidden = true;
  }

  /** Says that the agent has no usage in the window. */
  showNone(agent: string): void {
    this.#heading.replaceChildren(agent === "" ? "Unassigned" : untrusted(agent));
    this.#content.replaceChildren(make("p", {}, "No usage in this period."));
    this.element.hidden = false;
  }

  show({ row, steps, step, measure, colours, nowMs, weekStart, channels, numbers, hours }: AgentData): void {
    const name = row.agentName ?? "";
    const isUnassigned = row.agentId === null;
    this.#heading.replaceChildren(untrusted(name));
    const what = NAMES[measure];
    const title = `${what} of ${name.slice(0, 40)} by ${step}`;
    const part = (heading: string, content: HTMLElement) => make("div", {}, make("h4", {}, heading), content);
    this.#content.replaceChildren(
      make("p", {}, `${usedInWords(row)}${averageInWords(row)}.`),
      ...(isUnassigned ? [make("p", { class: "hint" }, UNASSIGNED)] : []),
      part(`${what} by ${step}`, this.#chart.element),
      part(
        "When in the week",
        heatMap({ title: `${what} of ${name.slice(0, 40)} by weekday and hour`, rows: hours, measure, weekStart }),
      ),
      part("Channels and directions", channelTable(`Channels of ${name.slice(0, 40)}`, channels, measure)),
      part("Phone numbers", numberTable(`Phone numbers of ${name.slice(0, 40)}`, numbers, measure)),
    );
    this.element.hidden = false;
    // At last: a chart is drawn where it has a width.
    this.#chart.show({ title, layers: [layerOf(row, measure, colours)], steps, step, measure, nowMs });
  }
}

export const UNASSIGNED =
  "Unassigned is usage whose records name no agent: of a phone number that has no agent, or of an agent that was deleted. It counts in " +
  "all sums.";

function averageInWords({ calls, totalSeconds }: BreakdownRow): string {
  return calls < 2 ? "" : `, ${spokenTime(Math.round(totalSeconds / calls))} on average`;
}
