/** Judges one record by the rules that do not need the period, the directory or other records. */
import { get, isMissing, isObject, isText, Malformed, Reader } from "./fields.mjs";
import { channelOfCall, deliveryOf, directionOf, normalised, numberOf } from "./labels.mjs";

/**
 * What a record takes from around it if it says nothing itself: the defaults of a push, or of its conversation.
 * @typedef {{agentId?: string | null, agentName?: string | null, phoneNumberId?: string | null, channel?: string}} Defaults
 */

const COUNTED_AS = {
  "agent.message": "message",
  "agent.call_ended": "call",
  "agent.reaction": "reaction",
  "agent.contact_shared": "event",
};

/**
 * Opens a value that stands for several records. Returns null for any other value, and else their places and defaults. It throws
 * `Malformed` for a conversation that is a wrong record.
 * @param {unknown} value
 * @param {string} path
 * @param {Defaults} defaults
 * @returns {{items: unknown[], path: string, defaults: Defaults} | null}
 */
export function open(value, path, defaults) {
  if (isPage(value)) return { items: value.data, path: `${path}/data`, defaults };
  if (!isConversation(value)) return null;
  return { items: value.messages, path: `${path}/messages`, defaults: inherited(value, path, defaults) };
}

const isPage = (value) => isObject(value) && Array.isArray(value.data);

/** Whether a value is a page or a conversation. */
export const isContainer = (value) => isPage(value) || isConversation(value);

const hasTime = (value) => get(value, "startedAt") !== undefined || get(value, "receivedAt") !== undefined;

/** A conversation has messages, and nothing by which a record is recognised. */
function isConversation(value) {
  if (!isObject(value) || !Array.isArray(value.messages)) return false;
  const isKnown = value.type === "call" || value.type === "message" || !isMissing(value.event) || hasTime(value);
  return !isKnown && !isEnvelope(value) && !isPartial(value);
}

/** A failed request is not a conversation. An object with calls in another list is not one either. */
function isPartial({ error, success, ok, calls }) {
  const failed = (typeof error === "string" && error !== "") || error === true || isObject(error);
  return failed || success === false || ok === false || Array.isArray(calls);
}

function inherited(conversation, path, defaults) {
  const field = new Reader(conversation, path, false);
  const [agentId, agentName] = [field.text("agentId"), field.text("agentName")];
  return {
    ...(agentId === null ? agentOf(defaults) : { agentId, agentName }),
    phoneNumberId: numberOf(conversation) ?? defaults.phoneNumberId,
    channel: normalised(conversation.channel) || defaults.channel,
  };
}

const agentOf = ({ agentId, agentName }) => ({ agentId: agentId || null, agentName: (agentId && agentName) || null });

/** A webhook tool stores a webhook under `body`, beside the other parts of the request. */
function isEnvelope(value) {
  if (!isMissing(value.event) || !isMissing(value.type) || hasTime(value)) return false;
  return isObject(value.body) && !isMissing(value.body.event);
}

/**
 * Judges one record that stands at `path`. The verdict is one of
 *   {is: "invalid", path}                          `path` is the field's
 *   {is: "voiceTurn"} {is: "reaction"} {is: "event"} {is: "test"} {is: "other"}
 *   {is: "message", id, delivery, agentId, agentName, number, channel, direction, time}
 *   {is: "call", …, status, seconds}               `status` null: completed; `seconds` null: not known
 * `id`, `delivery`, `agentId`, `agentName` and `number` are null if the record does not have them. A record with an id has no `delivery`.
 * @param {unknown} record
 * @param {string} path
 * @param {{naive?: boolean, defaults?: Defaults}} [options]
 */
export function judge(record, path, { naive = false, defaults = {} } = {}) {
  try {
    if (!isObject(record)) throw new Malformed(path);
    const envelope = !isPage(record) && isEnvelope(record) ? record : null;
    const verdict = envelope
      ? recognise(record.body, `${path}/body`, naive, envelope)
      : recognise(record, path, naive, null);
    return verdict.is === "message" || verdict.is === "call" ? completed(verdict, defaults) : verdict;
  } catch (fault) {
    if (fault instanceof Malformed) return { is: "invalid", path: fault.path };
    throw fault;
  }
}

/** Fills in the defaults of the record. It changes the verdict, because copies make a large count slow. */
function completed(verdict, defaults) {
  if (verdict.agentId === null) Object.assign(verdict, agentOf(defaults));
  verdict.number ??= defaults.phoneNumberId || null;
  verdict.channel ||= normalised(defaults.channel);
  return verdict;
}

function recognise(record, path, naive, envelope) {
  const [is, make] = kindOf(record);
  if (is === "other") return { is };
  if (isTest(record)) return { is: "test" };
  return make ? make(record, path, naive, envelope) : { is };
}

/** What a record is, and the function that reads it, if it is read. */
function kindOf(record) {
  if (record.type === "call") return ["call", flatCall];
  if (record.type === "message") return ["message", flatMessage];
  if (!isMissing(record.event)) {
    const isKnown = typeof record.event === "string" && Object.hasOwn(COUNTED_AS, record.event);
    const is = isKnown ? COUNTED_AS[record.event] : "other";
    if (is === "message" && record.channel === "voice") return ["voiceTurn"];
    return [is, { message: webhookMessage, call: webhookCall }[is]];
  }
  if (get(record, "startedAt") !== undefined) return ["call", flatCall];
  if (get(record, "receivedAt") !== undefined) return ["message", flatMessage];
  return ["other"];
}

function isTest(record) {
  const state = get(record, "conversationState");
  return record.test === true || (isObject(state) && get(state, "testMode") === true);
}

// Each of the four functions reads the fields in the order in which errors are reported.

function flatCall(record, path, naive) {
  const field = new Reader(record, path, naive);
  const id = field.text("id") ?? field.text("callId");
  const agent = readAgent(field);
  const status = field.text("status") ?? ""; // a call without a status is not completed
  return {
    is: "call",
    id,
    delivery: null,
    ...agent,
    number: numberOf(record),
    channel: channelOfCall(record.type),
    direction: directionOf(record.direction),
    status: status === "completed" ? null : status,
    ...readSpan(field),
  };
}

function flatMessage(record, path, naive) {
  const field = new Reader(record, path, naive);
  const id = field.text("id") ?? field.text("messageId");
  const agent = readAgent(field);
  const time = field.time("receivedAt");
  if (time === null) throw field.fault("receivedAt");
  return {
    is: "message",
    id,
    delivery: null,
    ...agent,
    number: numberOf(record),
    channel: normalised(record.channel),
    direction: directionOf(record.direction),
    time,
  };
}

function webhookCall(record, path, naive, envelope) {
  const field = new Reader(record, path, naive);
  const data = new Reader(readData(record, field), `${path}/data`, naive);
  const id = readWebhookId(data, "callId");
  const agent = readAgent(field);
  const named = data.text("status");
  const stated = !isMissing(data.raw("status")); // a call_ended webhook without a status is a completed call
  const status = !stated || named === "completed" ? null : (named ?? "");
  return {
    is: "call",
    ...identity(id, record, envelope),
    ...agent,
    ...labels(data),
    channel: channelOfCall(data.raw("type")),
    status,
    ...readSpan(data),
  };
}

function webhookMessage(record, path, naive, envelope) {
  const field = new Reader(record, path, naive);
  const data = new Reader(readData(record, field), `${path}/data`, naive);
  const id = readWebhookId(data, "messageId");
  const agent = readAgent(field);
  const time = data.time("receivedAt") ?? field.time("timestamp");
  if (time === null) throw data.fault("receivedAt");
  return {
    is: "message",
    ...identity(id, record, envelope),
    ...agent,
    ...labels(data),
    channel: normalised(record.channel),
    time,
  };
}

function readData(record, field) {
  if (isMissing(record.data)) return {};
  if (!isObject(record.data)) throw field.fault("data");
  return record.data;
}

function readWebhookId(data, name) {
  return data.text(name) ?? data.text("id");
}

/** A record without an id is known by its delivery. */
const identity = (id, webhook, envelope) => ({ id, delivery: id === null ? deliveryOf(webhook, envelope) : null });

const labels = (data) => ({ number: textOr(data.raw("numberId")), direction: directionOf(data.raw("direction")) });
const textOr = (value) => (isText(value) ? value : null);

function readAgent(field) {
  const [agentId, agentName] = [field.text("agentId"), field.text("agentName")];
  return { agentId, agentName };
}

function readSpan(field) {
  const startedAt = field.time("startedAt");
  if (startedAt === null) throw field.fault("startedAt");
  const duration = field.raw("durationSeconds");
  if (!isMissing(duration)) {
    const usable = typeof duration === "number" && duration >= 0 && duration <= Number.MAX_SAFE_INTEGER;
    if (!usable) throw field.fault("durationSeconds");
    return { time: startedAt, seconds: Math.floor(duration) + 0 }; // + 0 turns -0 into 0
  }
  const endedAt = field.time("endedAt"); // only read where the duration is not known
  if (endedAt === null) return { time: startedAt, seconds: null };
  if (endedAt < startedAt) throw field.fault("endedAt");
  return { time: startedAt, seconds: Math.floor((endedAt - startedAt) / 1000) };
}
