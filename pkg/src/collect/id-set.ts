/** The most ids of one generation. Its table takes 2 MiB. */
const GENERATION = 1 << 17;

/** The number of the newest ids that a state contains. */
export const RECENT = 1000;

/**
 * A set of ids, as their hashes. It remembers at least the newest 131,072 ids, and takes 4 MiB at most: if one table is full, a new
 * one is begun, and the one before the last is forgotten.
 */
export class IdSet {
  /** Whether an id has been forgotten. */
  forgot = false;
  #now = new Table();
  #before: Table | undefined;
  readonly #recent: number[] = [];
  #at = 0;

  /** @param recent the ids of an earlier set, as {@link recent} gives them */
  constructor(recent: readonly number[] = []) {
    for (const key of recent) this.add(key);
  }

  has(key: number): boolean {
    return this.#now.has(key) || (this.#before?.has(key) ?? false);
  }

  add(key: number): void {
    if (this.has(key)) return;
    if (this.#now.size === GENERATION) {
      this.forgot = this.#before !== undefined;
      this.#before = this.#now;
      this.#now = new Table();
    }
    this.#now.add(key);
    this.#recent[this.#at] = key;
    this.#at = (this.#at + 1) % RECENT;
  }

  /** The newest ids, the oldest of them first. */
  recent(): number[] {
    return [...this.#recent.slice(this.#at), ...this.#recent.slice(0, this.#at)];
  }
}

/** A set of hashes of any size: a table with open addressing. 0 is an empty slot, so the key 0 becomes 1. */
export class Table {
  /** The number of hashes. */
  size = 0;
  #slots = new Float64Array(1024);

  has(key: number): boolean {
    return this.#slots[this.#slot(key || 1)] !== 0;
  }

  add(key: number): void {
    const at = this.#slot(key || 1);
    if (this.#slots[at] !== 0) return;
    this.#slots[at] = key || 1;
    this.size++;
    if (this.size * 2 > this.#slots.length) this.#grow();
  }

  /** The slot of the key, or the empty slot where it belongs. */
  #slot(key: number): number {
    const mask = this.#slots.length - 1;
    let at = (key % 0x100000000) & mask;
    while (this.#slots[at] !== 0 && this.#slots[at] !== key) at = (at + 1) & mask;
    return at;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Float64Array(old.length * 2);
    for (const key of old) if (key !== 0) this.#slots[this.#slot(key)] = key;
  }
}
