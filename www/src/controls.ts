import type { Period } from "usage-by-agent";
import type { View } from "./address.js";
import { byId } from "./dom.js";
import { ZoneBox } from "./zones/combobox.js";

const SELECTS = ["weekStart", "boundsAs", "onInvalid", "naiveTimestamps"] as const;
const CHECKS = ["dedupe", "includeIdle"] as const;

/** The form. It shows a view, and reports the user's changes. */
export class Controls {
  readonly #zone: ZoneBox;
  readonly #date = byId("date", HTMLInputElement);
  readonly #periods = [...document.querySelectorAll<HTMLInputElement>("input[name=period]")];
  #offset = 0;

  constructor(onChange: (change: Partial<View>) => void) {
    // Enter in a field must not reload the page.
    byId("controls", HTMLFormElement).addEventListener("submit", (event) => event.preventDefault());

    // The options are open if they stand beside the report, and closed if they would push it down.
    byId("options", HTMLDetailsElement).open = matchMedia("(min-width: 60rem)").matches;

    this.#zone = new ZoneBox(byId("zone", HTMLInputElement), byId("zone-list", HTMLElement), (tz) => onChange({ tz }));

    // Another kind of period resets the offset: three months back does not mean three years back.
    for (const radio of this.#periods)
      radio.addEventListener("change", () => onChange({ period: radio.value as Period, offset: 0 }));
    for (const id of SELECTS) {
      const select = byId(id, HTMLSelectElement);
      select.addEventListener("change", () => onChange({ [id]: select.value }));
    }
    for (const id of CHECKS) {
      const box = byId(id, HTMLInputElement);
      box.addEventListener("change", () => onChange({ [id]: box.checked }));
    }

    this.#date.addEventListener("change", () => {
      // While a year is typed digit by digit, the value is 0002, 0020 and 0202 before it is 2025.
      if (this.#date.validity.valid) onChange({ date: this.#date.value === "" ? null : this.#date.value, offset: 0 });
    });
    byId("today", HTMLButtonElement).addEventListener("click", () => onChange({ date: null, offset: 0 }));

    const step = (id: string, offset: () => number) =>
      byId(id, HTMLButtonElement).addEventListener("click", () => onChange({ offset: offset() }));
    step("previous", () => this.#offset - 1);
    step("current", () => 0);
    step("next", () => this.#offset + 1);
  }

  setZones(zones: readonly string[]): void {
    this.#zone.setZones(zones);
  }

  show(view: View): void {
    this.#offset = view.offset;
    this.#zone.value = view.tz;
    // Set only if it differs, because setting it interrupts the typing of a day or month of two digits.
    if (this.#date.value !== (view.date ?? "")) this.#date.value = view.date ?? "";
    for (const radio of this.#periods) radio.checked = radio.value === view.period;
    for (const id of SELECTS) byId(id, HTMLSelectElement).value = view[id];
    for (const id of CHECKS) byId(id, HTMLInputElement).checked = view[id];
    byId("week-start-field", HTMLElement).hidden = view.period !== "week";
    byId("current", HTMLButtonElement).setAttribute("aria-label", `Current ${view.period}: the one that holds the day`);
    byId("previous", HTMLButtonElement).setAttribute("aria-label", `Previous ${view.period}`);
    byId("next", HTMLButtonElement).setAttribute("aria-label", `Next ${view.period}`);
  }
}
