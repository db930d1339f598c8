/** The bar of the counting, and the sentence that says what has been counted. */
import { make } from "../dom.js";
import { elapsed, plural, size } from "../format.js";
import type { CountState, SourceFacts } from "../usage/usage.js";

export function progressBar(onStop: () => void, onResume: () => void) {
  const bar = make("progress", { "aria-label": "Bytes read", max: "1", value: "0" });
  const text = make("span", { class: "numeric" });
  const stop = make("button", { type: "button", class: "button small" }, "Stop");
  const resume = make("button", { type: "button", class: "button small" }, "Count what was stopped");
  const said = make("p", { class: "status hint", role: "status" });
  const run = make("div", { class: "run" }, bar, text, stop);
  stop.onclick = () => {
    onStop();
    resume.focus();
  };
  resume.onclick = () => {
    onResume();
    stop.focus();
  };
  return {
    element: make("div", { class: "counting" }, said, run, resume),
    show(state: CountState): void {
      run.hidden = state.kind !== "counting";
      resume.hidden = state.kind === "counting" || !state.sources.some((source) => source.state === "stopped");
      if (state.kind === "counting") {
        bar.max = Math.max(state.total ?? 1, 1);
        bar.value = state.read;
        text.textContent = state.total === null ? size(state.read) : `${size(state.read)} of ${size(state.total)}`;
      } else {
        const words = wordsOf(state);
        if (said.textContent !== words) said.textContent = words;
      }
    },
    /** Says something that is no state of the counts. */
    say(words: string): void {
      said.textContent = words;
    },
  };
}

function wordsOf(state: Exclude<CountState, { kind: "counting" }>): string {
  const failed = state.sources.filter((source) => source.state === "failed").length;
  const unused = failed === 0 ? "" : ` ${plural(failed, "source")} can’t be used.`;
  if (state.kind !== "counted") return unused.trim();
  const records = state.sources.filter(hasRecords);
  const sum = records.reduce((total, { items }) => total + (items ?? 0), 0);
  const of = records.length === 1 ? "" : ` of ${plural(records.length, "source")}`;
  return `${plural(sum, "record")}${of} in ${elapsed(state.milliseconds)}.${unused}`;
}

const hasRecords = ({ kind, state }: SourceFacts) => state === "counted" && kind !== "agents" && kind !== "numbers";
