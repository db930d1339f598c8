// Texts that many records of a batch share, such as agents and statuses. Each of them crosses to the core once for each batch.

import { TERM } from "../constants.js";
import { isWellFormed } from "./values.js";

/** The most terms of a batch, and the most that are remembered. */
const MAX_TERMS = 4096;

/** The longest term, in UTF-16 units. */
const MAX_LENGTH = 64;

/** The terms of a batch, by the numbers that they have there. The object is reused for the next batch. */
export class Terms {
  /** The terms that are remembered, from earlier batches too, and the place of each. */
  readonly #terms: string[] = [];
  readonly #places = new Map<string, number>();
  /** For each place, the batch in which the term was last used, and its number there. */
  readonly #batches = new Uint32Array(MAX_TERMS);
  readonly #numbers = new Uint16Array(MAX_TERMS);
  /** For each place, the place of the term that came after it. */
  readonly #after = new Uint16Array(MAX_TERMS);
  #last = 0;
  readonly #lengths = new Uint32Array(MAX_TERMS);
  #batch = 1;
  #count = 0;
  #text = "";

  /**
   * The number of a term in this batch; `undefined` for text that is not a term. The term that came last time after the term before
   * is compared first: after an agent comes its name, and after a name a frequent status.
   */
  number(term: string): number | undefined {
    let place = this.#after[this.#last] as number;
    if (this.#terms[place] !== term) {
      const found = this.#places.get(term) ?? this.#added(term);
      if (found === undefined) return;
      place = this.#after[this.#last] = found;
    }
    this.#last = place;
    if (this.#batches[place] !== this.#batch && !this.#use(place, term)) return;
    return this.#numbers[place];
  }

  /** Ends the batch. Returns its terms as one text, and their lengths, which the next batch overwrites. */
  take(): { text: string; lengths: Uint32Array } {
    const taken = { text: this.#text, lengths: this.#lengths.subarray(0, this.#count) };
    this.#empty();
    return taken;
  }

  /** Forgets all terms. */
  clear(): void {
    this.#empty();
    this.#forget();
  }

  #empty(): void {
    this.#batch++;
    this.#count = 0;
    this.#text = "";
  }

  #forget(): void {
    this.#places.clear();
    this.#terms.length = 0;
  }

  #added(term: string): number | undefined {
    if (term.length > MAX_LENGTH || !isWellFormed(term)) return;
    if (this.#terms.length === MAX_TERMS) this.#forget();
    const place = this.#terms.push(term) - 1;
    this.#places.set(term, place);
    this.#batches[place] = 0; // an earlier term may have had the place
    return place;
  }

  /** Adds a term to the batch, unless the batch has too many. */
  #use(place: number, term: string): boolean {
    if (this.#count === MAX_TERMS) return false;
    this.#batches[place] = this.#batch;
    this.#numbers[place] = TERM.first + this.#count;
    this.#lengths[this.#count++] = term.length;
    this.#text += term;
    return true;
  }
}
