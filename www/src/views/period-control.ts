/** The one control of the window: what it is, its kind, and moving to another one. */
import type { Period, Weekday } from "usage-by-agent";
import { isLocalDate, movedDate } from "../../../pkg/src/local-dates.js";
import { byId } from "../dom.js";
import { Segments } from "../parts/segments.js";
import type { Answers } from "../state/answers.js";
import type { View } from "../state/view.js";
import { namesOf } from "./window-words.js";

export interface PeriodHandlers {
  onPeriod(period: Period): void;
  /** `to` is the day after the last one. */
  onDays(from: string, to: string): void;
  onMove(by: -1 | 1): void;
  onNewest(): void;
  onWeekStart(day: Weekday): void;
}

type Kind = Period | "days";

const KINDS: [Kind, string][] = [
  ["week", "Week"],
  ["month", "Month"],
  ["year", "Year"],
  ["days", "Dates"],
];

export class PeriodControl {
  readonly #title = byId("period-title", HTMLElement);
  readonly #previous = byId("previous", HTMLButtonElement);
  readonly #next = byId("next", HTMLButtonElement);
  readonly #newest = byId("newest", HTMLButtonElement);
  readonly #weekStart = byId("weekStart", HTMLSelectElement);
  readonly #weekStartField = byId("week-start-field", HTMLElement);
  readonly #days = byId("days-field", HTMLElement);
  readonly #first = byId("first-day", HTMLInputElement);
  readonly #last = byId("last-day", HTMLInputElement);
  readonly #kinds: Segments<Kind>;
  #shown: { from: string; last: string } | null = null;

  constructor(readonly handlers: PeriodHandlers) {
    this.#kinds = new Segments("Length of the period", "period", KINDS, (kind) => this.#choose(kind));
    byId("period-kinds", HTMLElement).append(this.#kinds.element);
    this.#previous.onclick = () => handlers.onMove(-1);
    this.#next.onclick = () => handlers.onMove(1);
    this.#newest.onclick = () => handlers.onNewest();
    this.#weekStart.onchange = () => handlers.onWeekStart(this.#weekStart.value as Weekday);
    for (const input of [this.#first, this.#last]) input.onchange = () => this.#readDays();
  }

  /** Shows the chosen view, also before anything is known of it. */
  showChoice({ shown, weekStart }: View): void {
    const kind = shown.kind === "days" ? "days" : shown.period;
    this.#kinds.show(kind);
    this.#days.hidden = kind !== "days";
    this.#weekStartField.hidden = kind !== "week";
    this.#weekStart.value = weekStart;
    const noun = kind === "days" ? "days" : kind;
    this.#previous.setAttribute("aria-label", `Previous ${noun}`);
    this.#next.setAttribute("aria-label", `Next ${noun}`);
    this.#newest.setAttribute("aria-label", `Newest ${kind === "days" ? "month" : kind} that has usage`);
    if (shown.kind === "days") this.#fillDays(shown.from, movedDate(shown.to, -1));
  }

  /** Shows the window that was found. */
  showWindow({ shown, facts: { firstDate, lastDate } }: Pick<Answers, "shown" | "facts">): void {
    this.#title.textContent = namesOf(shown, firstDate, lastDate).title;
    this.#shown = { from: firstDate, last: lastDate };
    if (shown.kind === "period") this.#fillDays(firstDate, lastDate);
  }

  /** Says that the window can't be shown. */
  showNone(): void {
    this.#title.textContent = "No such period";
  }

  #choose(kind: Kind): void {
    if (kind !== "days") this.handlers.onPeriod(kind);
    else if (this.#shown !== null) this.handlers.onDays(this.#shown.from, movedDate(this.#shown.last, 1));
  }

  #fillDays(first: string, last: string): void {
    // Set only if it differs, because setting it interrupts the typing of a day or month of two digits.
    if (this.#first.value !== first) this.#first.value = first;
    if (this.#last.value !== last) this.#last.value = last;
  }

  /** Takes the two dates when both are right. While a year is typed digit by digit, it is 0002, 0020 and 0202 before it is 2025. */
  #readDays(): void {
    const [first, last] = [this.#first.value, this.#last.value];
    this.#last.setCustomValidity("");
    if (![this.#first, this.#last].every(({ value, validity }) => validity.valid && isLocalDate(value))) return;
    if (first > last) {
      this.#last.setCustomValidity("The last day is before the first one.");
      this.#last.reportValidity();
      return;
    }
    this.handlers.onDays(first, movedDate(last, 1));
  }
}
