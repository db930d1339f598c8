// A batch of JavaScript values as columns for the core. The values are not checked here.
// src/records/columns.rs reads the columns, and describes their format.

import { ALIAS_FIELD, BROKEN_ID, BROKEN_TIME, DATA_FIELDS, RECORD_FIELDS, TAG, TAG_BITS, TERM } from "../constants.js";
import { Thrown } from "./fields.js";
import { Terms } from "./terms.js";
import { isDate, isWellFormed, said } from "./values.js";

/** The field number of an entry that begins a record. */
const RECORD = 0;

/** This is added to the bits of a field that was found under its second spelling. */
const ALIAS = ALIAS_FIELD << TAG_BITS;

/** The numbers of the fields of a record, of its `data`, and of the three marks after them, as the bits of entries. */
export const OWN = bitsOf([...RECORD_FIELDS, "data"], RECORD + 1);
export const DATA = bitsOf([...DATA_FIELDS, "enveloped", "conversation", "plain"], RECORD + 2 + RECORD_FIELDS.length);

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
  | "conversation"
  | "plain";

/** Stands for a value that has no number. */
const NOT_SHORT = -1;

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
    this.#enter(bits | TAG.term);
    this.#enter(TERM.someId);
    return id;
  }

  /**
   * Writes one entry for all fields of a call, if they are plain: its time and its id are text, its duration is a number, and the others
   * are terms, `null` or absent.
   *
   * @returns whether they are. Otherwise nothing is written
   */
  plainCall(
    startedAt: unknown,
    id: unknown,
    agentId: unknown,
    agentName: unknown,
    status: unknown,
    durationSeconds: unknown,
  ): boolean {
    if (typeof durationSeconds !== "number") return false;
    const state = this.#short(status);
    if (state === NOT_SHORT || !this.#plain(TAG.plainCall, startedAt, id, agentId, agentName)) return false;
    this.#enter(state);
    this.#numbers[this.#numbered++] = durationSeconds;
    return true;
  }

  /** Does for a message what {@link plainCall} does for a call. */
  plainMessage(receivedAt: unknown, id: unknown, agentId: unknown, agentName: unknown): boolean {
    return this.#plain(TAG.plainMessage, receivedAt, id, agentId, agentName);
  }

  #plain(tag: number, at: unknown, id: unknown, agentId: unknown, agentName: unknown): boolean {
    if (typeof at !== "string" || typeof id !== "string" || id === "") return false;
    if (endsInHalf(at) || (this.ids ? endsInHalf(id) : !isWellFormed(id))) return false;
    const agent = this.#short(agentId);
    const name = this.#short(agentName);
    if (agent === NOT_SHORT || name === NOT_SHORT) return false;
    this.#string(DATA.plain | tag, at);
    if (this.ids) this.#string(TERM.text, id);
    else this.#enter(TERM.someId);
    this.#enter(agent);
    this.#enter(name);
    return true;
  }

  /** The number of a term, or the one of an absent value, which `null` is as good as. */
  #short(value: unknown): number {
    if (typeof value === "string") return this.#terms.number(value) ?? NOT_SHORT;
    return value === undefined || value === null ? TERM.absent : NOT_SHORT;
  }

  #value(bits: number, value: unknown): void {
    if (typeof value === "string") {
      if (endsInHalf(value)) this.#string(bits | TAG.brokenText, "");
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
    const isNextBroken = () => {
      const start = at;
      at += this.#lengths[texts++] as number;
      return !isWellFormed(all.slice(start, at));
    };
    for (let i = 0; i < this.#entered; i++) {
      const entry = this.#entries[i] as number;
      const tag = entry & ((1 << TAG_BITS) - 1);
      if (tag === TAG.term) i++; // the number of the term follows
      if (tag === TAG.text || tag === TAG.brokenText || tag === TAG.threw) {
        if (isNextBroken()) this.#entries[i] = entry - tag + TAG.brokenText;
      }
      if (tag === TAG.plainCall || tag === TAG.plainMessage) {
        const time = isNextBroken() ? BROKEN_TIME : 0;
        const id = this.#entries[i + 1] === TERM.text && isNextBroken() ? BROKEN_ID : 0;
        this.#entries[i] = entry + ((time + id) << TAG_BITS);
        i += tag === TAG.plainCall ? 4 : 3; // the numbers of its id and of its terms follow
      }
    }
  }
}

/** Whether the text ends in a high surrogate. Texts are joined, so it could pair with the next text's low surrogate. */
const endsInHalf = (text: string) => (text.charCodeAt(text.length - 1) & 0xfc00) === 0xd800;

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
