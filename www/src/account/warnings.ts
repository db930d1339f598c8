import type { Problem } from "usage-by-agent";
import { make, untrusted } from "../dom.js";
import { sentence } from "../format.js";
import { isAboutInput } from "./about-input.js";

/** A warning in plain words: a title, what it means for the counts, and what to do. */
const WORDS: Record<string, [title: string, meaning: string, todo: string]> = {
  unknown_records: [
    "Some records are not understood",
    "They are not counted. If there are calls or messages among them, the counts are too low.",
    "Look at what they are. Error bodies among pages mean that a page was not received: get it again.",
  ],
  incomplete_page: [
    "Something is missing from the files",
    "The counts may be too low.",
    "The API gives long lists in pages. Drop all pages, or collect the records with an API key, which reads every page.",
  ],
  mixed_sources: [
    "Some messages may be counted twice",
    "The counts may be too high: webhooks without the id of their message can’t be told from the listed messages.",
    "Use either the lists of the API or the webhooks for a phone number.",
  ],
  invalid_json: [
    "A part of the files is not JSON",
    "That part is not counted. If it contains calls or messages, the counts are too low.",
    "Remove the part, or save the file again.",
  ],
};

/** The warnings about the whole input. They stand above the account, because they put the counts into doubt. */
export function renderWarnings(problems: readonly Problem[]): HTMLElement[] {
  const warnings = problems.filter(isAboutInput).map(({ code, message }) => {
    const [title = "The files may not be right", meaning = "", todo = ""] = WORDS[code] ?? [];
    return make(
      "li",
      { "data-warning": code },
      make("h3", {}, title),
      make("p", {}, untrusted(sentence(message), 400)),
      make("p", { class: "hint" }, `${meaning} ${todo}`),
    );
  });
  return warnings.length === 0 ? [] : [make("ul", { class: "warnings", "aria-label": "Warnings" }, ...warnings)];
}
