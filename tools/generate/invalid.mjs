/** Invalid records in valid JSON. There is one for each way of being invalid. */

import { inSnakeCase } from "./spelling.mjs";

/** Invalid timestamps. Each has one error. */
const BAD_TIMES = {
  "not a time": "yesterday",
  empty: "",
  "date only": "2024-06-01",
  naive: "2024-06-01T12:00:00", // valid if texts without an offset are read as UTC
  "naive with a fraction": "2024-06-01 12:00:00.123456",
  "no seconds": "2024-06-01T12:00Z",
  "no such day": "2023-02-29T12:00:00Z",
  "no such month": "2024-13-01T12:00:00Z",
  "hour 24": "2024-06-01T24:00:00Z",
  "minute 60": "2024-06-01T12:60:00Z",
  "second 61": "2024-06-01T12:00:61Z",
  "bare fraction": "2024-06-01T12:00:00.Z",
  "comma fraction": "2024-06-01T12:00:00,5Z",
  "compact offset": "2024-06-01T12:00:00+0530",
  "hours-only offset": "2024-06-01T12:00:00+05",
  "offset 24:00": "2024-06-01T12:00:00+24:00",
  "offset of 60 minutes": "2024-06-01T12:00:00+05:60",
  "minus sign of typography": "2024-06-01T12:00:00\u221205:00",
  "space before": " 2024-06-01T12:00:00Z",
  "line break after": "2024-06-01T12:00:00Z\n",
  "two spaces": "2024-06-01  12:00:00Z",
  "five-digit year": "12024-06-01T12:00:00Z",
  "digits of another script": "２０２４-06-01T12:00:00Z",
  "epoch as text": "1717243200000",
  "epoch seconds": 1717243200,
  "just below 1e11": 99_999_999_999,
  "fraction of a millisecond": 1717243200000.5,
  "epoch microseconds": 1_717_243_200_000_000,
  "epoch nanoseconds": 1_717_243_200_000_000_000,
  "just beyond 1e14": 100_000_000_000_001,
  "just beyond -1e14": -100_000_000_000_001,
  "beyond any date": 8_640_000_000_000_001,
  true: true,
  false: false,
  object: { seconds: 1717243200 },
  array: [1717243200000],
};

const BAD_TEXTS = {
  number: 7,
  zero: 0,
  true: true,
  false: false,
  object: {},
  array: ["a"],
  "lone surrogate": "\ud83d",
  "swapped surrogates": "\ude00\ud83d",
};
const BAD_DURATIONS = {
  text: "60",
  "empty text": "",
  negative: -1,
  "slightly negative": -1e-9,
  infinite: Infinity,
  "too large": 9_007_199_254_740_992,
  true: true,
  array: [60],
  object: {},
};

const call = (id, time) => ({
  id,
  agentId: null,
  status: "completed",
  startedAt: time,
  endedAt: null,
  durationSeconds: 60,
});
const typedCall = (id, time) => ({ type: "call", ...call(id, time) });
const message = (id, time) => ({ id, body: "", agentId: null, direction: "inbound", receivedAt: time });
const ended = (id, time) => ({
  event: "agent.call_ended",
  timestamp: time,
  agentId: null,
  data: { callId: id, status: "completed", startedAt: time, durationSeconds: 60 },
});
const received = (id, time) => ({
  event: "agent.message",
  channel: "sms",
  timestamp: time,
  agentId: null,
  data: { messageId: id, receivedAt: time },
});

/** A copy of a record with other fields; `undefined` removes a field. */
const with_ = (make, fields) => (id, time) => {
  const record = { ...make(id, time), ...fields };
  for (const field of Object.keys(fields)) if (fields[field] === undefined) delete record[field];
  return record;
};
/** The record in snake_case, and the webhook as a tool keeps it. */
const snake = (make) => (id, time) => inSnakeCase(make(id, time));
const enveloped = (make) => (id, time) => ({ headers: {}, params: {}, query: {}, body: make(id, time) });
const withData = (make, fields) => (id, time) => {
  const envelope = make(id, time);
  return { ...envelope, data: { ...envelope.data, ...fields } };
};

/** Both spellings of a field. The one in snake_case is right, and is not read. */
const both = (make, name, value) => (id, time) => {
  const record = make(id, time);
  return { ...record, ...inSnakeCase({ [name]: record[name] }), [name]: value };
};

/**
 * Every kind of invalid record, by name: functions of an id and a valid timestamp.
 * @type {ReadonlyMap<string, (id: string, time: string | number) => unknown>}
 */
export const invalidKinds = new Map(kinds());

function* kinds() {
  // A top-level array counts as its items. Only an array inside an array is an invalid record in every format.
  for (const value of [null, true, false, 0, 42, "", "text", [[1]]])
    yield [`bare ${JSON.stringify(value)}`, () => value];

  for (const [name, time] of Object.entries(BAD_TIMES)) {
    yield [`call, startedAt: ${name}`, with_(call, { startedAt: time })];
    yield [`call, endedAt: ${name}`, with_(call, { endedAt: time, durationSeconds: null })];
    yield [`message, receivedAt: ${name}`, with_(message, { receivedAt: time })];
    yield [`call_ended, startedAt: ${name}`, withData(ended, { startedAt: time })];
    yield [`webhook message, receivedAt: ${name}`, withData(received, { receivedAt: time })];
    yield [`webhook message, timestamp: ${name}`, with_(withData(received, { receivedAt: null }), { timestamp: time })];
  }
  for (const [name, text] of Object.entries(BAD_TEXTS)) {
    for (const field of ["id", "agentId", "agentName", "status"]) {
      yield [`call, ${field}: ${name}`, with_(call, { [field]: text })];
    }
    yield [`call, callId: ${name}`, with_(call, { callId: text, id: null })];
    for (const field of ["id", "agentId", "agentName"]) {
      yield [`message, ${field}: ${name}`, with_(message, { [field]: text })];
    }
    yield [`message, messageId: ${name}`, with_(message, { messageId: text, id: undefined })];
    for (const field of ["agentId", "agentName"]) {
      yield [`webhook message, ${field}: ${name}`, with_(received, { [field]: text })];
    }
    yield [`webhook message, data.messageId: ${name}`, withData(received, { messageId: text })];
    yield [`webhook message, data.id: ${name}`, withData(received, { id: text, messageId: null })];
    for (const field of ["callId", "status"]) {
      yield [`call_ended, data.${field}: ${name}`, withData(ended, { [field]: text })];
    }
    yield [`call_ended, data.id: ${name}`, withData(ended, { id: text, callId: "" })];
  }
  for (const [name, duration] of Object.entries(BAD_DURATIONS)) {
    yield [`call, duration: ${name}`, with_(call, { durationSeconds: duration })];
    yield [`call that failed, duration: ${name}`, with_(call, { status: "failed", durationSeconds: duration })];
    yield [`call_ended, duration: ${name}`, withData(ended, { durationSeconds: duration })];
  }
  for (const data of ["text", "", 5, 0, true, false]) {
    yield [`call_ended, data: ${JSON.stringify(data)}`, with_(ended, { data })];
    yield [`webhook message, data: ${JSON.stringify(data)}`, with_(received, { data })];
  }

  for (const [name, time] of [
    ["not a time", "yesterday"],
    ["epoch microseconds", 1_717_243_200_000_000],
    ["null", null],
  ]) {
    yield [`snake_case call, started_at: ${name}`, snake(with_(call, { startedAt: time }))];
    yield [`snake_case message, received_at: ${name}`, snake(with_(message, { receivedAt: time }))];
    yield [`snake_case call_ended, started_at: ${name}`, snake(withData(ended, { startedAt: time }))];
    yield [`enveloped call_ended, startedAt: ${name}`, enveloped(withData(ended, { startedAt: time }))];
    yield [`call, startedAt: ${name}, started_at beside it`, both(call, "startedAt", time)];
  }
  for (const [name, text] of Object.entries(BAD_TEXTS)) {
    yield [`snake_case call, agent_id: ${name}`, snake(with_(call, { agentId: text }))];
    yield [`snake_case webhook message, message_id: ${name}`, snake(withData(received, { messageId: text }))];
    yield [`enveloped webhook message, agentId: ${name}`, enveloped(with_(received, { agentId: text }))];
    yield [`enveloped webhook message, data.messageId: ${name}`, enveloped(withData(received, { messageId: text }))];
    yield [`conversation, agentId: ${name}`, (id, time) => ({ id, agentId: text, messages: [message(id, time)] })];
    yield [`conversation, agent_name: ${name}`, (id) => ({ id, agent_name: text, messages: [{ received_at: "?" }] })];
  }
  for (const data of ["text", 5, false, [], [{ receivedAt: "2024-06-01T12:00:00Z" }]]) {
    yield [`enveloped webhook message, data: ${JSON.stringify(data)}`, enveloped(with_(received, { data }))];
    yield [`enveloped call_ended, data: ${JSON.stringify(data)}`, enveloped(with_(ended, { data }))];
  }
  yield [
    "enveloped webhook with a time outside",
    (id, time) => ({ ...enveloped(received)(id, time), received_at: null }),
  ];
  yield ["enveloped webhook message without a time", enveloped(with_(received, { data: null, timestamp: undefined }))];

  yield ["call without startedAt", with_(typedCall, { startedAt: undefined })];
  yield ["call, startedAt: null", with_(call, { startedAt: null })];
  yield ["message without receivedAt", with_(message, { type: "message", receivedAt: undefined })];
  yield ["message, receivedAt: null", with_(message, { receivedAt: null })];
  yield ["message that has startedAt only", (id, time) => ({ type: "message", id, startedAt: time })];
  yield ["call_ended without data", with_(ended, { data: undefined })];
  yield ["call_ended, data: null", with_(ended, { data: null })];
  yield [
    "call_ended, startedAt outside data",
    (id, time) => ({ event: "agent.call_ended", startedAt: time, data: { callId: id } }),
  ];
  yield ["webhook message without a time", withData(with_(received, { timestamp: null }), { receivedAt: null })];
  yield ["webhook message without data and time", with_(received, { data: null, timestamp: undefined })];
  const backwards = { startedAt: "2024-06-01T12:00:00.001Z", endedAt: "2024-06-01T12:00:00Z", durationSeconds: null };
  yield ["call that ends before it starts", with_(call, backwards)];
  yield ["call_ended that ends before it starts", withData(ended, backwards)];
  yield ["several faults", (id) => ({ id, agentId: 1, startedAt: "?", endedAt: "?", durationSeconds: -1 })];
}
