import type { Period } from "usage-by-agent";
import type { View } from "./address.js";
import { ZoneBox } from "./combobox.js";
import { byId } from "./dom.js";

const SELECTS = ["weekStart", "boundsAs", "onInvalid", "naiveTimestamps"] as const;
const CHECKS = ["dedupe", "includeIdle"] as const;

/** The form: shows a view, and tells what a reader changed in it. */
export class Controls {
  readonly #zone: ZoneBox;
  readonly #date = byId("date", HTMLInputElement);
  readonly #periods = [...document.querySelectorAll<HTMLInputElement>("input[name=period]")];
  #offset = 0;

  constructor(onChange: (change: Partial<View>) => void) {
    // Enter in a field must not reload the page.
    byId("controls", HTMLFormElement).addEventListener("submit", (event) => event.preventDefault());

    // Open where there is room beside the report, closed where they would push it down.
    byId("options", HTMLDetailsElement).open = matchMedia("(min-width: 60rem)").matches;

    this.#zone = new ZoneBox(byId("zone", HTMLInputElement), byId("zone-list", HTMLElement), (tz) => onChange({ tz }));

    // Another length of period starts over at the one that holds the day: three months back is not three years back.
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
      // Years are typed a digit at a time: 0002, 0020, 0202 on the way to 2025.
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
    // Only when it differs: setting it would end the typing of a day or a month of two digits.
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
