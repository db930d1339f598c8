import type { Problem } from "usage-by-agent";
import { make, untrusted } from "./dom.js";
import { sentence } from "./format.js";

/** A warning in plain words: a title, and what it means for the counts. */
const WORDS: Record<string, [title: string, meaning: string]> = {
  unknown_records: [
    "Some records are not understood",
    "They are not counted. If there are calls or messages among them, the counts below are too low.",
  ],
  incomplete_page: [
    "The file does not contain everything",
    "The counts below may be too low. The API gives long lists in pages: put all pages into one file, one after the other.",
  ],
  mixed_sources: [
    "Some messages may be counted twice",
    "The counts below may be too high. Use either the lists of the API or the webhooks for a phone number.",
  ],
  invalid_json: [
    "A part of the file is not JSON",
    "That part is not counted. If it contains calls or messages, the counts below are too low.",
  ],
};

/** Whether the problem is a warning about the whole file. A warning with a line belongs to the broken record before it. */
export function isAboutFile({ severity, line }: Problem): boolean {
  return severity === "warning" && line === undefined;
}

/** The warnings about the whole file. They stand above the counts, which they put into doubt. */
export function renderWarnings(problems: Problem[]): HTMLElement[] {
  const warnings = problems.filter(isAboutFile).map(({ code, message }) => {
    const [title = "The file may not be right", meaning] = WORDS[code] ?? [];
    const texts = [make("h3", {}, title), make("p", {}, untrusted(sentence(message), 400))];
    if (meaning !== undefined) texts.push(make("p", { class: "hint" }, meaning));
    return make("li", { "data-warning": code }, ...texts);
  });
  return warnings.length === 0 ? [] : [make("ul", { class: "warnings", "aria-label": "Warnings" }, ...warnings)];
}
