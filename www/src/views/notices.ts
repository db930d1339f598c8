/** What the reader has to know about the whole page: that this is a sample, or what of a link can't be shown. */
import { make, untrusted } from "../dom.js";

export class Notices {
  readonly #sample = make(
    "p",
    { class: "notice sample" },
    make("strong", {}, "This is a sample"),
    " of half a year of an invented account. Your own records take its place: drop files anywhere on this page.",
  );
  readonly #empty = make(
    "p",
    { class: "nothing" },
    "There are no records. Choose files, or drop them anywhere on this page.",
  );
  readonly #faults = make("div", { class: "notice faults", role: "alert" });

  constructor(parent: HTMLElement) {
    this.#sample.hidden = true;
    this.#faults.hidden = true;
    this.#empty.hidden = true;
    parent.append(this.#faults, this.#sample, this.#empty);
  }

  showEmpty(isEmpty: boolean): void {
    this.#empty.hidden = !isEmpty;
  }

  showSample(isSample: boolean): void {
    this.#sample.hidden = !isSample;
  }

  showFaults(faults: readonly string[]): void {
    this.#faults.hidden = faults.length === 0;
    const close = make("button", { type: "button", class: "button small quiet" }, "Close");
    close.onclick = () => {
      this.#faults.hidden = true;
    };
    this.#faults.replaceChildren(
      make("ul", {}, ...faults.map((fault) => make("li", {}, untrusted(fault, 300)))),
      close,
    );
  }
}
