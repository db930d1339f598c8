/** The report: from the sentence to the exports. It shows answers, and knows neither the worker nor the address. */
import type { Step } from "usage-by-agent";
import { make, untrusted } from "../dom.js";
import { moveLink } from "../parts/move-link.js";
import { Segments } from "../parts/segments.js";
import type { Answers } from "../state/answers.js";
import type { View } from "../state/view.js";
import { type Fixed, stepsOf } from "../state/windows.js";
import { AgentPart, UNASSIGNED } from "./agent-part.js";
import { AgentTable } from "./agent-table.js";
import { channelTable } from "./channels.js";
import { Chart, swatch } from "./chart/chart.js";
import { type Layer, layersOf } from "./chart/layers.js";
import { Colours } from "./colours.js";
import { isUsed } from "./comparison.js";
import { Exports } from "./export/exports.js";
import { figuresOf } from "./figures.js";
import { heatMap } from "./heat-map.js";
import { firstUsed, MEASURES, type Measure, NAMES } from "./measures.js";
import { comparedInWords, sentenceOf } from "./sentence.js";
import { namesOf } from "./window-words.js";

export interface DashboardHandlers {
  addressOf(agent: string): string;
  onAgent(agent: string | null): void;
  /** The reader wants the window to be shown in another way. */
  onChange(part: Partial<Pick<View, "measure" | "step" | "sort" | "includeIdle" | "boundsAs">>): void;
  /** The report of a window, as it is copied. */
  report(shown: Fixed): Promise<object>;
}

const STEPS: [Step, string][] = [
  ["hour", "Hours"],
  ["day", "Days"],
  ["week", "Weeks"],
  ["month", "Months"],
];

export class Dashboard {
  readonly #colours = new Colours();
  readonly #head = make("div", { class: "head" });
  readonly #chart = new Chart();
  readonly #legend = make("ul", { class: "legend", "aria-label": "Agents of the chart" });
  readonly #measures: Segments<Measure>;
  readonly #steps: Segments<Step>;
  readonly #chartTitle = make("h3", { id: "chart-title" });
  readonly #agent: AgentPart;
  #opened: string | null = null;
  readonly #table: AgentTable;
  readonly #when = make("div");
  readonly #channels = make("div");
  readonly #unassigned = make("p", { class: "hint" }, UNASSIGNED);
  readonly #exports: Exports;
  readonly #used: HTMLElement;
  readonly element: HTMLElement;

  constructor(readonly handlers: DashboardHandlers) {
    const measures = MEASURES.map((measure) => [measure, NAMES[measure]] as const);
    this.#measures = new Segments(
      "What is shown",
      "measure",
      measures,
      (measure) => handlers.onChange({ measure }),
      "small",
    );
    this.#steps = new Segments("Step of the chart", "step", STEPS, (step) => handlers.onChange({ step }), "small");
    this.#agent = new AgentPart(() => handlers.onAgent(null));
    this.#table = new AgentTable({
      addressOf: (agent) => handlers.addressOf(agent),
      onOpen: (agent) => handlers.onAgent(agent),
      onSort: (sort) => handlers.onChange({ sort }),
      onIdle: (includeIdle) => handlers.onChange({ includeIdle }),
    });
    this.#exports = new Exports({
      report: (shown) => handlers.report(shown),
      onBounds: (boundsAs) => handlers.onChange({ boundsAs }),
    });
    this.#used = make(
      "div",
      { class: "used" },
      make(
        "section",
        { "aria-labelledby": "chart-title" },
        make(
          "div",
          { class: "part-head" },
          this.#chartTitle,
          make("div", { class: "choices" }, this.#measures.element, this.#steps.element),
        ),
        this.#chart.element,
        this.#legend,
      ),
      this.#agent.element,
      section("By agent", "agents-title", this.#table.element, this.#unassigned),
      make(
        "div",
        { class: "pair" },
        section("When in the week", "when-title", this.#when),
        section("Through which channel", "channels-title", this.#channels),
      ),
    );
    this.element = make("div", { class: "dashboard" }, this.#head, this.#used, this.#exports.element);
  }

  /** Other records have come. */
  forgetColours(): void {
    this.#colours.forget();
  }

  /** Shows the answers. `isOpened` is whether the reader has just opened an agent, which then comes into sight. */
  show(answers: Answers, view: View, isOpened: boolean): void {
    const { agents, course, comparison, facts, factsBefore, shown, step, nowMs, hours, channels } = answers;
    const measure = view.measure ?? firstUsed(agents.totals);
    const names = namesOf(shown, facts.firstDate, facts.lastDate);
    const before = factsBefore ?? facts;
    const previousNames = namesOf(shown, before.firstDate, before.lastDate);
    const hasUsage = isUsed(agents.totals);
    this.#head.replaceChildren(
      sentenceOf({ names, previousNames, breakdown: agents, comparison, measure, nowMs }),
      ...(hasUsage ? [figuresOf(agents, course, comparison, nowMs)] : []),
      make(
        "p",
        { class: "hint compared" },
        comparison === null ? answers.whyNot : comparedInWords(comparison, previousNames),
      ),
    );
    this.#used.hidden = !hasUsage && agents.rows.length === 0;
    this.#exports.show({ agents, facts, step, shown, boundsAs: view.boundsAs });
    if (this.#used.hidden) return;

    const layers = layersOf(agents, course, measure, this.#colours);
    this.#measures.show(measure);
    this.#steps.offer(stepsOf(facts));
    this.#steps.show(step);
    const title = `${NAMES[measure]} by ${step}`;
    this.#chartTitle.textContent = title;
    this.#chart.show({ title, layers, steps: course.steps ?? [], step, measure, nowMs });
    this.#legend.replaceChildren(...(layers.length > 1 ? layers.map((layer) => this.#key(layer)) : []));

    const begun = (course.steps ?? []).filter(({ startMs }) => startMs <= nowMs).length;
    this.#table.show({
      rows: agents.rows,
      totals: agents.totals,
      begun,
      comparison,
      measure,
      sort: view.sort,
      colours: this.#colours,
      opened: view.agent,
      includeIdle: view.includeIdle,
    });
    this.#unassigned.hidden = !agents.rows.some(({ agentId }) => agentId === null);
    const { weekStart } = view;
    const what = NAMES[measure];
    this.#when.replaceChildren(heatMap({ title: `${what} by weekday and hour`, rows: hours.rows, measure, weekStart }));
    this.#channels.replaceChildren(channelTable("Usage by channel and direction", channels.rows, measure));
    this.#showAgent(answers, view, measure, isOpened);
  }

  #showAgent({ agent, agents, course, step, nowMs }: Answers, view: View, measure: Measure, isOpened: boolean): void {
    const wanted = view.agent === "" ? null : view.agent;
    const row = agent === null ? undefined : agents.rows.find(({ agentId }) => agentId === wanted);
    if (agent === null || view.agent === null) {
      const hadFocus = this.#agent.element.contains(document.activeElement);
      this.#agent.hide();
      if (hadFocus && this.#opened !== null) this.#table.focusAgent(this.#opened);
      this.#opened = null;
      return;
    }
    this.#opened = view.agent;
    if (row === undefined) this.#agent.showNone(view.agent);
    else {
      this.#agent.show({
        row,
        steps: course.steps ?? [],
        step,
        measure,
        colours: this.#colours,
        nowMs,
        weekStart: view.weekStart,
        channels: agent.channels.rows,
        numbers: agent.numbers.rows,
        hours: agent.hours.rows,
      });
    }
    if (isOpened) this.#agent.focus();
  }

  /** A key of the legend, which opens its agent. */
  #key({ agentId, name, colour }: Layer): HTMLElement {
    if (agentId === undefined) return make("li", {}, swatch(colour), name);
    const agent = agentId ?? "";
    const open = () => this.handlers.onAgent(agent);
    const link = moveLink("", this.handlers.addressOf(agent), open, untrusted(name, 40));
    return make("li", {}, swatch(colour), link);
  }
}

function section(heading: string, id: string, ...content: Node[]): HTMLElement {
  return make("section", { "aria-labelledby": id }, make("h3", { id }, heading), ...content);
}
