import type { Dimension, Direction, Period, Step, Weekday } from "./constants.js";
import type { Endpoint, NumberLimits, PlanInfo, UsageStats } from "./contract.js";

export type { Dimension, Direction, Period, Step, Weekday } from "./constants.js";
export type * from "./contract.js";

/**
 * An instant: a `Date`, epoch **milliseconds**, or an RFC 3339 string with an offset (`"2024-06-01T00:00:00Z"`). A number below
 * 1e11 in size looks like seconds, and a number beyond 1e14 looks like micro- or nanoseconds. Both are invalid. A `Date` may be
 * any instant.
 */
export type Instant = Date | number | string;

/** How `periodStart` and `periodEnd` are written. It does not change which records belong to the period. */
export type BoundsFormat = "instant" | "wall-clock";

/** A period: the week, month or year that contains `now` in `tz`, moved by `offset`. */
export interface PeriodQuery {
  /** The kind of period. */
  period: Period;
  /** The IANA name of the time zone, in upper or lower case. Absent or `null`: `"UTC"`. */
  tz?: string | null;
  /** The instant that the period contains. Default: the current time, read when the function is called. */
  now?: Instant;
  /** The first day of a week. Default `"monday"` (ISO 8601). */
  weekStart?: Weekday;
  /** A number of whole periods; `-1` is the previous period. Default `0`. */
  offset?: number;
  /**
   * `"instant"` (default) writes true UTC instants. `"wall-clock"` writes the local wall time of the first and the last second,
   * followed by `Z`, as the vendor's example does.
   */
  boundsAs?: BoundsFormat;
}

/** The exact bounds of one period. */
export interface PeriodBounds {
  /** The kind of period. */
  period: Period;
  /** The zone's name as the tz database spells it. */
  tz: string;
  /** The first second, `YYYY-MM-DDTHH:MM:SSZ`. */
  periodStart: string;
  /** The last whole second, `YYYY-MM-DDTHH:MM:SSZ`. */
  periodEnd: string;
  /** The first instant, in epoch milliseconds. The period is half-open: `startMs <= t < endMs`. */
  startMs: number;
  /** The first instant after the period, in epoch milliseconds. */
  endMs: number;
}

/** A page of `GET /v1/agents`, or an object of its shape. */
export interface AgentPage {
  /** The agents: their ids and names. */
  data: Iterable<{ id: string; name: string }>;
}

/** The query of a report: the period, and how records are read. */
export interface UsageQuery extends PeriodQuery {
  /** The agents' names, as `{id, name}` entries or as a page of `GET /v1/agents`. */
  agents?: Iterable<{ id: string; name: string }> | AgentPage;
  /** Whether `agents` without usage get a row of zeros. Default `false`. */
  includeIdle?: boolean;
  /** Whether an id counts once among calls and once among messages. Default `true`. */
  dedupe?: boolean;
  /** `"throw"` (default) stops at the first invalid record. `"skip"` skips invalid records and keeps the first 100 problems. */
  onInvalid?: "throw" | "skip";
  /** What to do with timestamps without an offset: `"reject"` (default) makes the record invalid, `"utc"` reads them as UTC. */
  naiveTimestamps?: "reject" | "utc";
  /**
   * The most memory that the counts may take, in bytes: their tables, ids and names. A record that needs more is not counted, and
   * the call ends with `out_of_memory`, whatever `onInvalid` says. What has been counted stays, can be reported, and further
   * records that need no more memory are counted. 65,536 (64 KiB) to 4,294,967,296 (4 GiB); default: no limit of the count's own.
   *
   * @example
   * ```ts
   * const usage = new UsageAggregator({ period: "month", maxMemoryBytes: 1024 * 1024 });
   * try {
   *   for (let n = 0; ; n++) usage.push({ id: `m${n}`, receivedAt: new Date(), agentId: "a1" });
   * } catch (error) {
   *   console.log((error as UsageError).code); // "out_of_memory"
   * }
   * console.log(usage.report().data[0]?.messages); // tens of thousands
   * usage.free();
   * ```
   */
  maxMemoryBytes?: number;
  /**
   * The longest JSON text of one record, in bytes. A conversation with its messages is one record; a list page is not. A longer
   * record is an `invalid_record` at its beginning, and reading goes on after it. No more than this is kept of a record or a line that
   * never ends. It does not hold for records that are objects. 1,024 to 1,073,741,824 (1 GiB); default 67,108,864 (64 MiB), and
   * 8,388,608 (8 MiB) in the handler.
   */
  maxRecordBytes?: number;
  /**
   * How many statuses of calls that are not completed are counted each by itself, in `ignored.notCompleted`. The calls with other
   * statuses are counted together as `other`. The shortest statuses have a count of their own, and of those of equal length the
   * first in byte order. 1 to 10,000; default 1,000.
   */
  maxStatuses?: number;
}

/** How a rollup reads records. */
export type RollupOptions = Pick<
  UsageQuery,
  "agents" | "dedupe" | "onInvalid" | "naiveTimestamps" | "maxMemoryBytes" | "maxRecordBytes" | "maxStatuses"
>;

/** A number of days, the last of which contains `now`. */
export interface DailyQuery {
  /** The number of days, 1 to 365. Default 30. */
  days?: number;
  /** The IANA name of the time zone of the days. Absent or `null`: `"UTC"`. */
  tz?: string | null;
  /** An instant of the last day. Default: the current time. */
  now?: Instant;
}

/** A number of calendar months, the last of which contains `now`. */
export interface MonthlyQuery {
  /** The number of months, 1 to 24. Default 6. */
  months?: number;
  /** The IANA name of the time zone of the months. Absent or `null`: `"UTC"`. */
  tz?: string | null;
  /** An instant of the last month. Default: the current time. */
  now?: Instant;
}

/** The query of a breakdown: the window, the dimensions of the rows, and the step of the time axis. */
export interface BreakdownQuery extends Partial<PeriodQuery> {
  /**
   * The dimensions of the rows. Rows are the combinations that have usage. Without dimensions there is one row. Each dimension may
   * occur once, and their order does not matter.
   */
  by?: readonly Dimension[];
  /** The length of the steps in `tz`. Without it there are no steps and no series. */
  step?: Step;
  /**
   * The beginning of the window, in place of `period` and `offset`: a local date of `tz` (`YYYY-MM-DD`), or an instant on a quarter
   * hour of UTC. Without a window, it is all that the rollup has counted: {@link UsageRollup.span}.
   */
  from?: string | Instant;
  /** The end of the window, which is not inside it: a local date if `from` is one, or else an instant. */
  to?: string | Instant;
  /** The agents' names, as `{id, name}` entries or as a page of `GET /v1/agents`. */
  agents?: UsageQuery["agents"];
  /** Whether `agents` without usage get a row of zeros. Only with `by: ["agent"]`. Default `false`. */
  includeIdle?: boolean;
}

/** The usage of a window by rows, and over time. The rows sum to the totals, and each series sums to its row. */
export interface Breakdown {
  /** The first instant of the window, `YYYY-MM-DDTHH:MM:SSZ`. */
  from: string;
  /** The first instant after the window, `YYYY-MM-DDTHH:MM:SSZ`. */
  to: string;
  /** `from` in epoch milliseconds. */
  startMs: number;
  /** `to` in epoch milliseconds. */
  endMs: number;
  /** The zone's name as the tz database spells it. */
  tz: string;
  /** The steps, if the query has a `step`. Each begins where the one before it ends. */
  steps?: BreakdownStep[];
  /**
   * The rows. Usage without an agent comes last, before it usage without a phone number, a channel or a direction. Otherwise most
   * messages come first, then most calls, then most seconds, then the values in the order of {@link Dimension}.
   */
  rows: BreakdownRow[];
  /** The sums of all rows. */
  totals: { messages: number; calls: number; totalSeconds: number };
}

/** One step of a breakdown. The first and the last step are cut to the window. */
export interface BreakdownStep {
  /**
   * Where the step begins: a local date, `YYYY-MM-DD`; of hours the local time with its offset, `YYYY-MM-DDTHH:MM±hh:mm`, so that the
   * two hours that clocks repeat differ.
   */
  start: string;
  /** The first instant of the step, in epoch milliseconds. */
  startMs: number;
  /** The first instant after the step, in epoch milliseconds. It equals `startMs` for a date that clocks skip. */
  endMs: number;
}

/** One row of a breakdown: its values in the dimensions of the query, and its usage. */
export interface BreakdownRow {
  /** The agent's id; `null` for usage without an agent. */
  agentId?: string | null;
  /** The agent's name. `Unassigned` for usage without an agent. */
  agentName?: string;
  /** The id of the account's phone number; `""` for usage without a phone number. */
  numberId?: string;
  /** The phone number; `""` if the records do not contain it. */
  phoneNumber?: string;
  /** The channel, such as `"sms"` or `"pstn"`; `""` for usage without a channel; `"other"` for all but the 64 most used ones. */
  channel?: string;
  /** The direction; `""` for usage without one. */
  direction?: Direction;
  /** The local day of the week. */
  weekday?: Weekday;
  /** The local hour, 0 to 23. */
  hour?: number;
  /** The number of messages. */
  messages: number;
  /** The number of completed calls. */
  calls: number;
  /** The duration of the completed calls, in whole seconds. */
  totalSeconds: number;
  /** One value for each step, if the query has a `step`. */
  series?: BreakdownSeries;
}

/** The usage of a row over time: one value for each step. The arrays of all rows share one buffer. */
export interface BreakdownSeries {
  /** The number of messages of each step. */
  messages: Float64Array;
  /** The number of completed calls of each step. */
  calls: Float64Array;
  /** The duration of the completed calls of each step, in whole seconds. */
  totalSeconds: Float64Array;
}

/** A phone number, as an entry of `GET /v1/numbers`. */
export interface PhoneNumber {
  id: string;
  phoneNumber: string;
  country: string;
  status: string;
  /** The id of the number's agent; `null` if it has no agent. If it is absent, the agent of the number's usage is reported. */
  agentId?: string | null;
}

/** A page of `GET /v1/numbers`, or an object of its shape. */
export interface NumberPage {
  /** The phone numbers. */
  data: Iterable<PhoneNumber>;
}

/** The data of an account that records do not contain. */
export interface Account {
  /** The plan and its limits. Newer responses of the vendor do not have it. */
  plan?: PlanInfo;
  /** How many phone numbers are used, allowed and left. */
  numbers?: NumberLimits;
  /** The counts of webhook deliveries and SMS segments; 0 if absent. Other counts come from the records and are ignored here. */
  stats?: Partial<UsageStats>;
  /** The number of webhook deliveries of each local date (`YYYY-MM-DD`), for the handler's days and months. */
  webhooks?: Record<string, number>;
  /** The account's phone numbers, or a page of `GET /v1/numbers`, for the handler's usage by number. */
  phoneNumbers?: Iterable<PhoneNumber> | NumberPage;
}

/** The query of `GET /v1/usage`. */
export interface AccountQuery {
  /** The account's data. `numbers` is required. */
  account: Account;
  /** The IANA name of the time zone of the month in `periodStart` and `periodEnd`. Absent or `null`: `"UTC"`. */
  tz?: string | null;
  /** The instant at which the last day, 7 days and 30 days end. Default: the current time. */
  now?: Instant;
  /** How `periodStart` and `periodEnd` are written. */
  boundsAs?: BoundsFormat;
}

/**
 * Records: an iterable of objects, a list page, a conversation, one record, or JSON text (a string or UTF-8 bytes). The text
 * contains an array, or values that are newline-delimited or concatenated. A list page is an object whose `data` is an array. A
 * conversation is an object whose `messages` is an array. Both may stand in the place of a record, and count as their items.
 */
export type Records =
  | Iterable<unknown>
  | { data: unknown[] }
  | { messages: unknown[] }
  | OneRecord
  | (OneRecord & Record<string, unknown>)
  | Uint8Array
  | ArrayBuffer
  | string;

/** One record: an object with an event or a time, or a request whose `body` is a webhook, as webhook tools store it. */
export type OneRecord =
  | { event: unknown }
  | { startedAt: unknown }
  | { receivedAt: unknown }
  | { started_at: unknown }
  | { received_at: unknown }
  | { body: { event: unknown } };

/**
 * The agent, the phone number and the channel of records that do not name them, such as the messages of a phone number. The
 * values of a conversation come before these defaults. Empty text counts as absent. A value that is not text is `invalid_option`.
 *
 * @example
 * ```ts
 * const messages = { data: [{ id: "m1", receivedAt: "2024-06-02T09:00:00Z" }], hasMore: false }; // GET /v1/numbers/n1/messages
 * const rollup = new UsageRollup().push(messages, { agentId: "a1", phoneNumberId: "n1", channel: "sms" });
 * console.log(rollup.byNumber().data[0]?.numberId); // "n1"
 * rollup.free();
 * ```
 */
export interface RecordDefaults {
  /** The id of the agent. */
  agentId?: string | null;
  /** The name of that agent. It is used only together with `agentId`. */
  agentName?: string | null;
  /** The id of the account's phone number. Only a rollup uses it. */
  phoneNumberId?: string | null;
  /** The channel, such as `"sms"`, of messages and calls. Only a rollup uses it. Blanks around it and capitals do not matter. */
  channel?: string | null;
}

/**
 * One problem of the input, and its place. Records have errors with the codes `invalid_record` and `invalid_json`, and these warnings:
 * `unknown_records`, `incomplete_page`, `mixed_sources`, `invalid_json`. The checks of a response have codes of their own.
 */
export interface Problem {
  /** A JSON Pointer (RFC 6901) into the input; `""` is the whole input. */
  path: string;
  /** The kind of problem: a word for programs. */
  code: string;
  /** The problem in words for people. */
  message: string;
  /** An error makes the input invalid; a warning does not. */
  severity: "error" | "warning";
  /** The line in JSON text, from 1. */
  line?: number;
  /** The offset in JSON text, in bytes from 0. */
  byteOffset?: number;
}

/**
 * The account of every record. Always
 * `records = counted + outsidePeriod + duplicates + (the sum of ignored) + invalid`.
 */
export interface Diagnostics {
  /** The number of all records. */
  records: number;
  /** The number of records that count in the report. */
  counted: number;
  /** The number of records outside the period. */
  outsidePeriod: number;
  /**
   * The number of records whose id was counted already. A webhook whose `data` has no id is identified by the id of its delivery.
   */
  duplicates: number;
  /** The number of invalid records. */
  invalid: number;
  /** The numbers of valid records that are neither messages nor completed calls. */
  ignored: {
    /** Spoken turns of a call. */
    voiceTurns: number;
    /** Reactions to messages. */
    reactions: number;
    /** Events that the vendor documents and that are not usage: `agent.contact_shared`. */
    events: number;
    /** Records that are marked as tests, with `test: true` or `conversationState.testMode: true`. */
    tests: number;
    /** Calls that were not completed, by their status. A call without a status is under `""`. */
    notCompleted: Record<string, number>;
    /** Records of an unknown kind. If all records are, the one-shot functions throw `unknown_records`. */
    other: number;
  };
  /** The number of counted records with neither an id nor the id of a delivery. These could be counted twice. */
  withoutId: number;
  /** The number of counted calls whose duration is unknown. They count 0 seconds. */
  withoutDuration: number;
  /** The warnings about the whole input, and then the first 100 problems of records. */
  problems: Problem[];
  /** The sums of all agents: messages, calls and whole seconds. */
  totals: { messages: number; calls: number; totalSeconds: number };
}

/**
 * What a response is expected to contain. Fields that are absent here are not checked. Without `tz`, days of any zone are
 * accepted, also for `now`. Without `now`, `offset` is not checked.
 */
export interface Expectation extends Partial<PeriodQuery> {
  /** The number of days that were requested. */
  days?: number;
  /** The number of months that were requested. */
  months?: number;
}

/**
 * The result of a check. `value` is parsed from the body when it is first read, and its missing optional fields are filled in. Do not
 * change the body's bytes before then.
 */
export type Validation<T> = { ok: true; readonly value: T; warnings: Problem[] } | { ok: false; problems: Problem[] };

/** The convention by which the bounds of a response are written. */
export interface Convention {
  /** The first day of a week; `null` for months and years, which do not depend on it. */
  weekStart: Weekday | null;
  /** How the bounds are written. */
  boundsAs: BoundsFormat;
  /** The IANA name of the time zone. */
  tz: string;
}

/**
 * A kind of input that can't be records: a response of one of the five endpoints; a list of `agents`, of `numbers`, of
 * `conversations` without their messages, or of `deliveries`; `lists` of messages and of calls in one object; an `error` body; an
 * export of another vendor (`foreign`); text or bytes in another `format`.
 */
export type LookKind =
  | Endpoint
  | "agents"
  | "numbers"
  | "conversations"
  | "deliveries"
  | "lists"
  | "error"
  | "foreign"
  | "format";

/** What input is that can't be records. */
export interface Look {
  kind: LookKind;
  /**
   * What it is, in words that continue "it looks like ": `"a list of agents, of GET /v1/agents"`. At most 200 characters. Parts of the
   * input may be quoted in them, without control characters, and never what may be a secret.
   */
  words: string;
}
