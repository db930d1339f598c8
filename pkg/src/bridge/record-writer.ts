// Writes the fields of JavaScript records into columns. The core judges the records. Only the fields that the kind of a record
// needs are read, because looking up a missing property is slow.

import { TAG } from "../constants.js";
import { Columns, DATA, type FieldName, kindOf, OWN } from "./columns.js";
import { type Fields, FieldsByName, Thrown } from "./fields.js";
import { Layouts } from "./layouts.js";
import { isArray, property } from "./values.js";

/** The header that has the id of a delivery, in lower case. */
const DELIVERY_HEADER = /^x-webhook-id$/i;

/** The events that the vendor documents. */
const EVENTS: unknown[] = ["agent.message", "agent.call_ended", "agent.reaction", "agent.contact_shared"];

/** What a counter uses of a record. */
export interface Use {
  /**
   * `"report"` is what a report by agent needs. `"routes"` is `"report"` with phone numbers, channels and directions. `"mistakes"` is
   * `"report"` with what only a mistaken count needs: spoken turns, the directions of messages, and the end of a call whose duration
   * is known.
   */
  readonly fields: "report" | "routes" | "mistakes";
  /** Whether ids are compared. Otherwise it only counts whether a record has one. */
  readonly ids: boolean;
}

/** The numbers of the fields of a record, or of its `data`. */
type Bits = Record<FieldName, number>;

/** A list of records: a page, or a conversation with its messages. */
export interface List {
  /** The page or the conversation. */
  readonly of: object;
  readonly items: unknown[];
  readonly isConversation: boolean;
}

/**
 * Writes records, one by one.
 *
 * The code names each field that it reads: an engine remembers where objects of a few layouts have a named field. A name that is in a
 * variable takes several times as long.
 */
export class RecordWriter {
  readonly columns = new Columns();
  /** The first record of an unknown kind. */
  unknown: object | undefined;
  readonly #layouts = new Layouts();
  readonly #record = new FieldsByName(true);
  readonly #body = new FieldsByName(true);
  readonly #data = new FieldsByName(false);
  #routes = false;
  #mistakes = false;
  /** The id of the delivery that was among the headers of the envelope. */
  #headerId: string | undefined;

  /** Begins to write for a use. */
  begin(use: Use): void {
    this.clear();
    this.columns.ids = use.ids;
    this.#routes = use.fields === "routes";
    this.#mistakes = use.fields === "mistakes";
  }

  /** Forgets the records. */
  clear(): void {
    this.columns.clear();
    this.unknown = undefined;
  }

  /**
   * Writes a record. A list page and a conversation with its messages are not written, but returned. A record of which a field
   * throws an error is read a second time.
   */
  record(record: unknown): List | undefined {
    const { columns } = this;
    columns.mark();
    const kind = kindOf(record);
    columns.begin(kind);
    if (kind !== TAG.object) return;
    this.#layouts.see(record as object);
    let list: List | undefined;
    try {
      list = this.#object(record as object);
    } catch {
      list = this.#carefully(() => {
        columns.begin(kind);
        return this.#object(record as object);
      });
    }
    if (list !== undefined) columns.reset();
    return list;
  }

  /** Writes a conversation with the number of its messages. They are not written here. */
  conversation(record: object, messages: number): void {
    const { columns } = this;
    columns.mark();
    try {
      this.#conversation(record, messages);
    } catch {
      this.#carefully(() => this.#conversation(record, messages));
    }
  }

  /** Writes something again of which a field threw an error. What it has written is dropped first. */
  #carefully<T>(write: () => T): T {
    const { columns } = this;
    columns.reset();
    columns.mayHaveThrown = true;
    try {
      return write();
    } finally {
      columns.mayHaveThrown = false; // the next record must not be read in this way, whatever ends this one
    }
  }

  #conversation(record: object, messages: number): void {
    const { columns } = this;
    const from = this.#from(record, this.#record);
    columns.begin(TAG.object);
    columns.number(DATA.conversation | TAG.number, messages);
    this.#agent(from);
    this.#numbers(from);
    columns.term(OWN.channel, from.channel);
    const { messageCount } = from;
    columns.value(OWN.messageCount, messageCount, messageCount === undefined ? from.message_count : undefined);
  }

  /** Where the fields of an object are read: in itself, or by names in a variable. */
  #from(object: object, byName: FieldsByName): Fields {
    const { mayHaveThrown } = this.columns;
    return this.#layouts.areMany || mayHaveThrown ? byName.of(object, mayHaveThrown) : object;
  }

  /** Whether the value is an object, and not an error that was thrown in its place. */
  #isObject(value: unknown): boolean {
    return kindOf(value) === TAG.object && !(this.columns.mayHaveThrown && Thrown.is(value));
  }

  #object(record: object): List | undefined {
    const from = this.#from(record, this.#record);
    const { data } = from;
    if (data !== undefined) this.columns.value(OWN.data, data);
    if (isArray(data)) return { of: record, items: data, isConversation: false };
    return this.#fields(from, data, record);
  }

  #fields(from: Fields, data: unknown, record: object): List | undefined {
    const { type, event } = from;
    if (type !== "message" && type !== "call" && isKnown(event)) {
      this.#kind(type, event);
      if (event === "agent.message") this.#messageWebhook(from, data);
      else if (event === "agent.call_ended") this.#callWebhook(from, data);
      else if (!EVENTS.includes(event)) this.#isUnknown(record, type, event);
      this.#test(from);
      return;
    }
    const isMessage = type === "message";
    const startedAt = isMessage ? undefined : from.startedAt;
    const started_at = isMessage || startedAt !== undefined ? undefined : from.started_at;
    if (type === "call" || startedAt !== undefined || started_at !== undefined) {
      this.#call(from, type, event, startedAt, started_at);
    } else {
      const { receivedAt } = from;
      const received_at = receivedAt === undefined ? from.received_at : undefined;
      const hasTime = receivedAt !== undefined || received_at !== undefined;
      if (!isMessage && !hasTime) return this.#bare(from, type, event, record);
      this.#message(from, type, event, receivedAt, received_at);
    }
    this.#test(from);
    return;
  }

  #kind(type: unknown, event: unknown): void {
    this.columns.term(OWN.type, type);
    this.columns.term(OWN.event, event);
  }

  /**
   * Whether one entry may stand for a record as the API lists it. Its kind then shows from its time, so its type and its event are not
   * written. One of them that can't be read would make the record invalid.
   */
  get #mayBePlain(): boolean {
    return !(this.#routes || this.#mistakes || this.columns.mayHaveThrown);
  }

  /** A call as the API lists it, whose start has been read in both spellings. */
  #call(from: Fields, type: unknown, event: unknown, startedAt: unknown, started_at: unknown): void {
    const { columns } = this;
    const { id, agentId, agentName, status, durationSeconds } = from;
    const agent_id = agentId === undefined ? from.agent_id : undefined;
    const agent_name = agentName === undefined ? from.agent_name : undefined;
    const agent = agentId ?? agent_id;
    const name = agentName ?? agent_name;
    if (this.#mayBePlain && columns.plainCall(startedAt, id, agent, name, status, durationSeconds)) return;
    this.#kind(type, event);
    columns.value(OWN.startedAt, startedAt, started_at);
    columns.id(OWN.id, id);
    if (isEmpty(id)) this.#callId(OWN, from);
    columns.term(OWN.agentId, agentId, agent_id);
    columns.term(OWN.agentName, agentName, agent_name);
    columns.term(OWN.status, status);
    this.#seconds(OWN, from, durationSeconds);
    if (!this.#routes) return;
    this.#phone(from);
    columns.term(OWN.direction, from.direction);
  }

  /** A message as the API lists it, whose time has been read in both spellings. */
  #message(from: Fields, type: unknown, event: unknown, receivedAt: unknown, received_at: unknown): void {
    const { columns } = this;
    const { id, agentId, agentName } = from;
    const agent_id = agentId === undefined ? from.agent_id : undefined;
    const agent_name = agentName === undefined ? from.agent_name : undefined;
    const agent = agentId ?? agent_id;
    const name = agentName ?? agent_name;
    if (this.#mayBePlain && columns.plainMessage(receivedAt, id, agent, name)) return;
    this.#kind(type, event);
    columns.value(OWN.receivedAt, receivedAt, received_at);
    columns.id(OWN.id, id);
    if (isEmpty(id)) this.#messageId(OWN, from);
    columns.term(OWN.agentId, agentId, agent_id);
    columns.term(OWN.agentName, agentName, agent_name);
    if (this.#routes || this.#mistakes) columns.term(OWN.direction, from.direction);
    if (!this.#routes) return;
    this.#phone(from);
    columns.term(OWN.channel, from.channel);
  }

  #messageWebhook(from: Fields, data: unknown): void {
    const { columns } = this;
    // A spoken turn of a call needs no other field than its channel.
    if (columns.term(OWN.channel, from.channel) === "voice" && !this.#mistakes) return;
    let hasId = false;
    let hasTime = false;
    if (this.#isObject(data)) {
      const of = this.#from(data as object, this.#data);
      hasId = !isEmpty(this.#messageId(DATA, of)) || !isEmpty(columns.id(DATA.id, of.id));
      hasTime = !isEmpty(this.#receivedAt(DATA, of));
      if (this.#routes || this.#mistakes) columns.term(DATA.direction, of.direction);
      if (this.#routes) this.#numberId(DATA, of);
    }
    this.#agent(from);
    if (!hasTime) columns.value(OWN.timestamp, from.timestamp);
    if (this.#routes) this.#phoneNumber(from);
    if (!hasId) this.#delivery(from);
  }

  #callWebhook(from: Fields, data: unknown): void {
    const { columns } = this;
    let hasId = false;
    if (this.#isObject(data)) {
      const of = this.#from(data as object, this.#data);
      hasId = !isEmpty(this.#callId(DATA, of)) || !isEmpty(columns.id(DATA.id, of.id));
      columns.term(DATA.status, of.status);
      this.#startedAt(DATA, of);
      this.#seconds(DATA, of, of.durationSeconds);
      if (this.#routes) {
        this.#numberId(DATA, of);
        columns.term(DATA.direction, of.direction);
        columns.term(DATA.type, of.type);
      }
    }
    this.#agent(from);
    if (this.#routes) this.#phoneNumber(from);
    if (!hasId) this.#delivery(from);
  }

  /** What tells the delivery of a webhook that has no id of its own. */
  #delivery(from: Fields): void {
    const { columns } = this;
    columns.value(OWN["headers/x-webhook-id"], this.#headerId ?? deliveryHeader(from));
    columns.value(OWN.id, from.id);
    const { deliveryId } = from;
    columns.value(OWN.deliveryId, deliveryId, deliveryId === undefined ? from.delivery_id : undefined);
  }

  #agent(from: Fields): void {
    const { columns } = this;
    const { agentId, agentName } = from;
    columns.term(OWN.agentId, agentId, agentId === undefined ? from.agent_id : undefined);
    columns.term(OWN.agentName, agentName, agentName === undefined ? from.agent_name : undefined);
  }

  /** The account's phone number of a listed record. */
  #phone(from: Fields): void {
    this.#numbers(from);
    this.#phoneNumber(from);
  }

  #numbers(from: Fields): void {
    const { phoneNumberId } = from;
    const second = phoneNumberId === undefined ? from.phone_number_id : undefined;
    this.columns.term(OWN.phoneNumberId, phoneNumberId, second);
    this.#numberId(OWN, from);
  }

  #numberId(bits: Bits, from: Fields): void {
    const { numberId } = from;
    this.columns.term(bits.numberId, numberId, numberId === undefined ? from.number_id : undefined);
  }

  #phoneNumber(from: Fields): void {
    const { phoneNumber } = from;
    this.columns.term(OWN.phoneNumber, phoneNumber, phoneNumber === undefined ? from.phone_number : undefined);
  }

  #callId(bits: Bits, from: Fields): unknown {
    const { callId } = from;
    return this.columns.id(bits.callId, callId, callId === undefined ? from.call_id : undefined);
  }

  #messageId(bits: Bits, from: Fields): unknown {
    const { messageId } = from;
    return this.columns.id(bits.messageId, messageId, messageId === undefined ? from.message_id : undefined);
  }

  #startedAt(bits: Bits, from: Fields): unknown {
    const { startedAt } = from;
    return this.columns.value(bits.startedAt, startedAt, startedAt === undefined ? from.started_at : undefined);
  }

  #receivedAt(bits: Bits, from: Fields): unknown {
    const { receivedAt } = from;
    return this.columns.value(bits.receivedAt, receivedAt, receivedAt === undefined ? from.received_at : undefined);
  }

  /** The duration of a call, and its end if that is needed. */
  #seconds(bits: Bits, from: Fields, durationSeconds: unknown): void {
    const { columns } = this;
    const second = durationSeconds === undefined ? from.duration_seconds : undefined;
    const seconds = columns.value(bits.durationSeconds, durationSeconds, second);
    if (!isEmpty(seconds) && !this.#mistakes) return;
    const { endedAt } = from;
    columns.value(bits.endedAt, endedAt, endedAt === undefined ? from.ended_at : undefined);
  }

  /** A record that has neither an event nor a type nor a time: an envelope, a conversation, or a record of an unknown kind. */
  #bare(from: Fields, type: unknown, event: unknown, record: object): List | undefined {
    this.#kind(type, event);
    const { body } = from;
    if (!isKnown(type) && this.#isObject(body)) {
      const of = this.#from(body as object, this.#body);
      const { event } = of;
      if (isKnown(event) && !Thrown.is(event)) {
        this.#envelope(from, of, body as object);
        return;
      }
    }
    const { messages } = from;
    if (isArray(messages) && !isPartial(record)) {
      return { of: record, items: messages, isConversation: true };
    }
    this.#isUnknown(record, type, undefined);
    return;
  }

  /** Remembers a record of an unknown kind. A record whose kind can't be read is invalid instead. */
  #isUnknown(record: object, type: unknown, event: unknown): void {
    if (!(Thrown.is(type) || Thrown.is(event))) this.unknown ??= record;
  }

  /** Writes the webhook in an envelope instead, with what the envelope says about its delivery. */
  #envelope(envelope: Fields, body: Fields, record: object): void {
    const { columns } = this;
    columns.reset();
    columns.begin(TAG.object);
    columns.value(DATA.enveloped, true);
    columns.value(OWN["envelope/id"], envelope.id);
    const { deliveryId } = envelope;
    columns.value(OWN["envelope/deliveryId"], deliveryId, deliveryId === undefined ? envelope.delivery_id : undefined);
    const { data } = body;
    if (data !== undefined) columns.value(OWN.data, data);
    this.#headerId = deliveryHeader(envelope);
    try {
      this.#fields(body, data, record);
    } finally {
      this.#headerId = undefined;
    }
  }

  /** Writes whether the record is marked as a test. A mark that can't be read does not count. */
  #test(from: Fields): void {
    try {
      const { test, conversationState } = from;
      const state = conversationState === undefined ? from.conversation_state : conversationState;
      let isTest = test === true;
      if (!isTest && typeof state === "object" && state !== null && !isArray(state)) {
        const { testMode } = state as Mark;
        isTest = (testMode === undefined ? (state as Mark).test_mode : testMode) === true;
      }
      if (isTest) this.columns.value(OWN.test, true);
    } catch {}
  }
}

/**
 * The id of the delivery in the headers of a record. If the header comes several times, the last one counts. The headers may be a
 * `Headers` object, such as the `headers` of a `Request`.
 */
function deliveryHeader(record: Fields): string | undefined {
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

/** Whether a field does not serve its need, so that another one has to. */
const isEmpty = (value: unknown) => value === undefined || value === null || value === "";

/** The keys of a mark that a record is a test. */
interface Mark {
  test?: unknown;
  conversationState?: unknown;
  conversation_state?: unknown;
  testMode?: unknown;
  test_mode?: unknown;
}
