// A batch of JavaScript values as columns for the core. The values are not checked here.
// src/records/columns.rs reads the columns, and describes their format.

import { ALIAS_FIELD, DATA_FIELDS, RECORD_FIELDS, TAG, TAG_BITS } from "../constants.js";
import { Thrown } from "./fields.js";
import { Terms } from "./terms.js";
import { isDate, isWellFormed, said } from "./values.js";

/** The field number of an entry that begins a record. */
const RECORD = 0;

/** This is added to the bits of a field that was found under its second spelling. */
const ALIAS = ALIAS_FIELD << TAG_BITS;

/** The numbers of the fields of a record, of its `data`, and of the two marks after them, as the bits of entries. */
export const OWN = bitsOf([...RECORD_FIELDS, "data"], RECORD + 1);
export const DATA = bitsOf([...DATA_FIELDS, "enveloped", "conversation"], RECORD + 2 + RECORD_FIELDS.length);

function bitsOf(names: readonly string[], first: number): Record<FieldName, number> {
  const bits = names.map((name, i) => [name, (first + i) << TAG_BITS]);
  return Object.fromEntries(bits);
}

export type FieldName =
  | "type"
  | "event"
  | "channel"
  | "id"
  | "callId"
  | "messageId"
  | "agentId"
  | "agentName"
  | "status"
  | "startedAt"
  | "endedAt"
  | "durationSeconds"
  | "receivedAt"
  | "timestamp"
  | "phoneNumberId"
  | "numberId"
  | "phoneNumber"
  | "direction"
  | "test"
  | "deliveryId"
  | "messageCount"
  | "headers/x-webhook-id"
  | "envelope/id"
  | "envelope/deliveryId"
  | "data"
  | "enveloped"
  | "conversation";

/** The most records of a batch. */
const MAX_BATCH_RECORDS = 512;

/** A batch with this much text, in UTF-16 units, is handed over without waiting for more records. */
const FULL_BATCH_UNITS = 1 << 18;

const utf8 = new TextEncoder();

/** One batch, written value by value. The object is reused for the next batch. */
export class Columns {
  /** The number of records in the batch. */
  count = 0;
  readonly #entries: Uint16Array;
  readonly #numbers: Float64Array;
  readonly #lengths: Uint32Array;
  #entered = 0;
  #numbered = 0;
  #texts = 0;
  #text = "";
  readonly #terms = new Terms();
  #utf8 = new Uint8Array(0);
  // Where the latest mark was set.
  #markedCount = 0;
  #markedEntries = 0;
  #markedNumbers = 0;
  #markedTexts = 0;
  #markedUnits = 0;

  constructor() {
    // A record has two entries for a field at most: one from an envelope, and one from the webhook in it.
    const most = MAX_BATCH_RECORDS * 2 * (2 + RECORD_FIELDS.length + DATA_FIELDS.length);
    this.#entries = new Uint16Array(most * 2); // the entry of a term has the term's number after it
    this.#numbers = new Float64Array(most);
    this.#lengths = new Uint32Array(most);
  }

  /** Whether ids are written. Otherwise another text stands for each id that is text. */
  ids = true;

  /** Whether a value may be a {@link Thrown}. To look takes time. */
  mayHaveThrown = false;

  /** Whether the batch is large enough to be handed over. */
  get isFull(): boolean {
    return this.count >= MAX_BATCH_RECORDS || this.#text.length >= FULL_BATCH_UNITS;
  }

  /** Empties the batch, and forgets the terms of earlier batches. */
  clear(): void {
    this.#empty();
    this.#terms.clear();
  }

  /** Hands over the batch and empties it. The returned views are overwritten by the next batch. */
  flush() {
    if (!isWellFormed(this.#text)) this.#findBroken(this.#text);
    const { text: terms, lengths: termLengths } = this.#terms.take();
    const most = (terms.length + this.#text.length) * 3; // a UTF-16 unit takes at most three bytes of UTF-8
    if (this.#utf8.length < most) this.#utf8 = new Uint8Array(most);
    const first = utf8.encodeInto(terms, this.#utf8).written;
    const { written } = utf8.encodeInto(this.#text, this.#utf8.subarray(first));
    const taken = {
      entries: this.#entries.subarray(0, this.#entered),
      numbers: this.#numbers.subarray(0, this.#numbered),
      lengths: this.#lengths.subarray(0, this.#texts),
      text: this.#utf8.subarray(0, first + written),
      terms: termLengths,
    };
    this.#empty();
    return taken;
  }

  /** Begins a record: an object, or a value of another kind. */
  begin(kind: number): void {
    this.count++;
    this.#enter((RECORD << TAG_BITS) | kind);
  }

  /** Marks the place up to which {@link reset} drops what is written from now on. */
  mark(): void {
    this.#markedCount = this.count;
    this.#markedEntries = this.#entered;
    this.#markedNumbers = this.#numbered;
    this.#markedTexts = this.#texts;
    this.#markedUnits = this.#text.length;
  }

  /** Drops what was written since the latest mark. */
  reset(): void {
    this.count = this.#markedCount;
    this.#entered = this.#markedEntries;
    this.#numbered = this.#markedNumbers;
    this.#texts = this.#markedTexts;
    this.#text = this.#text.slice(0, this.#markedUnits);
  }

  /**
   * Writes the value of a field: the one of its first spelling, or else that of its second spelling. An absent value is not written.
   *
   * @returns the value
   */
  value(bits: number, first: unknown, second?: unknown): unknown {
    if (first !== undefined) this.#value(bits, first);
    else if (second !== undefined) this.#value(bits | ALIAS, second);
    return first === undefined ? second : first;
  }

  /** Does what {@link value} does. Equal texts of a batch cross once, so the field should be one that has few of them. */
  term(bits: number, first: unknown, second?: unknown): unknown {
    const value = first === undefined ? second : first;
    if (typeof value === "string") {
      const term = this.#terms.number(value);
      if (term !== undefined) {
        this.#enter(bits | (first === undefined ? ALIAS : 0) | TAG.term);
        this.#enter(term);
        return value;
      }
    }
    return this.value(bits, first, second);
  }

  /** Does what {@link value} does for the field of an id. */
  id(bits: number, first: unknown, second?: unknown): unknown {
    const id = first === undefined ? second : first;
    if (this.ids || typeof id !== "string" || id === "" || !isWellFormed(id)) return this.value(bits, first, second);
    this.term(bits, "id");
    return id;
  }

  #value(bits: number, value: unknown): void {
    if (typeof value === "string") {
      // Texts are joined, so a high surrogate at the end could pair with the next text's low surrogate.
      if (isHigh(value.charCodeAt(value.length - 1))) this.#string(bits | TAG.brokenText, "");
      else this.#string(bits | TAG.text, value);
    } else if (typeof value === "number") {
      this.number(bits | TAG.number, value);
    } else if (value === null) {
      this.#enter(bits | TAG.null);
    } else if (this.mayHaveThrown && Thrown.is(value)) {
      this.#string(bits | TAG.threw, said(value.error).replace(/\p{Surrogate}/gu, "\ufffd"));
    } else if (isDate(value)) {
      this.number(bits | TAG.date, Date.prototype.getTime.call(value));
    } else {
      this.#enter(bits | (value === true ? TAG.true : kindOf(value)));
    }
  }

  /** Writes a number with its entry. */
  number(entry: number, value: number): void {
    this.#enter(entry);
    this.#numbers[this.#numbered++] = value;
  }

  #empty(): void {
    this.count = this.#entered = this.#numbered = this.#texts = 0;
    this.#text = "";
  }

  #enter(entry: number): void {
    this.#entries[this.#entered++] = entry;
  }

  /** Joins the texts of a batch: encoding them together takes a fraction of the time. */
  #string(entry: number, value: string): void {
    this.#text += value;
    this.#enter(entry);
    this.#lengths[this.#texts++] = value.length;
  }

  /** Marks the texts that have a lone surrogate. */
  #findBroken(all: string): void {
    let at = 0;
    let texts = 0;
    for (let i = 0; i < this.#entered; i++) {
      const entry = this.#entries[i] as number;
      const tag = entry & ((1 << TAG_BITS) - 1);
      if (tag === TAG.term) i++; // the number of the term follows
      if (tag !== TAG.text && tag !== TAG.brokenText && tag !== TAG.threw) continue;
      const end = at + (this.#lengths[texts++] as number);
      if (!isWellFormed(all.slice(at, end))) this.#entries[i] = entry - tag + TAG.brokenText;
      at = end;
    }
  }
}

const isHigh = (unit: number) => (unit & 0xfc00) === 0xd800;

/** The tag of a value that is not a number, a text or a Date, or of any record. */
export function kindOf(value: unknown): number {
  if (value === undefined) return TAG.absent;
  if (value === null) return TAG.null;
  switch (typeof value) {
    case "string":
      return TAG.text;
    case "number":
      return TAG.number;
    case "boolean":
      return TAG.boolean;
    case "bigint":
      return TAG.bigint;
    case "function":
      return TAG.function;
    case "symbol":
      return TAG.symbol;
    default:
      break;
  }
  try {
    return Array.isArray(value) ? TAG.array : TAG.object;
  } catch {
    return TAG.revoked; // `Array.isArray` throws only for a revoked Proxy
  }
}
