// Objects on their way into the core: a batch of records as four columns, written without judging.
// The layout is that of src/columns.rs, which reads it.

import { isDate, isWellFormed, said } from "./values.js";

/** What a value is; src/columns.rs has the same numbers. */
const TAG = {
  absent: 0,
  null: 1,
  number: 2,
  text: 3,
  brokenText: 4,
  date: 5,
  boolean: 6,
  object: 7,
  array: 8,
  bigint: 9,
  function: 10,
  symbol: 11,
  threw: 12,
  tooDeep: 13,
  revoked: 14,
} as const;

const utf8 = new TextEncoder();

/** One batch, written record by record and used again for the next. */
export class Columns {
  /** How many records it holds. */
  count = 0;
  #tags = new Uint8Array(1 << 14);
  #tagged = 0;
  #numbers = new Float64Array(1 << 10);
  #numbered = 0;
  #lengths = new Uint32Array(1 << 12);
  #texts = 0;
  #text = new Uint8Array(1 << 16);
  #written = 0;

  readonly #fields: readonly string[];
  readonly #dataFields: readonly string[];

  /** `fields` and `dataFields`: the names that the core reads, in its order. */
  constructor(fields: readonly string[], dataFields: readonly string[]) {
    this.#fields = fields;
    this.#dataFields = dataFields;
  }

  get tags(): Uint8Array {
    return this.#tags.subarray(0, this.#tagged);
  }
  get numbers(): Float64Array {
    return this.#numbers.subarray(0, this.#numbered);
  }
  get lengths(): Uint32Array {
    return this.#lengths.subarray(0, this.#texts);
  }
  get text(): Uint8Array {
    return this.#text.subarray(0, this.#written);
  }

  /** Is it large enough to be handed over? */
  get isFull(): boolean {
    return this.count >= 512 || this.#written >= 1 << 20;
  }

  clear(): void {
    this.count = this.#tagged = this.#numbered = this.#texts = this.#written = 0;
  }

  /** Writes one record. */
  record(record: unknown): void {
    this.count++;
    if (kindOf(record) !== TAG.object) {
      this.#tag(kindOf(record));
      return;
    }
    this.#tag(TAG.object);
    this.#read(record as object, this.#fields);
    this.#data(record as object);
  }

  /** Writes a list page that lies too deep in others to be opened. */
  tooDeep(): void {
    this.count++;
    this.#tag(TAG.tooDeep);
  }

  #read(from: object, fields: readonly string[]): void {
    for (const field of fields) {
      try {
        this.#value((from as Record<string, unknown>)[field]);
      } catch (error) {
        this.#threw(error);
      }
    }
  }

  #data(record: object): void {
    let data: unknown;
    try {
      data = (record as { data?: unknown }).data;
    } catch (error) {
      this.#threw(error);
      return;
    }
    if (kindOf(data) === TAG.object) {
      this.#tag(TAG.object);
      this.#read(data as object, this.#dataFields);
    } else {
      this.#value(data);
    }
  }

  #value(value: unknown): void {
    if (typeof value === "string") {
      if (isWellFormed(value)) this.#string(TAG.text, value);
      else this.#tag(TAG.brokenText);
      return;
    }
    if (typeof value === "number") {
      this.#tag(TAG.number);
      this.#number(value);
      return;
    }
    if (isDate(value)) {
      const time = Date.prototype.getTime.call(value); // throws where something only says that it is a Date
      this.#tag(TAG.date);
      this.#number(time);
      return;
    }
    this.#tag(kindOf(value));
  }

  #threw(error: unknown): void {
    this.#string(TAG.threw, said(error));
  }

  #tag(tag: number): void {
    if (this.#tagged === this.#tags.length) this.#tags = grown(this.#tags, Uint8Array);
    this.#tags[this.#tagged++] = tag;
  }

  #number(value: number): void {
    if (this.#numbered === this.#numbers.length) this.#numbers = grown(this.#numbers, Float64Array);
    this.#numbers[this.#numbered++] = value;
  }

  #string(tag: number, value: string): void {
    this.#tag(tag);
    const most = value.length * 3; // bytes of UTF-8 for a UTF-16 unit
    while (this.#text.length - this.#written < most) this.#text = grown(this.#text, Uint8Array);
    const { written } = utf8.encodeInto(value, this.#text.subarray(this.#written));
    if (this.#texts === this.#lengths.length) this.#lengths = grown(this.#lengths, Uint32Array);
    this.#lengths[this.#texts++] = written;
    this.#written += written;
  }
}

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

type Growing = Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

function grown<T extends Growing>(full: T, type: new (length: number) => T): T {
  const larger = new type(full.length * 2);
  larger.set(full);
  return larger;
}
