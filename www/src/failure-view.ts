import { problemList } from "./diagnostics-view.js";
import { make, untrusted } from "./dom.js";
import { count } from "./format.js";
import type { Failure } from "./protocol.js";

const TITLES: Record<Failure["where"], string> = {
  period: "This period can’t be shown",
  agents: "The file of agents can’t be read",
  records: "The count stopped",
};

/** Shows an error and its place. It replaces the report, because an incomplete report looks like a complete one. */
export function renderFailure(parent: HTMLElement, failure: Failure): void {
  const places: [string, Node | string][] = [["Code", make("code", {}, failure.code)]];
  if (failure.line !== undefined) places.push(["Line", count(failure.line)]);
  if (failure.byteOffset !== undefined) places.push(["Byte", count(failure.byteOffset)]);
  if (failure.path !== undefined && failure.path !== "")
    places.push(["Path", make("code", {}, untrusted(failure.path))]);
  parent.replaceChildren(
    make("h3", {}, TITLES[failure.where]),
    make("p", {}, untrusted(failure.message, 1000)),
    make("dl", {}, ...places.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value)))),
  );
  // A single problem is already in the error's message.
  if (failure.problems !== undefined && failure.problems.length > 1) parent.append(problemList(failure.problems));
  parent.hidden = false;
}
