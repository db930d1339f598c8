// Written by `npm run contract` from src/. Change it there.

/** A kind of calendar period. */
export type Period = "week" | "month" | "year";

/** A day of the week. */
export type Weekday = "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday";

/** Every day of the week, Monday first. */
export const WEEKDAYS: readonly Weekday[] = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
];

/** A property of usage that the rows of a breakdown differ in. `weekday` and `hour` are local. */
export type Dimension = "agent" | "number" | "channel" | "direction" | "weekday" | "hour";

/** The length of the steps of a breakdown. */
export type Step = "hour" | "day" | "week" | "month";

/** The direction of messages and calls; `""` if it is missing or has another name. */
export type Direction = "" | "inbound" | "outbound" | "web";

/** How many levels of arrays and objects JSON text may contain. */
export const MAX_DEPTH = 127;

/** The fields that the core reads of a record, in the order of a batch's entries. */
export const RECORD_FIELDS: readonly string[] = [
  "type",
  "event",
  "channel",
  "id",
  "callId",
  "messageId",
  "agentId",
  "agentName",
  "status",
  "startedAt",
  "endedAt",
  "durationSeconds",
  "receivedAt",
  "timestamp",
  "phoneNumberId",
  "numberId",
  "phoneNumber",
  "direction",
  "test",
  "deliveryId",
  "messageCount",
  "conversationState/testMode",
  "headers/x-webhook-id",
  "envelope/id",
  "envelope/deliveryId",
];

/** The other spelling of each field, in the order of `RECORD_FIELDS`; empty where there is none. */
export const RECORD_ALIASES: readonly string[] = [
  "",
  "",
  "",
  "",
  "call_id",
  "message_id",
  "agent_id",
  "agent_name",
  "",
  "started_at",
  "ended_at",
  "duration_seconds",
  "received_at",
  "",
  "phone_number_id",
  "number_id",
  "phone_number",
  "",
  "",
  "delivery_id",
  "message_count",
  "",
  "",
  "",
  "",
];

/** The fields that the core reads of a webhook's `data`, in the order of a batch's entries. */
export const DATA_FIELDS: readonly string[] = [
  "type",
  "id",
  "callId",
  "messageId",
  "status",
  "startedAt",
  "endedAt",
  "durationSeconds",
  "receivedAt",
  "numberId",
  "direction",
];

/** The tag of a value in a batch of records: what the value is. */
export const TAG = {
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
  true: 15,
  tooOften: 16,
  term: 17,
  plainCall: 18,
  plainMessage: 19,
} as const;

/** The numbers that stand for a value in place of the number of a term, and the number of the first term. */
export const TERM = {
  absent: 0,
  someId: 1,
  text: 2,
  first: 3,
} as const;

/** How many bits of an entry of a batch hold its tag. The bits above them hold the field. */
export const TAG_BITS = 5;

/** This is added to the number of the field of a plain record whose time has a lone surrogate. */
export const BROKEN_TIME = 1;

/** This is added to the number of the field of a plain record whose id has a lone surrogate. */
export const BROKEN_ID = 2;

/** This is added to the number of a field in an entry if the field was found under its second spelling. */
export const ALIAS_FIELD = 64;
