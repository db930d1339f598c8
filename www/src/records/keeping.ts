/** The controls that keep the counts on this device, forget them, and save them as a file. */
import { wordsOf } from "../account/words.js";
import { make } from "../dom.js";
import type { Chosen, LocalUsage } from "../usage/local.js";
import { type CountState, type Reading, Refusal, type SourceFacts } from "../usage/usage.js";
import { download } from "../views/export/files.js";
import { forget, type Kept, keep, kept } from "./kept.js";

export class Keeping {
  readonly element = make("div", { class: "keeping" });
  readonly #keep = make("button", { type: "button", class: "button small" }, "Keep on this device");
  readonly #forget = make("button", { type: "button", class: "button small" }, "Forget");
  readonly #save = make("button", { type: "button", class: "button small" }, "Save counts as a file");
  readonly #said = make("p", { class: "hint", role: "status" });
  #state: CountState = { kind: "empty", sources: [] };
  /** When the counts were kept that the browser has. */
  #keptAt: number | null = null;
  #isSample = false;

  constructor(
    readonly usage: LocalUsage,
    readonly reading: () => Reading,
  ) {
    this.element.append(this.#said, make("div", { class: "actions" }, this.#keep, this.#forget, this.#save));
    this.#keep.onclick = () => void this.#told(this.#keepNow());
    this.#forget.onclick = () => void this.#told(this.#forgetNow());
    this.#save.onclick = () => void this.#told(this.#saveNow());
    this.#draw();
  }

  /** What was kept at an earlier visit: how the records were read, and the sources that give it again. */
  async restored(): Promise<{ reading: Reading; sources: Chosen[] } | null> {
    const found = await kept();
    if (found === null) return null;
    if (found === "other") {
      this.#keptAt = 0;
      this.say("Counts are kept on this device that this version of the page can’t open.");
      this.#draw();
      return null;
    }
    this.#keptAt = found.at;
    this.say(`Kept on this device on ${dateOf(found.at)}: counts and names, no records.`);
    this.#draw();
    return { reading: found.reading, sources: sourcesOf(found) };
  }

  show(state: CountState, isSample: boolean): void {
    this.#state = state;
    this.#isSample = isSample;
    this.#draw();
  }

  #draw(): void {
    const isCounted = this.#state.kind === "counted" && !this.#isSample;
    this.#keep.hidden = this.#save.hidden = !isCounted;
    this.#forget.hidden = this.#keptAt === null;
    this.element.hidden = !isCounted && this.#keptAt === null && this.#said.textContent === "";
  }

  async #keepNow(): Promise<void> {
    const saved = await this.usage.saved();
    const isOfCounts = ({ kind, state }: SourceFacts) => state === "counted" && kind !== "agents" && kind !== "numbers";
    const names = this.#state.sources.filter(isOfCounts).map(({ name }) => name.replace(KEPT_BEFORE, ""));
    const at = Date.now();
    await keep({ ...saved, at, names: names.slice(0, 100), reading: this.reading() });
    this.#keptAt = at;
    this.say("Kept on this device: counts and names, no records. They are here again at your next visit.");
    this.#draw();
  }

  async #forgetNow(): Promise<void> {
    await forget();
    this.#keptAt = null;
    this.say("Nothing is kept on this device any more.");
    this.#draw();
    if (!this.#keep.hidden) this.#keep.focus();
  }

  async #saveNow(): Promise<void> {
    const { snapshot } = await this.usage.saved();
    download(`usage_${new Date().toISOString().slice(0, 10)}.counts`, snapshot, "application/octet-stream");
    this.say("Saved. Drop the file on this page to open it again.");
  }

  async #told(doing: Promise<void>): Promise<void> {
    await doing.catch((error: unknown) => this.say(`That did not work. ${reasonOf(error)}`));
  }

  /** Says something about the records that stays until something else is said. */
  say(words: string): void {
    this.#said.textContent = words;
    this.#draw();
  }
}

/** Why counts can't be saved or kept. What a browser says about its storage is not for readers. */
function reasonOf(error: unknown): string {
  if (error instanceof Refusal) return wordsOf(error.failure).text;
  const isFull = error instanceof DOMException && error.name === "QuotaExceededError";
  return isFull ? "There is not enough room on this device." : "The browser does not allow it.";
}

/** How the name begins of counts that were kept before. */
const KEPT_BEFORE = /^Kept on \d+ \w+ \d+: /;

/** Kept counts as files, which the worker takes like any others. */
function sourcesOf({ snapshot, agents, numbers, names, at }: Kept): Chosen[] {
  const of = names.length === 1 ? names[0] : `${names.length} sources`;
  const lists = [
    { name: "Kept names of agents", data: agents },
    { name: "Kept phone numbers", data: numbers },
  ].filter(({ data }) => data.length > 0);
  return [
    { name: `Kept on ${dateOf(at)}: ${of}`, blob: new Blob([snapshot]) },
    ...lists.map(({ name, data }) => ({ name, blob: new Blob([JSON.stringify(data)]) })),
  ];
}

const dateOf = (at: number) => new Date(at).toLocaleDateString("en-GB", { dateStyle: "long" });
