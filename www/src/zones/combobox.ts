import { make } from "../dom.js";
import { plural } from "../format.js";
import { shownOffset, type Zone, Zones } from "./search.js";

/**
 * A text field with a list of options, as in the combobox pattern of the ARIA Authoring Practices. The focus stays in the field, and
 * `aria-activedescendant` names the option that the arrow keys have reached. Text that is not a zone is replaced by the last chosen
 * zone.
 */
export class ZoneBox {
  #zones = new Zones([]);
  #names: readonly string[] = [];
  #offsets: (() => Promise<readonly string[]>) | undefined;
  #shown: Zone[] = [];
  #active = -1;
  #value = "";
  /** Says how many zones were found, for screen readers. */
  readonly #found: HTMLElement;

  constructor(
    readonly input: HTMLInputElement,
    readonly list: HTMLElement,
    readonly onChoose: (zone: string) => void,
  ) {
    this.#found = make("span", { class: "unseen", role: "status" });
    list.after(this.#found);
    input.addEventListener("input", () => this.#open(input.value));
    input.addEventListener("click", () => this.#toggle());
    input.addEventListener("keydown", (event) => this.#onKey(event));
    input.addEventListener("blur", () => this.#leave());
    input.addEventListener("focus", () => {
      input.select();
      void this.#askOffsets();
    });
    // Keeps the focus in the field while the user clicks an option or scrolls the list.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = (event.target as Element).closest("[role=option]");
      if (option !== null) this.#choose(this.#shown[Number(option.getAttribute("data-index"))]?.name);
    });
  }

  /**
   * @param names every name that is accepted
   * @param offsets asks for the present offset of each, `+05:30`; called when the field first has the focus
   */
  setZones(names: readonly string[], offsets?: () => Promise<readonly string[]>): void {
    this.#zones = new Zones(names);
    this.#names = names;
    this.#offsets = offsets;
    this.input.disabled = false;
  }

  /** Without the offsets the zones can still be found by their names. */
  async #askOffsets(): Promise<void> {
    const ask = this.#offsets;
    this.#offsets = undefined;
    const offsets = await ask?.().catch(() => undefined);
    if (offsets === undefined) return;
    this.#zones = new Zones(this.#names, offsets);
    if (!this.list.hidden) this.#open(this.input.value === this.#value ? "" : this.input.value);
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
      this.#choose(this.#shown[Math.max(this.#active, 0)]?.name);
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
    this.#shown = this.#zones.search(typed);
    this.list.replaceChildren(...this.#shown.map((zone, index) => this.#option(zone, index)));
    if (this.#shown.length === 0)
      this.list.append(make("div", { role: "option", "aria-disabled": "true", class: "none" }, "No such zone"));
    this.#found.textContent = typed === "" ? "" : plural(this.#shown.length, "zone");
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    const chosen = this.#shown.findIndex(({ name }) => name === this.#value);
    this.#activate(typed === "" ? chosen : Math.min(0, this.#shown.length - 1));
  }

  #option({ name, city, country, offset, also }: Zone, index: number): HTMLElement {
    const more = country === "" ? name : `${country} · ${name}`;
    return make(
      "div",
      {
        role: "option",
        id: `zone-${index}`,
        "data-index": String(index),
        "aria-selected": String(name === this.#value),
      },
      make("span", { class: "city" }, also === undefined ? city : `${also} (${city})`),
      " ",
      make("span", { class: "offset" }, offset === "" ? "" : `${shownOffset(offset)} now`),
      " ",
      make("span", { class: "country" }, more),
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
    const zone = this.#zones.find(this.input.value);
    this.#close();
    if (zone !== undefined && zone !== this.#value) this.#choose(zone);
    else this.value = this.#value;
  }

  #close(): void {
    this.list.hidden = true;
    this.#found.textContent = "";
    this.#active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}
