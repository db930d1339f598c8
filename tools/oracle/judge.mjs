/** Judges one record by the rules that do not need the period, the directory or other records. */
import { readTimestamp } from "./timestamp.mjs";

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isMissing = (value) => value === undefined || value === null;

/**
 * Judges one record that stands at `path`. The verdict is one of
 *   {is: "invalid", path}                          `path` is the field's
 *   {is: "voiceTurn"} {is: "reaction"} {is: "other"}
 *   {is: "message", id, agentId, agentName, time}
 *   {is: "call", id, agentId, agentName, time, status, seconds}    `status` null: completed; `seconds` null: not known
 * `id`, `agentId` and `agentName` are null if the record does not have them.
 * @param {unknown} record
 * @param {string} path
 * @param {{naive?: boolean, defaults?: {agentId?: string | null, agentName?: string}}} [options]
 */
export function judge(record, path, { naive = false, defaults = {} } = {}) {
  if (!isObject(record)) return { is: "invalid", path };
  try {
    const verdict = recognise(record, path, naive);
    if ((verdict.is === "message" || verdict.is === "call") && verdict.agentId === null) {
      verdict.agentId = defaults.agentId || null;
      verdict.agentName = verdict.agentId && (defaults.agentName || null);
    }
    return verdict;
  } catch (fault) {
    if (fault instanceof Malformed) return { is: "invalid", path: fault.path };
    throw fault;
  }
}

/** Thrown at the first wrong field, and caught in this file. */
class Malformed extends Error {
  constructor(path) {
    super(path);
    this.path = path;
  }
}

function recognise(record, path, naive) {
  if (record.type === "call") return flatCall(record, path, naive);
  if (record.type === "message") return flatMessage(record, path, naive);
  if (!isMissing(record.event)) {
    if (record.event === "agent.reaction") return { is: "reaction" };
    if (record.event === "agent.call_ended") return webhookCall(record, path, naive);
    if (record.event !== "agent.message") return { is: "other" };
    return record.channel === "voice" ? { is: "voiceTurn" } : webhookMessage(record, path, naive);
  }
  if (record.startedAt !== undefined) return flatCall(record, path, naive);
  if (record.receivedAt !== undefined) return flatMessage(record, path, naive);
  return { is: "other" };
}

// Each of the four functions reads the fields in the order in which errors are reported.

function flatCall(record, path, naive) {
  const field = new Reader(record, path, naive);
  const [id, callId] = [field.text("id"), field.text("callId")];
  const agent = readAgent(field);
  const status = field.text("status") ?? ""; // a call without a status is not completed
  return { is: "call", id: id ?? callId, ...agent, status: status === "completed" ? null : status, ...readSpan(field) };
}

function flatMessage(record, path, naive) {
  const field = new Reader(record, path, naive);
  const [id, messageId] = [field.text("id"), field.text("messageId")];
  const agent = readAgent(field);
  const time = field.time("receivedAt");
  if (time === null) throw field.fault("receivedAt");
  return { is: "message", id: id ?? messageId, ...agent, time };
}

function webhookCall(record, path, naive) {
  const field = new Reader(record, path, naive);
  const data = new Reader(readData(record, field), `${path}/data`, naive);
  const [callId, id] = [data.text("callId"), data.text("id")];
  const agent = readAgent(field);
  const named = data.text("status");
  const stated = !isMissing(data.raw("status")); // a call_ended webhook without a status is a completed call
  const status = !stated || named === "completed" ? null : (named ?? "");
  return { is: "call", id: callId ?? id, ...agent, status, ...readSpan(data) };
}

function webhookMessage(record, path, naive) {
  const field = new Reader(record, path, naive);
  const data = new Reader(readData(record, field), `${path}/data`, naive);
  field.text("channel");
  const [messageId, id] = [data.text("messageId"), data.text("id")];
  const agent = readAgent(field);
  const receivedAt = data.time("receivedAt");
  const timestamp = field.time("timestamp");
  const time = receivedAt ?? timestamp;
  if (time === null) throw data.fault("receivedAt");
  return { is: "message", id: messageId ?? id, ...agent, time };
}

function readData(record, field) {
  if (isMissing(record.data)) return {};
  if (!isObject(record.data)) throw field.fault("data");
  return record.data;
}

function readAgent(field) {
  const [agentId, agentName] = [field.text("agentId"), field.text("agentName")];
  return { agentId, agentName };
}

function readSpan(field) {
  const startedAt = field.time("startedAt");
  if (startedAt === null) throw field.fault("startedAt");
  const endedAt = field.time("endedAt");
  const duration = field.raw("durationSeconds");
  if (!isMissing(duration)) {
    const usable = typeof duration === "number" && duration >= 0 && duration <= Number.MAX_SAFE_INTEGER;
    if (!usable) throw field.fault("durationSeconds");
    return { time: startedAt, seconds: Math.floor(duration) + 0 }; // + 0 turns -0 into 0
  }
  if (endedAt === null) return { time: startedAt, seconds: null };
  if (endedAt < startedAt) throw field.fault("endedAt");
  return { time: startedAt, seconds: Math.floor((endedAt - startedAt) / 1000) };
}

/** Reads the fields of one object. Each field is valid, missing (null) or wrong (which throws). */
class Reader {
  constructor(object, path, naive) {
    this.object = object;
    this.path = path;
    this.naive = naive;
  }

  fault(name) {
    return new Malformed(`${this.path}/${name}`);
  }

  raw(name) {
    return this.object[name];
  }

  /** An empty text counts as missing. */
  text(name) {
    const value = this.object[name];
    if (isMissing(value)) return null;
    if (typeof value !== "string" || !value.isWellFormed()) throw this.fault(name);
    return value || null;
  }

  time(name) {
    const value = this.object[name];
    if (isMissing(value)) return null;
    const time = readTimestamp(value, { naive: this.naive });
    if (time === null) throw this.fault(name);
    return time;
  }
}
