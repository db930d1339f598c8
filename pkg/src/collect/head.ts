// The beginning of a list, as it was last read: new items come before it, and a collection that goes on knows the items behind it.

import type { Json } from "./client.js";
import type { ListPage } from "./offset-list.js";
import type { ListProgress } from "./progress.js";

/** Gives a number for an item that is equal for an item that has not changed. */
type Key = (item: Json) => number;

/**
 * Tells, while a list is read again from its beginning, which items were there before. A set of ids has the newest ids only: a state
 * is small, and memory is bounded. The items behind the old beginning are old whether the set has them or not.
 */
export class Head {
  readonly #list: ListProgress;
  readonly #keyOf: Key;
  readonly #old: ReadonlySet<number>;
  #first: number[] | undefined;
  #hasMet = false;

  constructor(list: ListProgress, keyOf: Key) {
    this.#list = list;
    this.#keyOf = keyOf;
    this.#old = new Set(list.head);
  }

  /** Takes the next page, and gives its items that may be new. */
  newOf({ offset, items }: ListPage): Json[] {
    const keys = items.map(this.#keyOf);
    if (offset === 0) this.#first = keys;
    // New items may be between two items of the old beginning, but not behind its last one.
    const last = keys.findLastIndex((key) => this.#old.has(key));
    const end = last >= 0 ? last : this.#hasMet ? 0 : items.length;
    this.#hasMet ||= last >= 0;
    return items.filter((_, at) => at < end && !this.#old.has(keys[at] as number));
  }

  /** Remembers the beginning, if it was read. All its new items have been used. */
  keep(): void {
    if (this.#first !== undefined) this.#list.head = this.#first;
  }
}
