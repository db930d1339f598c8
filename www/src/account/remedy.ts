import { make } from "../dom.js";
import type { Reading } from "../usage/usage.js";
import type { Remedy } from "./words.js";

const REMEDIES: Record<Remedy, [text: string, change: Partial<Reading>]> = {
  "read as UTC": ["Read them as UTC", { naiveTimestamps: "utc" }],
  "leave out invalid records": ["Leave invalid records out", { onInvalid: "skip" }],
};

/** A button that reads the records in another way. */
export function remedyButton(remedy: Remedy, onReading: (change: Partial<Reading>) => void): HTMLElement {
  const [text, change] = REMEDIES[remedy];
  const button = make("button", { type: "button", class: "button" }, text);
  button.onclick = () => onReading(change);
  return button;
}
