/** One line about the window: its bounds, and over which time the records run. */
import { make } from "../dom.js";
import type { Answers } from "../state/answers.js";
import { boundsLine } from "./bounds-line.js";
import { datesInWords } from "./step-words.js";

export class WindowLine {
  readonly #records = make("p", { class: "hint" });
  #bounds: HTMLDetailsElement | null = null;

  constructor(readonly parent: HTMLElement) {
    parent.append(this.#records);
  }

  show({ facts, records, nowMs }: Answers): void {
    const line = boundsLine(facts);
    // Bounds that are open stay open from one period to the next.
    line.open = this.#bounds?.open ?? false;
    this.#bounds?.remove();
    this.#bounds = line;
    this.parent.prepend(line);
    this.#records.textContent =
      records === null ? "" : recordsInWords(records, facts.firstDate, facts.lastDate, facts, nowMs);
  }

  clear(): void {
    this.#bounds?.remove();
    this.#bounds = null;
    this.#records.textContent = "";
  }
}

function recordsInWords(
  { first, last }: { first: string; last: string },
  firstDate: string,
  lastDate: string,
  { endMs }: { endMs: number },
  nowMs: number,
): string {
  const dates = datesInWords(first, last);
  // A window whose end the records do not reach may seem to have less usage than it had.
  const endsEarly = last >= firstDate && last < lastDate && endMs <= nowMs;
  return `There is usage from ${dates}${endsEarly ? ", so this period may not be whole" : ""}.`;
}
