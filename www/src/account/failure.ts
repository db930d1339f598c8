/** Shows a failure and its place. It replaces the report, because an incomplete report looks like a complete one. */
import { make, untrusted } from "../dom.js";
import { count } from "../format.js";
import type { Failure, Reading } from "../usage/usage.js";
import { problemList } from "./problems.js";
import { remedyButton } from "./remedy.js";
import { wordsOf } from "./words.js";

export function renderFailure(
  parent: HTMLElement,
  failure: Failure,
  onReading: ((change: Partial<Reading>) => void) | null = null,
): void {
  const { title, text, todo, remedy, details } = wordsOf(failure);
  const places: [string, Node | string][] = [];
  if (failure.line !== undefined) places.push(["Line", count(failure.line)]);
  if (failure.byteOffset !== undefined) places.push(["Byte", count(failure.byteOffset)]);
  if (failure.path) places.push(["Where", make("code", {}, untrusted(failure.path))]);
  parent.replaceChildren(
    make("h3", {}, untrusted(title, 160)),
    make("p", {}, untrusted(text, 1000)),
    ...(todo === "" ? [] : [make("p", {}, todo)]),
    ...(places.length === 0
      ? []
      : [
          make(
            "dl",
            {},
            ...places.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))),
          ),
        ]),
    ...(remedy === undefined || onReading === null
      ? []
      : [make("div", { class: "actions" }, remedyButton(remedy, onReading))]),
    make(
      "details",
      {},
      make("summary", {}, "Details"),
      make("p", {}, make("code", {}, failure.code), " ", untrusted(details ?? failure.message, 1000)),
    ),
  );
  // A single problem is already in the text.
  if (failure.problems !== undefined && failure.problems.length > 1)
    parent.append(problemList(failure.problems.map((problem) => ({ problem, source: "" }))));
  parent.hidden = false;
}
