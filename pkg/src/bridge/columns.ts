// Objects on their way into the core: a batch of records as columns, written without judging.
// The layout is that of src/records/columns.rs, which reads it.

import { DATA_FIELDS, RECORD_FIELDS, TAG, TAG_BITS } from "../constants.js";
import { isArray, isDate, isWellFormed, said } from "./values.js";

/** The field of an entry that begins a record. */
const RECORD = 0;

/** Records that cross together, at most. */
const MAX_BATCH_RECORDS = 512;

/** UTF-16 units of text from which a batch is not kept waiting for more records. */
const FULL_BATCH_UNITS = 1 << 18;

// What a record of one kind has no use for. Fields that are not here are read of every record that can have them.
const ONLY_CALLS = ["callId", "status", "startedAt", "endedAt", "durationSeconds"];
const ONLY_MESSAGES = ["messageId", "receivedAt"];
const ONLY_MESSAGE_WEBHOOKS = ["channel", "timestamp"];

/** A field by its name, and as an entry has it. */
interface Field {
  readonly name: string;
  readonly bits: number;
}

const utf8 = new TextEncoder();

/** The fields to read of each kind of record, once `type`, `event`, `data` and a call's `startedAt` have been. */
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

/** One batch, written record by record and used again for the next. */
export class Columns {
  /** How many records it holds. */
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

  /** `unused` are fields that the counter does not use. */
  constructor(unused: readonly string[]) {
    this.#plans = plansOf(unused);
    const most = MAX_BATCH_RECORDS * (2 + RECORD_FIELDS.length + DATA_FIELDS.length);
    this.#entries = new Uint16Array(most);
    this.#numbers = new Float64Array(most);
    this.#lengths = new Uint32Array(most);
  }

  /** Is it large enough to be handed over? */
  get isFull(): boolean {
    return this.count >= MAX_BATCH_RECORDS || this.#text.length >= FULL_BATCH_UNITS;
  }

  clear(): void {
    this.count = this.#entered = this.#numbered = this.#texts = 0;
    this.#text = "";
  }

  /** Hands over what was written, as views that the next batch overwrites, and is empty again. */
  flush() {
    const text = this.#text;
    if (!isWellFormed(text)) this.#findBroken(text);
    const most = text.length * 3; // bytes of UTF-8 for a UTF-16 unit
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

  /** Writes one record; a list page is none, and its items are given back instead. */
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

  /** Writes a list page that lies too deep in others to be opened. */
  tooDeep(): void {
    this.#begin(TAG.tooDeep);
  }

  #begin(kind: number): void {
    this.count++;
    this.#enter((RECORD << TAG_BITS) | kind);
  }

  /**
   * Reads what can matter of a record, and no more: a look-up in vain costs the most of all. Whatever kind the core finds
   * it to be, by the same signs, it has the fields that it looks at.
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

  /** Writes a field, and gives its value; `null` where there is something that could not be read. */
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
      // Half a pair would find its other half in the next text.
      if (isHigh(value.charCodeAt(value.length - 1))) this.#string(bits | TAG.brokenText, "");
      else this.#string(bits | TAG.text, value);
    } else if (typeof value === "number") {
      this.#number(bits | TAG.number, value);
    } else if (value === null) {
      this.#enter(bits | TAG.null);
    } else if (isDate(value)) {
      // Throws where something only says that it is a Date.
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

  /** Texts wait as one: to encode them together takes a fraction of the time. */
  #string(entry: number, value: string): void {
    this.#text += value;
    this.#enter(entry);
    this.#lengths[this.#texts++] = value.length;
  }

  /** Of texts that have a lone surrogate among them, marks those. */
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
    return TAG.revoked; // the one thing that an object can't be asked without harm
  }
}
