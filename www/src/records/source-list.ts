/** The list of sources: what each of them is, and a button that removes it. */
import { wordsOf } from "../account/words.js";
import { make, untrusted } from "../dom.js";
import { plural, size } from "../format.js";
import type { SourceFacts } from "../usage/usage.js";

/** The list shows no more sources than these at first. */
const FEW = 6;

export class SourceList {
  readonly element = make("div", { class: "sources" });
  readonly #list = make("ul", { "aria-label": "Sources" });
  readonly #more = make("button", { type: "button", class: "button small quiet" });
  readonly #removeAll = make("button", { type: "button", class: "button small quiet" }, "Remove all");
  #shown = FEW;
  #sources: readonly SourceFacts[] = [];
  #drawn = "";

  constructor(
    readonly onRemove: (ids: number[]) => void,
    /** Takes the focus when the button that had it is gone. */
    readonly next: () => HTMLElement,
  ) {
    this.element.append(this.#list, make("div", { class: "actions" }, this.#more, this.#removeAll));
    this.#more.onclick = () => {
      this.#shown += 200;
      this.#draw();
    };
    this.#removeAll.onclick = () => this.#remove(this.#sources.map(({ id }) => id));
  }

  show(sources: readonly SourceFacts[]): void {
    this.#sources = sources;
    if (sources.length <= FEW) this.#shown = FEW;
    this.#draw();
  }

  #draw(): void {
    // What can't be used comes first, because it would be overlooked among many.
    const failed = this.#sources.filter(({ state }) => state === "failed");
    const shown = [...failed, ...this.#sources.filter(({ state }) => state !== "failed")].slice(0, this.#shown);
    const left = this.#sources.length - shown.length;
    // While bytes are counted nothing here changes, and buttons must keep the focus.
    const drawn = JSON.stringify([shown, left]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const focused = document.activeElement?.closest<HTMLElement>("[data-source]")?.dataset.source;
    this.#list.replaceChildren(...shown.map((source) => this.#item(source)));
    if (focused !== undefined) this.#list.querySelector<HTMLElement>(`[data-source="${focused}"] button`)?.focus();
    this.#more.textContent = `Show ${plural(Math.min(left, 200), "more source")}`;
    this.#more.hidden = left <= 0;
    this.#removeAll.hidden = this.#sources.length < 2;
    this.element.hidden = this.#sources.length === 0;
  }

  #item(source: SourceFacts): HTMLElement {
    const remove = make(
      "button",
      { type: "button", class: "button small quiet" },
      "Remove",
      make("span", { class: "unseen" }, ` ${source.name.slice(0, 80)}`),
    );
    remove.onclick = () => this.#remove([source.id]);
    return make(
      "li",
      { "data-source": String(source.id), "data-state": source.state },
      make("span", { class: "source-name" }, untrusted(source.name, 80)),
      remove,
      make("p", { class: "hint" }, ...factsOf(source)),
    );
  }

  #remove(ids: number[]): void {
    const buttons = Array.from(this.#list.querySelectorAll("button"));
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    this.onRemove(ids);
    // The worker answers later. Until then the removed source keeps its button.
    const following = ids.length === 1 ? (buttons[at + 1] ?? buttons[at - 1]) : undefined;
    (following ?? this.next()).focus();
  }
}

const NOUNS: Record<SourceFacts["kind"], string> = {
  unknown: "item",
  records: "record",
  snapshot: "record",
  agents: "agent",
  numbers: "number",
};

function factsOf({ kind, state, bytes, textBytes, items, failure }: SourceFacts): (string | Node)[] {
  const isZipped = textBytes !== null && textBytes !== bytes && kind !== "snapshot";
  const stored = isZipped ? `${size(bytes)}, ${size(textBytes)} unpacked` : size(bytes);
  if (state === "failed")
    return [`${stored}. Not used: `, untrusted(failure === null ? "" : wordsOf(failure).text, 300)];
  if (state === "stopped") return [`${stored}. Stopped: not counted`];
  if (state === "waiting") return [`${stored}. Waiting`];
  if (state === "counting" || items === null) return [`${stored}. Counting…`];
  const what = plural(items, NOUNS[kind]);
  if (kind === "snapshot") return [`Saved counts of ${what} · ${stored}`];
  return [kind === "agents" || kind === "numbers" ? `Names of ${what} · ${stored}` : `${what} · ${stored}`];
}
