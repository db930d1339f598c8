import { make } from "./dom.js";
import { searchZones } from "./zone-search.js";

/**
 * A text field with a list of options, as in the combobox pattern of the ARIA Authoring Practices. The focus stays in the field, and
 * `aria-activedescendant` names the option that the arrow keys have reached. Text that is not a zone is replaced by the last chosen
 * zone.
 */
export class ZoneBox {
  #zones: readonly string[] = [];
  #shown: string[] = [];
  #active = -1;
  #value = "";

  constructor(
    readonly input: HTMLInputElement,
    readonly list: HTMLElement,
    readonly onChoose: (zone: string) => void,
  ) {
    input.addEventListener("input", () => this.#open(input.value));
    input.addEventListener("click", () => this.#toggle());
    input.addEventListener("keydown", (event) => this.#onKey(event));
    input.addEventListener("blur", () => this.#leave());
    input.addEventListener("focus", () => input.select());
    // Keeps the focus in the field while the user clicks an option or scrolls the list.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = (event.target as Element).closest("[role=option]");
      if (option !== null) this.#choose(this.#shown[Number(option.getAttribute("data-index"))]);
    });
  }

  setZones(zones: readonly string[]): void {
    this.#zones = zones;
    this.input.disabled = false;
  }

  set value(zone: string) {
    this.#value = zone;
    this.input.value = zone;
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.isComposing) return;
    const moves: Record<string, () => number> = {
      ArrowDown: () => this.#active + 1,
      ArrowUp: () => (this.#active < 0 ? this.#shown.length - 1 : this.#active - 1),
      PageDown: () => Math.min(this.#active + 10, this.#shown.length - 1),
      PageUp: () => Math.max(this.#active - 10, 0),
    };
    const move = moves[event.key];
    if (move !== undefined) {
      if (this.list.hidden) this.#open("");
      else if (!event.altKey) this.#activate((move() + this.#shown.length) % this.#shown.length);
    } else if (event.key === "Enter" && !this.list.hidden) {
      // The best match is active at once, so that Enter chooses it without an arrow key.
      this.#choose(this.#shown[Math.max(this.#active, 0)]);
    } else if (event.key === "Escape" && !this.list.hidden) {
      this.value = this.#value;
      this.#close();
    } else {
      return;
    }
    event.preventDefault();
  }

  #toggle(): void {
    if (this.list.hidden) this.#open("");
    else this.#close();
  }

  #open(typed: string): void {
    this.#shown = searchZones(this.#zones, typed);
    this.list.replaceChildren(...this.#shown.map((zone, index) => this.#option(zone, index)));
    if (this.#shown.length === 0) this.list.append(make("div", { class: "none" }, "No such zone"));
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.#activate(typed === "" ? this.#shown.indexOf(this.#value) : Math.min(0, this.#shown.length - 1));
  }

  #option(zone: string, index: number): HTMLElement {
    const selected = String(zone === this.#value);
    return make(
      "div",
      { role: "option", id: `zone-${index}`, "data-index": String(index), "aria-selected": selected },
      zone.replaceAll("_", " "),
    );
  }

  #activate(index: number): void {
    this.list.children[this.#active]?.classList.remove("active");
    this.#active = Number.isNaN(index) ? -1 : index;
    const option = this.#active < 0 ? undefined : this.list.children[this.#active];
    if (option === undefined) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    option.classList.add("active");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  #choose(zone: string | undefined): void {
    if (zone === undefined) return;
    this.value = zone;
    this.#close();
    this.onChoose(zone);
  }

  /** Chooses a name that was typed in full, without Enter. Any other text is undone. */
  #leave(): void {
    const typed = this.input.value.trim().toLowerCase();
    const zone = this.#zones.find((name) => name.toLowerCase() === typed);
    this.#close();
    if (zone !== undefined && zone !== this.#value) this.#choose(zone);
    else this.value = this.#value;
  }

  #close(): void {
    this.list.hidden = true;
    this.#active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}
