/** The panel of records: how they get in, which there are, and how they are read. */
import { make } from "../dom.js";
import type { Chosen, LocalUsage } from "../usage/local.js";
import { READING, type Reading, type SourceFacts } from "../usage/usage.js";
import { CollectDialog, type Days } from "./collect-dialog.js";
import { listenToDrops, listenToPasting, listenToPicker } from "./inputs.js";
import { Keeping } from "./keeping.js";
import { pasteDialog } from "./paste-dialog.js";
import { progressBar } from "./progress.js";
import { readingForm } from "./reading-form.js";
import { fetchSample } from "./sample.js";
import { SourceList } from "./source-list.js";

/** What the page around the panel is told. */
export interface RecordsConnection {
  /** The sample was put in place of what was there, or was removed, or the user's own records took its place. */
  onSample(isShown: boolean): void;
  /** The days that are shown, which may be collected; `null` before anything is shown. */
  shownDays(): Days | null;
  /** The zone that is shown. */
  zone(): string;
  /** An answer of the vendor came in, which is no source of the counts. */
  onAnswer(name: string, body: string): void;
  /** The user wants records to be read in another way. The page calls `showReading` with it. */
  onReading(change: Partial<Reading>): void;
}

export interface RecordsPanel {
  /** Gives again what was kept at an earlier visit. Returns whether there was anything. */
  restore(): Promise<boolean>;
  /** Shows the sample, unless it is shown or the user has records of their own. */
  useSample(): Promise<void>;
  /** Reads records in this way. */
  showReading(reading: Reading): void;
}

/** Makes the panel in an element of the page. */
export function mountRecords(parent: HTMLElement, usage: LocalUsage, connection: RecordsConnection): RecordsPanel {
  /** The ids of the sample's sources, while they are shown. */
  let sample: number[] = [];
  let sources: readonly SourceFacts[] = [];
  /** How often the user has given something. The sources follow later, when the worker knows them. */
  let gifts = 0;

  const files = picker("Choose files", { multiple: "" }, "primary");
  const folder = picker("Choose a folder", { webkitdirectory: "" });
  const paste = make("button", { type: "button", class: "button" }, "Paste");
  const collect = make("button", { type: "button", class: "button" }, "Collect with an API key");
  const useSampleButton = make("button", { type: "button", class: "button" }, "Use the sample");
  const list = new SourceList(remove, () => files.input);
  const progress = progressBar(
    () => usage.stop(),
    () => usage.resume(),
  );
  const form = readingForm(connection.onReading);
  let reading = READING;
  const keeping = new Keeping(usage, () => reading);
  const veil = make("div", { class: "veil", "aria-hidden": "true" }, make("p", {}, "Drop to count"));
  veil.hidden = true;

  parent.append(
    make(
      "div",
      { class: "drop" },
      make("p", { class: "file-name" }, "Drop files or folders anywhere on this page"),
      make(
        "p",
        { class: "hint" },
        "Calls, messages, conversations or webhooks as JSON, also gzipped, and lists of agents and numbers for their names. Any size.",
      ),
      make("div", { class: "actions" }, files.element, folder.element, paste, collect, useSampleButton),
    ),
    progress.element,
    list.element,
    keeping.element,
    form.element,
  );
  document.body.append(veil);

  const give = async (given: Chosen[]) => {
    if (given.length === 0) return;
    gifts += 1;
    const looked = await usage.recognise(given);
    for (const [at, { name }] of given.entries()) {
      const found = looked[at];
      if (found?.kind === "answer") connection.onAnswer(name, found.body);
    }
    const sources = given.filter((_, at) => looked[at]?.kind !== "answer");
    // An answer is looked at beside the sample, too.
    if (sources.length === 0) return;
    endSample();
    usage.add(sources);
  };
  listenToPicker(files.input, give);
  listenToPicker(folder.input, give);
  listenToDrops(veil, give);
  listenToPasting(give);
  paste.onclick = pasteDialog(give);
  const collecting = new CollectDialog(usage, { proposed, onGiven: give, say: (words) => keeping.say(words) });
  collect.onclick = () => void collecting.open();
  useSampleButton.onclick = () => {
    void useSample();
    files.input.focus();
  };
  usage.onChange((state) => {
    sources = state.sources;
    useSampleButton.hidden = sources.length > 0;
    list.show(sources);
    progress.show(state);
    keeping.show(state, sample.length > 0);
  });

  /** The days that are shown, or those of the present month in place of the sample's. */
  async function proposed(): Promise<Days> {
    const shown = connection.shownDays();
    const tz = shown?.tz ?? connection.zone();
    if (shown !== null && sample.length === 0) return shown;
    const { firstDate, lastDate } = await usage.bounds({ period: "month", tz }, "proposed");
    return { first: firstDate, last: lastDate, tz };
  }

  function remove(ids: number[]): void {
    usage.remove(ids);
    const wasShown = sample.length > 0;
    sample = sample.filter((id) => !ids.includes(id));
    if (wasShown && sample.length === 0) connection.onSample(false);
  }

  /** The sample's records are never mixed with the user's own. */
  function endSample(): void {
    if (sample.length > 0) remove(sample);
  }

  async function useSample(): Promise<void> {
    if (sample.length > 0 || sources.length > 0) return;
    const before = gifts;
    try {
      const given = await fetchSample();
      // The user has chosen files meanwhile.
      if (gifts > before || sources.length > 0) return;
      sample = usage.add(given);
      connection.onSample(true);
    } catch {
      progress.say("The sample is not available now. Your own files can be counted all the same.");
    }
  }

  async function restore(): Promise<boolean> {
    const restored = await keeping.restored();
    if (restored === null) return false;
    connection.onReading(restored.reading);
    usage.add(restored.sources);
    return true;
  }

  form.show(reading);
  return {
    restore,
    useSample,
    showReading(chosen) {
      reading = chosen;
      form.show(reading);
      usage.read(reading);
    },
  };
}

/** A button that opens the browser's picker of files. */
function picker(
  text: string,
  attributes: Record<string, string>,
  kind = "",
): { element: HTMLElement; input: HTMLInputElement } {
  const input = make("input", { type: "file", ...attributes });
  return { element: make("label", { class: `button ${kind}` }, input, make("span", {}, text)), input };
}
