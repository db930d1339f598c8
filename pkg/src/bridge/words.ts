// Texts that many records of a batch share, such as agents and statuses. Each of them crosses to the core once for each batch.

import { isWellFormed } from "./values.js";

/** The most words of a batch, and the most that are remembered. */
const MAX_WORDS = 4096;

/** The longest word, in UTF-16 units. */
const MAX_LENGTH = 64;

/** The words of a batch, by the numbers that they have there. The object is reused for the next batch. */
export class Words {
  /** The words that are remembered, from earlier batches too, and the place of each. */
  readonly #words: string[] = [];
  readonly #places = new Map<string, number>();
  /** For each place, the batch in which the word was last used, and its number there. */
  readonly #batches = new Uint32Array(MAX_WORDS);
  readonly #numbers = new Uint16Array(MAX_WORDS);
  /** For each place, the place of the word that came after it. */
  readonly #after = new Uint16Array(MAX_WORDS);
  #last = 0;
  readonly #lengths = new Uint32Array(MAX_WORDS);
  #batch = 1;
  #count = 0;
  #text = "";

  /**
   * The number of a word in this batch; `undefined` for text that is not a word. The word that came last time after the word before
   * is compared first: after an agent comes its name, and after a name a frequent status.
   */
  number(word: string): number | undefined {
    let place = this.#after[this.#last] as number;
    if (this.#words[place] !== word) {
      const found = this.#places.get(word) ?? this.#added(word);
      if (found === undefined) return;
      place = this.#after[this.#last] = found;
    }
    this.#last = place;
    if (this.#batches[place] !== this.#batch && !this.#use(place, word)) return;
    return this.#numbers[place];
  }

  /** Ends the batch. Returns its words as one text, and their lengths, which the next batch overwrites. */
  take(): { text: string; lengths: Uint32Array } {
    const taken = { text: this.#text, lengths: this.#lengths.subarray(0, this.#count) };
    this.#batch++;
    this.#count = 0;
    this.#text = "";
    return taken;
  }

  /** Forgets all words. */
  clear(): void {
    this.take();
    this.#forget();
  }

  #forget(): void {
    this.#places.clear();
    this.#words.length = 0;
  }

  #added(word: string): number | undefined {
    if (word.length > MAX_LENGTH || !isWellFormed(word)) return;
    if (this.#words.length === MAX_WORDS) this.#forget();
    const place = this.#words.push(word) - 1;
    this.#places.set(word, place);
    this.#batches[place] = 0; // an earlier word may have had the place
    return place;
  }

  /** Adds a word to the batch, unless the batch has too many. */
  #use(place: number, word: string): boolean {
    if (this.#count === MAX_WORDS) return false;
    this.#batches[place] = this.#batch;
    this.#numbers[place] = this.#count;
    this.#lengths[this.#count++] = word.length;
    this.#text += word;
    return true;
  }
}
