import { problemList } from "./diagnostics-view.js";
import { make, untrusted } from "./dom.js";
import { count, sentence } from "./format.js";
import type { Failure } from "./usage/usage.js";

const TITLES: Record<Failure["where"], string> = {
  period: "This period can’t be shown",
  agents: "The file of agents can’t be read",
  records: "The count stopped",
  server: "The report can’t be fetched",
};

/** What a file should contain. It is shown if nothing of the file is understood. */
const WANTED =
  "This page counts what the API of AgentPhone gives: lists of calls, lists of messages, conversations with their messages, and " +
  "webhooks, as JSON. A list of agents goes into the field “Agents’ names”.";

/** Shows an error and its place. It replaces the report, because an incomplete report looks like a complete one. */
export function renderFailure(parent: HTMLElement, failure: Failure): void {
  const places: [string, Node | string][] = [["Code", make("code", {}, failure.code)]];
  if (failure.line !== undefined) places.push(["Line", count(failure.line)]);
  if (failure.byteOffset !== undefined) places.push(["Byte", count(failure.byteOffset)]);
  if (failure.path !== undefined && failure.path !== "")
    places.push(["Path", make("code", {}, untrusted(failure.path))]);
  const isUnknown = failure.code === "unknown_records";
  const message = isUnknown ? sentence(failure.message) : failure.message;
  parent.replaceChildren(
    make("h3", {}, isUnknown ? "This file is not understood" : TITLES[failure.where]),
    make("p", {}, untrusted(message, 1000)),
    ...(isUnknown ? [make("p", {}, WANTED)] : []),
    make("dl", {}, ...places.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value)))),
  );
  // A single problem is already in the error's message.
  if (failure.problems !== undefined && failure.problems.length > 1) parent.append(problemList(failure.problems));
  parent.hidden = false;
}
