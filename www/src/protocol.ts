import type {
  AgentUsageResponse,
  BoundsFormat,
  Diagnostics,
  Period,
  PeriodBounds,
  Problem,
  Weekday,
} from "usage-by-agent";

/** The values of the controls, as plain data for messages and for the address. */
export interface Question {
  period: Period;
  tz: string;
  /** A local date of the period, `YYYY-MM-DD`; `null` for today. */
  date: string | null;
  weekStart: Weekday;
  offset: number;
  boundsAs: BoundsFormat;
  includeIdle: boolean;
  dedupe: boolean;
  onInvalid: "throw" | "skip";
  naiveTimestamps: "reject" | "utc";
}

/** A request to the worker. A newer question replaces the current one, because the page shows one answer. */
export type ToWorker =
  | { kind: "ask"; id: number; question: Question; records: Blob | null; agents: Blob | null }
  | { kind: "cancel" };

export type FromWorker =
  | { kind: "ready"; zones: string[]; versions: { package: string; tzdb: string } }
  | { kind: "period"; id: number; period: PeriodFacts }
  | { kind: "progress"; id: number; read: number; total: number }
  | { kind: "report"; id: number; result: Result }
  | { kind: "failed"; id: number; failure: Failure };

/** What the page shows: an answer of the worker, or of a server. */
export type Answer = Exclude<FromWorker, { kind: "ready" | "report" }> | { kind: "report"; id: number; result: Shown };

/** A period's bounds, with the local times at both. */
export interface PeriodFacts {
  bounds: PeriodBounds;
  /** The local times of the first instant and of the first instant after the period, `YYYY-MM-DDTHH:MM:SS`. */
  wallStart: string;
  wallEnd: string;
  /** The local date of the last second. */
  lastDate: string;
}

export interface Result {
  report: AgentUsageResponse;
  diagnostics: Diagnostics;
  /** The sizes of the file and of its JSON in bytes. They differ if the file is compressed. */
  fileBytes: number;
  jsonBytes: number;
  milliseconds: number;
}

/** A report that a server has counted. Its endpoints do not say where every record went. */
export interface ServedResult {
  report: AgentUsageResponse;
  diagnostics: null;
}

export type Shown = Result | ServedResult;

/** An error as data, because a message to another thread does not keep an error's class and fields. */
export interface Failure {
  /** What was being read when the error occurred. */
  where: "period" | "agents" | "records" | "server";
  code: string;
  message: string;
  path?: string;
  line?: number;
  byteOffset?: number;
  problems?: Problem[];
}
