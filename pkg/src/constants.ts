// Written by `npm run contract` from src/. Change it there.

/** A kind of calendar period. */
export type Period = "week" | "month" | "year";

/** Every kind of calendar period. */
export const PERIODS: readonly Period[] = ["week", "month", "year"];

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

/** How many days a series of days may have. */
export const DAYS = { min: 1, max: 365, default: 30 } as const;

/** How many months a series of months may have. */
export const MONTHS = { min: 1, max: 24, default: 6 } as const;

/** The first supported year. A period lies wholly inside the supported years. */
export const FIRST_YEAR = 1970;

/** The last supported year. */
export const LAST_YEAR = 2099;

/** How many problems of records the diagnostics keep. They only count further ones. */
export const MAX_KEPT_PROBLEMS = 100;

/** How many errors, and how many warnings, the check of a response lists. It only counts further ones. */
export const MAX_LISTED_PROBLEMS = 10000;

/** How many levels of arrays and objects JSON text may contain. */
export const MAX_DEPTH = 127;

/** How many bytes the text of one record may have. */
export const MAX_RECORD_BYTES = 67108864;

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
];

/** The fields that the core reads of a webhook's `data`, in the order of a batch's entries. */
export const DATA_FIELDS: readonly string[] = [
  "id",
  "callId",
  "messageId",
  "status",
  "startedAt",
  "endedAt",
  "durationSeconds",
  "receivedAt",
  "numberId",
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
} as const;

/** How many bits of an entry of a batch hold its tag. The bits above them hold the field. */
export const TAG_BITS = 4;
