import type { Period, Weekday } from "./constants.js";
import type { NumberLimits, PlanInfo, UsageStats } from "./contract.js";

export type { Period, Weekday } from "./constants.js";
export type * from "./contract.js";

/** A moment: a `Date`, epoch **milliseconds**, or an RFC 3339 string with an offset (`"2024-06-01T00:00:00Z"`). */
export type Instant = Date | number | string;

/** How `periodStart` and `periodEnd` are written. Which records belong to the period never depends on it. */
export type BoundsFormat = "instant" | "wall-clock";

/** Which period is meant: the one of `period`'s kind that holds `now` in `tz`, moved by `offset`. */
export interface PeriodQuery {
  period: Period;
  /** IANA name, matched without regard to case. Absent or `null`: `"UTC"`. */
  tz?: string | null;
  /** The moment whose period is meant. Default: the current time, read when the function is called. */
  now?: Instant;
  /** First day of a week. Default `"monday"` (ISO 8601). */
  weekStart?: Weekday;
  /** Whole periods from the current one; `-1` is the previous. Default `0`. */
  offset?: number;
  /**
   * `"instant"` (default) writes true UTC instants; `"wall-clock"` writes the local wall time of the first and
   * the last second followed by `Z`, as the vendor's own example does.
   */
  boundsAs?: BoundsFormat;
}

/** The exact bounds of one period. */
export interface PeriodBounds {
  period: Period;
  /** The zone's name as the tz database spells it. */
  tz: string;
  /** First second, `YYYY-MM-DDTHH:MM:SSZ`. */
  periodStart: string;
  /** Last whole second, `YYYY-MM-DDTHH:MM:SSZ`. */
  periodEnd: string;
  /** Epoch milliseconds; the period is half-open: `startMs <= t < endMs`. */
  startMs: number;
  /** Epoch milliseconds, the first instant after the period. */
  endMs: number;
}

/** A page of `GET /v1/agents`, or anything shaped like it. */
export interface AgentPage {
  data: Iterable<{ id: string; name: string }>;
}

/** A report's question: the period, and how records are read. */
export interface UsageQuery extends PeriodQuery {
  /** Agents' names, as `{id, name}` entries; a page of `GET /v1/agents` is accepted as it is. */
  agents?: Iterable<{ id: string; name: string }> | AgentPage;
  /** Adds rows of zeros for agents of the directory without usage. Default `false`. */
  includeIdle?: boolean;
  /** Counts the same `id` once per kind. Default `true`. */
  dedupe?: boolean;
  /** `"throw"` (default) stops at the first invalid record; `"skip"` counts them and keeps the first 100 problems. */
  onInvalid?: "throw" | "skip";
  /** What to do with timestamps without an offset: `"reject"` (default) or read them as UTC. */
  naiveTimestamps?: "reject" | "utc";
}

/** How a rollup reads records. */
export type RollupOptions = Pick<UsageQuery, "agents" | "dedupe" | "onInvalid" | "naiveTimestamps">;

/** The last days, up to the one that holds `now`. */
export interface DailyQuery {
  /** How many, from 1 to 365. Default 30. */
  days?: number;
  /** IANA name of the zone whose days these are. Absent or `null`: `"UTC"`. */
  tz?: string | null;
  /** A moment of the last day. Default: the current time. */
  now?: Instant;
}

/** The last calendar months, up to the one that holds `now`. */
export interface MonthlyQuery {
  /** How many, from 1 to 24. Default 6. */
  months?: number;
  /** IANA name of the zone whose months these are. Absent or `null`: `"UTC"`. */
  tz?: string | null;
  /** A moment of the last month. Default: the current time. */
  now?: Instant;
}

/** A phone number, as an entry of `GET /v1/numbers`. */
export interface PhoneNumber {
  id: string;
  phoneNumber: string;
  country: string;
  status: string;
  /** Whose it is; `null` for nobody's. Where it is not told, usage tells it. */
  agentId?: string | null;
}

/** A page of `GET /v1/numbers`, or anything shaped like it. */
export interface NumberPage {
  data: Iterable<PhoneNumber>;
}

/** What records can't tell of an account. What is not given here is not invented. */
export interface Account {
  plan?: PlanInfo;
  numbers?: NumberLimits;
  /** The counts that records don't tell, of webhook deliveries and SMS segments; what they do tell is counted, whatever is here. */
  stats?: Partial<UsageStats>;
  /** Webhook deliveries by local date, `YYYY-MM-DD`, for the handler's days and months. */
  webhooks?: Record<string, number>;
  /** For the handler's usage by number: what numbers are, and those without usage too. A page of `GET /v1/numbers` will do. */
  phoneNumbers?: Iterable<PhoneNumber> | NumberPage;
}

/** The question of `GET /v1/usage`. */
export interface AccountQuery {
  /** The plan and the numbers are needed. */
  account: Account;
  /** IANA name of the zone whose month `periodStart` and `periodEnd` tell. Absent or `null`: `"UTC"`. */
  tz?: string | null;
  /** The moment up to which the last days are counted. Default: the current time. */
  now?: Instant;
  /** How `periodStart` and `periodEnd` are written. */
  boundsAs?: BoundsFormat;
}

/**
 * Records: an iterable of objects, a list page, or JSON text (string or UTF-8 bytes) holding an array, newline-delimited or
 * concatenated values. A list page (an object whose `data` is an array) stands for its items wherever a record may stand.
 */
export type Records = Iterable<unknown> | { data: unknown[] } | Uint8Array | ArrayBuffer | string;

/** The agent of records that name none (a conversation's messages, say). */
export interface RecordDefaults {
  agentId?: string | null;
  agentName?: string;
}

/** Something wrong, and where. */
export interface Problem {
  /** JSON Pointer (RFC 6901) into the input; `""` is the whole of it. */
  path: string;
  code: string;
  message: string;
  severity: "error" | "warning";
  /** Line in JSON text, from 1. */
  line?: number;
  /** Offset in JSON text, in bytes from 0. */
  byteOffset?: number;
}

/** Where every record went: `records = counted + outsidePeriod + duplicates + (all of ignored) + invalid`, always. */
export interface Diagnostics {
  records: number;
  counted: number;
  outsidePeriod: number;
  duplicates: number;
  invalid: number;
  ignored: {
    voiceTurns: number;
    reactions: number;
    /** By call status; a call without a status is under `""`. */
    notCompleted: Record<string, number>;
    other: number;
  };
  /** Counted records that no id protects from being counted twice. */
  withoutId: number;
  /** Counted calls whose seconds are unknown, and so 0. */
  withoutDuration: number;
  /** The first 100. */
  problems: Problem[];
  totals: { messages: number; calls: number; totalSeconds: number };
}

/**
 * What an answer should be to; what is absent is not checked. Without `tz` the days of any zone will do, for `now` too; without `now`,
 * `offset` says nothing.
 */
export interface Expectation extends Partial<PeriodQuery> {
  /** How many days were asked for. */
  days?: number;
  /** How many months were asked for. */
  months?: number;
}

/**
 * What a check found. `value` is read from the body when it is first asked for, its optional fields filled in: bytes should not be
 * changed before.
 */
export type Validation<T> = { ok: true; readonly value: T; warnings: Problem[] } | { ok: false; problems: Problem[] };

/** A way of writing bounds that explains an answer. */
export interface Convention {
  /** The week's first day; `null` for months and years, where it plays no part. */
  weekStart: Weekday | null;
  boundsAs: BoundsFormat;
  tz: string;
}
