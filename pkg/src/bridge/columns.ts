// Writes a batch of JavaScript records as columns for the core. The values are not checked here.
// src/records/columns.rs reads the columns, and describes their layout.

import { DATA_FIELDS, RECORD_FIELDS, TAG, TAG_BITS } from "../constants.js";
import { isArray, isDate, isWellFormed, said } from "./values.js";

/** The field number of an entry that begins a record. */
const RECORD = 0;

/** The most records of a batch. */
const MAX_BATCH_RECORDS = 512;

/** A batch with this much text, in UTF-16 units, is handed over without waiting for more records. */
const FULL_BATCH_UNITS = 1 << 18;

// The fields that only one kind of record uses. Every other field is read from every record.
const ONLY_CALLS = ["callId", "status", "startedAt", "endedAt", "durationSeconds"];
const ONLY_MESSAGES = ["messageId", "receivedAt"];
const ONLY_MESSAGE_WEBHOOKS = ["channel", "timestamp"];

/** A field: its name, and its number as the bits of an entry. */
interface Field {
  readonly name: string;
  readonly bits: number;
}

const utf8 = new TextEncoder();

/** The fields to read from each kind of record, after `type`, `event`, `data` and a call's `startedAt`. */
function plansOf(unused: readonly string[]) {
  const numbered = (names: readonly string[], first: number): Field[] =>
    names.map((name, i) => ({ name, bits: (first + i) << TAG_BITS })).filter(({ name }) => !unused.includes(name));
  const without = (list: Field[], ...names: string[]) => list.filter(({ name }) => !names.includes(name));

  const all = numbered(RECORD_FIELDS, RECORD + 1);
  const [data] = numbered(["data"], RECORD + 1 + RECORD_FIELDS.length) as [Field];
  const ofData = numbered(DATA_FIELDS, RECORD + 2 + RECORD_FIELDS.length);
  const named = (wanted: string) => all.find(({ name }) => name === wanted) as Field;
  const rest = without(all, "type", "event");
  const ofWebhook = without(rest, ...DATA_FIELDS);
  return {
    type: named("type"),
    event: named("event"),
    startedAt: named("startedAt"),
    data,
    message: without(rest, ...ONLY_CALLS, ...ONLY_MESSAGE_WEBHOOKS),
    call: without(rest, "startedAt", ...ONLY_MESSAGES, ...ONLY_MESSAGE_WEBHOOKS),
    webhooks: {
      message: { own: ofWebhook, data: without(ofData, ...ONLY_CALLS) },
      call: { own: without(ofWebhook, ...ONLY_MESSAGE_WEBHOOKS), data: without(ofData, ...ONLY_MESSAGES) },
      other: { own: rest, data: ofData },
    },
  };
}

/** One batch, written record by record. The object is reused for the next batch. */
export class Columns {
  /** The number of records in the batch. */
  count = 0;
  readonly #plans: ReturnType<typeof plansOf>;
  readonly #entries: Uint16Array;
  readonly #numbers: Float64Array;
  readonly #lengths: Uint32Array;
  #entered = 0;
  #numbered = 0;
  #texts = 0;
  #text = "";
  #utf8 = new Uint8Array(0);

  /** @param unused the fields that the counter does not use */
  constructor(unused: readonly string[]) {
    this.#plans = plansOf(unused);
    const most = MAX_BATCH_RECORDS * (2 + RECORD_FIELDS.length + DATA_FIELDS.length);
    this.#entries = new Uint16Array(most);
    this.#numbers = new Float64Array(most);
    this.#lengths = new Uint32Array(most);
  }

  /** Whether the batch is large enough to be handed over. */
  get isFull(): boolean {
    return this.count >= MAX_BATCH_RECORDS || this.#text.length >= FULL_BATCH_UNITS;
  }

  /** Empties the batch. */
  clear(): void {
    this.count = this.#entered = this.#numbered = this.#texts = 0;
    this.#text = "";
  }

  /** Hands over the batch and empties it. The returned views are overwritten by the next batch. */
  flush() {
    const text = this.#text;
    if (!isWellFormed(text)) this.#findBroken(text);
    const most = text.length * 3; // a UTF-16 unit takes at most three bytes of UTF-8
    if (this.#utf8.length < most) this.#utf8 = new Uint8Array(most);
    const { written } = utf8.encodeInto(text, this.#utf8);
    const taken = {
      entries: this.#entries.subarray(0, this.#entered),
      numbers: this.#numbers.subarray(0, this.#numbered),
      lengths: this.#lengths.subarray(0, this.#texts),
      text: this.#utf8.subarray(0, written),
    };
    this.clear();
    return taken;
  }

  /** Writes one record. A list page is not written; its items are returned. */
  record(record: unknown): unknown[] | undefined {
    const kind = kindOf(record);
    if (kind !== TAG.object) {
      this.#begin(kind);
      return;
    }
    const start = this.#entered;
    this.#begin(TAG.object);
    const data = this.#data(record as object);
    if (isArray(data)) {
      this.#entered = start;
      this.count--;
      return data;
    }
    this.#fields(record as object, data);
    return;
  }

  /** Writes a list page that is nested too deep, which the core counts as an invalid record. */
  tooDeep(): void {
    this.#begin(TAG.tooDeep);
  }

  #begin(kind: number): void {
    this.count++;
    this.#enter((RECORD << TAG_BITS) | kind);
  }

  /**
   * Reads only the fields that matter for the record's kind, because looking up a missing property is slow. The kind is decided
   * from the values that the core decides it from, so the core has every field that it reads.
   */
  #fields(record: object, data: unknown): void {
    const plans = this.#plans;
    const type = this.#read(record, plans.type);
    const event = this.#read(record, plans.event);
    if (type === "message" || type === "call" || event === undefined || event === null) {
      const isCall = type !== "message" && (this.#read(record, plans.startedAt) !== undefined || type === "call");
      this.#all(record, isCall ? plans.call : plans.message);
      return;
    }
    const { message, call, other } = plans.webhooks;
    const plan = event === "agent.message" ? message : event === "agent.call_ended" ? call : other;
    this.#all(record, plan.own);
    if (kindOf(data) === TAG.object) this.#all(data as object, plan.data);
  }

  #data(record: object): unknown {
    const { bits } = this.#plans.data;
    try {
      const { data } = record as { data?: unknown };
      const kind = kindOf(data);
      if (kind === TAG.object) this.#enter(bits | kind);
      else this.#value(bits, data);
      return data;
    } catch (error) {
      this.#threw(bits, error);
      return;
    }
  }

  #all(from: object, fields: readonly Field[]): void {
    for (const field of fields) this.#read(from, field);
  }

  /** Writes a field and returns its value; `null` if reading it threw. */
  #read(from: object, { name, bits }: Field): unknown {
    try {
      const value = (from as Record<string, unknown>)[name];
      this.#value(bits, value);
      return value;
    } catch (error) {
      this.#threw(bits, error);
      return null;
    }
  }

  #value(bits: number, value: unknown): void {
    if (value === undefined) return;
    if (typeof value === "string") {
      // Texts are joined, so a high surrogate at the end could pair with the next text's low surrogate.
      if (isHigh(value.charCodeAt(value.length - 1))) this.#string(bits | TAG.brokenText, "");
      else this.#string(bits | TAG.text, value);
    } else if (typeof value === "number") {
      this.#number(bits | TAG.number, value);
    } else if (value === null) {
      this.#enter(bits | TAG.null);
    } else if (isDate(value)) {
      // Throws if the value only has the tag of a Date.
      this.#number(bits | TAG.date, Date.prototype.getTime.call(value));
    } else {
      this.#enter(bits | kindOf(value));
    }
  }

  #threw(bits: number, error: unknown): void {
    this.#string(bits | TAG.threw, said(error).replace(/\p{Surrogate}/gu, "\ufffd"));
  }

  #enter(entry: number): void {
    this.#entries[this.#entered++] = entry;
  }

  #number(entry: number, value: number): void {
    this.#enter(entry);
    this.#numbers[this.#numbered++] = value;
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
    for (const [i, entry] of this.#entries.subarray(0, this.#entered).entries()) {
      const tag = entry & ((1 << TAG_BITS) - 1);
      if (tag !== TAG.text && tag !== TAG.brokenText && tag !== TAG.threw) continue;
      const end = at + (this.#lengths[texts++] as number);
      if (!isWellFormed(all.slice(at, end))) this.#entries[i] = entry - tag + TAG.brokenText;
      at = end;
    }
  }
}

const isHigh = (unit: number) => (unit & 0xfc00) === 0xd800;

function kindOf(value: unknown): number {
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
