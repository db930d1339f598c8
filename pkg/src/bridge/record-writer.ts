// Writes the fields of JavaScript records into columns. The core judges the records. Only the fields that the kind of a record
// needs are read, because looking up a missing property is slow.

import { RECORD_ALIASES, RECORD_FIELDS, TAG } from "../constants.js";
import { ALIAS, Columns, DATA, type FieldName, kindOf, OWN } from "./columns.js";
import { either, isArray, property } from "./values.js";

/** The header that has the id of a delivery, in lower case. */
const DELIVERY_HEADER = /^x-webhook-id$/i;

/** The events that the vendor documents. */
const EVENTS: unknown[] = ["agent.message", "agent.call_ended", "agent.reaction", "agent.contact_shared"];

/** A field: its two spellings (the second is empty if there is only one), and its number as the bits of an entry. */
interface Field {
  readonly name: string;
  readonly alias: string;
  readonly bits: number;
  /** The need that the field serves. If several fields serve one need, the first one counts, and the others are not read. */
  readonly need: number;
}

/** The seconds of a call. */
const SECONDS = 2;

/** The needs that several fields serve: an id, the seconds of a call, the time of a message in a webhook. */
const NEEDS: Readonly<Record<string, number>> = {
  ...{ id: 1, callId: 1, messageId: 1 },
  ...{ durationSeconds: SECONDS, endedAt: SECONDS },
  ...{ receivedAt: 4, timestamp: 4 },
};

function listed(bits: Record<FieldName, number>, names: string): Field[] {
  return names.split(" ").map((name) => {
    const alias = RECORD_ALIASES[RECORD_FIELDS.indexOf(name)] ?? "";
    return { name, alias, bits: bits[name as FieldName], need: NEEDS[name] ?? 0 };
  });
}

const [TYPE, EVENT, STARTED_AT, RECEIVED_AT, ID, DELIVERY_ID, CHANNEL] = listed(
  OWN,
  "type event startedAt receivedAt id deliveryId channel",
) as [Field, Field, Field, Field, Field, Field, Field];
const CONVERSATION = listed(OWN, "agentId agentName phoneNumberId numberId channel messageCount");

/**
 * What a counter uses of a record. `"report"` is what a report by agent needs. `"routes"` is `"report"` with phone numbers,
 * channels and directions. `"mistakes"` is `"report"` with what only a mistaken count needs: spoken turns, the directions of
 * messages, and the end of a call whose duration is known.
 */
export type Use = "report" | "routes" | "mistakes";

/** The fields to read from each kind of record, besides those above. */
function plansOf(use: Use) {
  const routes = use === "routes";
  const turns = use === "mistakes";
  const fieldsOf = (bits: Record<FieldName, number>, names: string) =>
    turns ? listed(bits, names).map((field) => ({ ...field, need: field.need & ~SECONDS })) : listed(bits, names);
  const more = (fields: string) => (routes ? ` ${fields}` : "");
  const route = more("phoneNumberId numberId phoneNumber direction");
  const way = turns ? " direction" : "";
  return {
    /** Whether spoken turns are read like messages. */
    turns,
    message: fieldsOf(OWN, `id messageId agentId agentName${route}${way}${more("channel")}`),
    call: fieldsOf(OWN, `id callId agentId agentName status durationSeconds endedAt${route}`),
    messageWebhook: {
      data: fieldsOf(DATA, `messageId id receivedAt${more("numberId direction")}${way}`),
      own: fieldsOf(OWN, `agentId agentName timestamp${more("phoneNumber")}`),
    },
    callWebhook: {
      data: fieldsOf(DATA, `callId id status startedAt durationSeconds endedAt${more("numberId direction type")}`),
      own: fieldsOf(OWN, `agentId agentName${more("phoneNumber")}`),
    },
  };
}

/** The keys that few records have: the second spellings, and the marks of a test. */
const RARE = new Set([...RECORD_ALIASES, "test", "conversationState", "conversation_state"]);

/** Stands for the value of a field that threw an error while it was read. */
const THREW = Symbol("threw");

/** A record with any keys. */
type Loose = Record<string, unknown>;

/** A list of records: a page, or a conversation with its messages. */
export interface List {
  /** The page or the conversation. */
  readonly of: object;
  readonly items: unknown[];
  readonly isConversation: boolean;
}

/** Writes records, one by one. */
export class RecordWriter {
  readonly columns = new Columns();
  /** The first record of an unknown kind. */
  unknown: object | undefined;
  readonly #plans: ReturnType<typeof plansOf>;
  /** The id of the delivery that was among the headers of the envelope. */
  #headerId: string | undefined;

  constructor(use: Use) {
    this.#plans = plansOf(use);
  }

  /** Forgets the records. */
  clear(): void {
    this.columns.clear();
    this.unknown = undefined;
  }

  /** Writes a record. A list page and a conversation with its messages are not written, but returned. */
  record(record: unknown): List | undefined {
    const { columns } = this;
    columns.mark();
    const kind = kindOf(record);
    columns.begin(kind);
    if (kind !== TAG.object) return;
    const data = this.#data(record as object);
    const list = isArray(data)
      ? { of: record as object, items: data, isConversation: false }
      : this.#fields(record as Loose, data);
    if (list !== undefined) columns.reset();
    return list;
  }

  /** Writes a conversation with the number of its messages. They are not written here. */
  conversation(record: object, messages: number): void {
    this.columns.begin(TAG.object);
    this.columns.number(DATA.conversation | TAG.number, messages);
    this.#all(record as Loose, CONVERSATION, true, 0);
  }

  #fields(record: Loose, data: unknown): List | undefined {
    const type = this.#read(record, TYPE, false);
    const event = this.#read(record, EVENT, false);
    if (type !== "message" && type !== "call" && isKnown(event)) {
      // A spoken turn of a call needs no other field than its channel.
      if (event === "agent.message") {
        const isTurn = this.#read(record, CHANNEL, false) === "voice" && !this.#plans.turns;
        if (!isTurn) this.#webhook(record, data, this.#plans.messageWebhook);
      }
      if (event === "agent.call_ended") this.#webhook(record, data, this.#plans.callWebhook);
      else if (!EVENTS.includes(event)) this.#isUnknown(record, type, event);
      this.#test(record);
      return;
    }
    const isRare = hasRareKey(record);
    let isCall = type === "call";
    if (type !== "message") isCall = this.#read(record, STARTED_AT, isRare) !== undefined || isCall;
    if (!isCall && this.#read(record, RECEIVED_AT, isRare) === undefined && type !== "message") {
      return this.#bare(record, type);
    }
    this.#all(record, isCall ? this.#plans.call : this.#plans.message, isRare, 0);
    if (isRare) this.#test(record);
    return;
  }

  #webhook(record: Loose, data: unknown, plan: { own: Field[]; data: Field[] }): void {
    const served = kindOf(data) === TAG.object ? this.#all(data as Loose, plan.data, true, 0) : 0;
    this.#all(record, plan.own, true, served);
    if (served & ID.need) return;
    this.columns.value(OWN["headers/x-webhook-id"], this.#headerId ?? deliveryHeader(record));
    this.#read(record, ID, false);
    this.#read(record, DELIVERY_ID, true);
  }

  /** A record that has neither an event nor a type nor a time: an envelope, a conversation, or a record of an unknown kind. */
  #bare(record: Loose, type: unknown): List | undefined {
    const body = property(record, "body");
    if (!isKnown(type) && kindOf(body) === TAG.object && isKnown(property(body, "event"))) {
      this.#envelope(record, body as Loose);
      return;
    }
    const messages = property(record, "messages");
    if (isArray(messages) && !isPartial(record)) {
      return { of: record, items: messages, isConversation: true };
    }
    this.#isUnknown(record, type, undefined);
    return;
  }

  /** Remembers a record of an unknown kind. A record whose kind can't be read is invalid instead. */
  #isUnknown(record: object, type: unknown, event: unknown): void {
    if (type !== THREW && event !== THREW) this.unknown ??= record;
  }

  /** Writes the webhook in an envelope instead, with what the envelope says about its delivery. */
  #envelope(envelope: Loose, body: Loose): void {
    const { columns } = this;
    columns.reset();
    columns.begin(TAG.object);
    columns.value(DATA.enveloped, true);
    columns.value(OWN["envelope/id"], property(envelope, "id"));
    columns.value(OWN["envelope/deliveryId"], either(envelope, "deliveryId", "delivery_id"));
    this.#headerId = deliveryHeader(envelope);
    this.#fields(body, this.#data(body));
    this.#headerId = undefined;
  }

  /** Writes whether the record is marked as a test. A mark that can't be read does not count. */
  #test(record: Loose): void {
    const { columns } = this;
    try {
      const { test, conversationState } = record as Mark;
      const state = conversationState === undefined ? (record as Mark).conversation_state : conversationState;
      let isTest = test === true;
      if (!isTest && typeof state === "object" && state !== null && !isArray(state)) {
        const { testMode } = state as Mark;
        isTest = (testMode === undefined ? (state as Mark).test_mode : testMode) === true;
      }
      if (isTest) columns.value(OWN.test, true);
    } catch {}
  }

  #data(record: object): unknown {
    const { columns } = this;
    try {
      const { data } = record as { data?: unknown };
      if (data !== undefined) columns.value(OWN.data, data);
      return data;
    } catch (error) {
      columns.threw(OWN.data, error);
      return;
    }
  }

  /** Writes the fields whose needs are not served yet. Returns the needs that are served afterwards. */
  #all(from: Loose, fields: readonly Field[], both: boolean, served: number): number {
    let all = served;
    for (const field of fields) {
      if (all & field.need) continue;
      const value = this.#read(from, field, both);
      if (field.need !== 0 && isKnown(value) && value !== "") all |= field.need;
    }
    return all;
  }

  /**
   * Writes a field and returns its value, or `THREW`. If `both` is set and the object lacks the first spelling, the field is
   * looked up under its second spelling.
   */
  #read(from: Loose, field: Field, both: boolean): unknown {
    let { bits } = field;
    try {
      let value = from[field.name];
      if (value === undefined && both && field.alias !== "") {
        bits |= ALIAS;
        value = from[field.alias];
      }
      this.columns.value(bits, value);
      return value;
    } catch (error) {
      this.columns.threw(bits, error);
      return THREW;
    }
  }
}

/**
 * Whether a record may have one of the rare keys. To list its keys is faster than to look for each of the rare ones. Only keys that
 * are enumerable are found in a plain object.
 */
function hasRareKey(record: object): boolean {
  try {
    for (const key in record) if (RARE.has(key)) return true;
    const prototype = Object.getPrototypeOf(record);
    return prototype !== Object.prototype && prototype !== null; // a class may have getters, which are not listed
  } catch {
    return true; // a Proxy refuses
  }
}

/**
 * The id of the delivery in the headers of a record. If the header comes several times, the last one counts. The headers may be a
 * `Headers` object, such as the `headers` of a `Request`.
 */
function deliveryHeader(record: Loose): string | undefined {
  const headers = property(record, "headers");
  if (kindOf(headers) !== TAG.object) return;
  const ids = keysOf(headers as object).filter((key) => DELIVERY_HEADER.test(key));
  const id = ids.map((key) => property(headers, key)).findLast(isName) ?? headerOf(headers as Headers);
  return isName(id) ? (id as string) : undefined;
}

function headerOf(headers: Headers): unknown {
  try {
    return typeof headers.get === "function" ? headers.get("x-webhook-id") : undefined;
  } catch {
    return; // the object is not Headers
  }
}

/** Whether the object says that its request has failed, or has calls in another list, which are not read. */
export function isPartial(object: object): boolean {
  const error = property(object, "error");
  const isError = typeof error === "string" ? error !== "" : error === true || kindOf(error) === TAG.object;
  const hasFailed = property(object, "success") === false || property(object, "ok") === false;
  return isError || hasFailed || isArray(property(object, "calls"));
}

/** The own keys of an object; none if a Proxy refuses. */
function keysOf(value: object): string[] {
  try {
    return Object.keys(value);
  } catch {
    return [];
  }
}

/** Whether the value is text that can name something. */
const isName = (value: unknown) => typeof value === "string" && value !== "";

const isKnown = (value: unknown) => value !== undefined && value !== null;

/** The keys of a mark that a record is a test. */
interface Mark {
  test?: unknown;
  conversationState?: unknown;
  conversation_state?: unknown;
  testMode?: unknown;
  test_mode?: unknown;
}
