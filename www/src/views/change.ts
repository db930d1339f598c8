import { changeInPercent } from "../../../pkg/src/command/formats/change.js"; // one rule for the command and the page
import { make } from "../dom.js";

/** A change in words: `+8 %`, `−12.5 %`, `new`, `gone`, `no change`. Of two zeros there is nothing to say. */
function changeInWords(current: number, previous: number): string {
  if (current === 0 && previous === 0) return "";
  if (current === 0) return "gone";
  if (current === previous) return "no change";
  return changeInPercent(current, previous).replace("-", "−").replace(" ", "\u00a0");
}

/** For a sentence: `8 % more`, `12.5 % fewer`; `null` where a percentage would say nothing. */
export function moreOrFewer(current: number, previous: number): string | null {
  if (previous === 0 || current === previous) return null;
  const size = changeInPercent(current, previous).replace(/^[+-]/, "").replace(" ", "\u00a0");
  return `${size} ${current > previous ? "more" : "fewer"}`;
}

/** A change as an element. An arrow says its direction, without judging whether more is better. */
export function changeElement(current: number, previous: number): HTMLElement {
  const text = changeInWords(current, previous);
  const direction = current > previous ? "up" : current < previous ? "down" : "same";
  return make("span", { class: `change ${direction}` }, text);
}
