/** The options of reading records. A change counts the sources again. */
import { make } from "../dom.js";
import type { Reading } from "../usage/usage.js";

type Choices<K extends keyof Reading> = [value: Reading[K], text: string][];

const INVALID: Choices<"onInvalid"> = [
  ["skip", "are left out, and listed"],
  ["throw", "make their file unusable"],
];
const NAIVE: Choices<"naiveTimestamps"> = [
  ["reject", "are invalid"],
  ["utc", "are read as UTC"],
];

/** Makes the form. `show` shows options that were chosen elsewhere, such as in the address. */
export function readingForm(onChange: (change: Partial<Reading>) => void): {
  element: HTMLElement;
  show(reading: Reading): void;
} {
  const onInvalid = select("onInvalid", INVALID, (value) => onChange({ onInvalid: value }));
  const naiveTimestamps = select("naiveTimestamps", NAIVE, (value) => onChange({ naiveTimestamps: value }));
  const dedupe = make("input", { type: "checkbox", id: "dedupe" });
  dedupe.onchange = () => onChange({ dedupe: dedupe.checked });
  const element = make(
    "details",
    { class: "reading" },
    make("summary", {}, "How records are read"),
    make(
      "fieldset",
      { "aria-label": "How records are read" },
      field("Invalid records", onInvalid),
      field("Times without an offset", naiveTimestamps),
      make("label", { class: "check" }, dedupe, make("span", {}, "Count the same id once")),
    ),
  );
  return {
    element,
    show(reading) {
      onInvalid.value = reading.onInvalid;
      naiveTimestamps.value = reading.naiveTimestamps;
      dedupe.checked = reading.dedupe;
    },
  };
}

function field(text: string, control: HTMLElement): HTMLElement {
  return make("div", { class: "field" }, make("label", { for: control.id }, text), control);
}

function select<K extends keyof Reading>(
  id: K,
  choices: Choices<K>,
  onChange: (value: Reading[K]) => void,
): HTMLSelectElement {
  const options = choices.map(([value, text]) => make("option", { value: String(value) }, text));
  const element = make("select", { id }, ...options);
  element.onchange = () => onChange(element.value as Reading[K]);
  return element;
}
