import { make } from "../dom.js";

/** A row of buttons of which one is chosen. */
export class Segments<T extends string> {
  readonly element: HTMLElement;
  readonly #inputs = new Map<T, HTMLInputElement>();

  /**
   * @param label what is chosen, for screen readers
   * @param name the name of the group in the document
   */
  constructor(
    label: string,
    name: string,
    choices: readonly (readonly [T, string])[],
    onChoose: (choice: T) => void,
    kind = "",
  ) {
    const labels = choices.map(([value, text]) => {
      const input = make("input", { type: "radio", name, value });
      input.onchange = () => onChoose(value);
      this.#inputs.set(value, input);
      return make("label", {}, input, make("span", {}, text));
    });
    this.element = make("div", { class: `segments ${kind}`, role: "radiogroup", "aria-label": label }, ...labels);
  }

  show(chosen: T | null): void {
    for (const [value, input] of this.#inputs) input.checked = value === chosen;
  }

  /** Hides the choices that are not among these. */
  offer(choices: readonly T[]): void {
    for (const [value, input] of this.#inputs) {
      const label = input.closest("label");
      if (label !== null) label.hidden = !choices.includes(value);
    }
    this.element.hidden = choices.length < 2;
  }
}
