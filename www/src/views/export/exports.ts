import type { BoundsFormat, Breakdown, Step } from "usage-by-agent";
import { make } from "../../dom.js";
import { sentence } from "../../format.js";
import type { Fixed } from "../../state/windows.js";
import { failureOf, isReplaced, type WindowFacts } from "../../usage/usage.js";
import { csvByAgent, csvBySteps, download, fileName, jsonOf } from "./files.js";

export interface ExportData {
  agents: Breakdown;
  facts: WindowFacts;
  step: Step;
  shown: Fixed;
  boundsAs: BoundsFormat;
}

export interface ExportHandlers {
  /** Gives the body of `GET /v1/usage/by-agent`, or that of the breakdown if the window is not a period. */
  report(shown: Fixed): Promise<object>;
  onBounds(boundsAs: BoundsFormat): void;
}

/** The buttons that take the shown report elsewhere. */
export class Exports {
  readonly #said = make("span", { class: "hint", role: "status" });
  readonly #bySteps = make("button", { type: "button", class: "button small" });
  readonly element = make("div", { class: "actions exports" });
  #data: ExportData | null = null;

  readonly #bounds = make(
    "select",
    { id: "boundsAs", "aria-label": "Bounds in the JSON" },
    make("option", { value: "instant" }, "Bounds as UTC instants"),
    make("option", { value: "wall-clock" }, "Bounds as local time with a Z"),
  );

  constructor(readonly handlers: ExportHandlers) {
    const button = (text: string, onClick: () => void, id: string) => {
      const element = make("button", { type: "button", class: "button small", id }, text);
      element.onclick = onClick;
      return element;
    };
    this.#bounds.onchange = () => handlers.onBounds(this.#bounds.value as BoundsFormat);
    this.#bySteps.onclick = () => this.#save(csvBySteps, true);
    this.element.append(
      button("Download CSV", () => this.#save(csvByAgent, false), "download-csv"),
      this.#bySteps,
      button("Copy JSON", () => void this.#copy(), "copy-json"),
      button("Download JSON", () => void this.#saveJson(), "download-json"),
      this.#bounds,
      button("Print", () => print(), "print"),
      this.#said,
    );
  }

  show(data: ExportData): void {
    this.#data = data;
    this.#said.textContent = "";
    this.#bounds.value = data.boundsAs;
    this.#bounds.hidden = data.facts.written === null;
    this.#bySteps.textContent = `Download CSV by ${data.step}`;
    this.#bySteps.hidden = data.agents.steps === undefined;
  }

  #save(make: (breakdown: Breakdown) => string, isBySteps: boolean): void {
    if (this.#data === null) return;
    const { agents, step } = this.#data;
    download(this.#name(`${isBySteps ? `by-${step}` : "by-agent"}.csv`), make(agents), "text/csv;charset=utf-8");
  }

  async #copy(): Promise<void> {
    const text = await this.#json();
    if (text === null) return;
    try {
      await navigator.clipboard.writeText(text);
      this.#said.textContent = "Copied.";
    } catch {
      this.#said.textContent = "The browser did not allow it.";
    }
  }

  async #saveJson(): Promise<void> {
    const text = await this.#json();
    if (text !== null) download(this.#name("by-agent.json"), text, "application/json");
  }

  /** The report as JSON. `null` if it can't be had, which is said. */
  async #json(): Promise<string | null> {
    if (this.#data === null) return null;
    try {
      return jsonOf(await this.handlers.report(this.#data.shown));
    } catch (error) {
      if (!isReplaced(error)) this.#said.textContent = sentence(failureOf(error).message);
      return null;
    }
  }

  #name(what: string): string {
    const { firstDate = "", lastDate = "", tz = "" } = this.#data?.facts ?? {};
    return fileName(firstDate, lastDate, tz, what);
  }
}
