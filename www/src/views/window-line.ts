/** One line about the window: its bounds, and over which time the records run. */
import { make } from "../dom.js";
import type { Answers } from "../state/answers.js";
import type { WindowFacts } from "../usage/usage.js";
import { boundsLine } from "./bounds-line.js";
import { dateInWords } from "./step-words.js";

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
    this.#records.textContent = records === null ? "" : recordsInWords(records, facts, nowMs);
  }

  clear(): void {
    this.#bounds?.remove();
    this.#bounds = null;
    this.forgetRecords();
  }

  /** The records that it speaks of are gone. */
  forgetRecords(): void {
    this.#records.textContent = "";
  }
}

/** `There is usage from 1 January to 30 June 2025.` */
function recordsInWords(
  { first, last }: { first: string; last: string },
  { firstDate, lastDate, endMs }: WindowFacts,
  nowMs: number,
) {
  // A window whose end the records do not reach may seem to have less usage than it had.
  const endsEarly = last >= firstDate && last < lastDate && endMs <= nowMs;
  const from = dateInWords(first, { day: "numeric", month: "long", year: "numeric" });
  const to = dateInWords(last, { day: "numeric", month: "long", year: "numeric" });
  const span = first === last ? `There is usage on ${from}` : `There is usage from ${from} to ${to}`;
  return `${span}${endsEarly ? ", so this period may not be whole" : ""}.`;
}
