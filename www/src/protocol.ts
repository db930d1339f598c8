import type {
  AgentUsageResponse,
  BoundsFormat,
  Diagnostics,
  Period,
  PeriodBounds,
  Problem,
  Weekday,
} from "usage-by-agent";

/** What the controls ask for: plain data, so that it fits a message and an address alike. */
export interface Question {
  period: Period;
  tz: string;
  /** A local date of the period meant, `YYYY-MM-DD`; `null` is today. */
  date: string | null;
  weekStart: Weekday;
  offset: number;
  boundsAs: BoundsFormat;
  includeIdle: boolean;
  dedupe: boolean;
  onInvalid: "throw" | "skip";
  naiveTimestamps: "reject" | "utc";
}

/** A newer question replaces the one under way: there is one page, and it shows one answer. */
export type ToWorker =
  | { kind: "ask"; id: number; question: Question; records: Blob | null; agents: Blob | null }
  | { kind: "cancel" };

export type FromWorker =
  | { kind: "ready"; zones: string[]; versions: { package: string; tzdb: string } }
  | { kind: "period"; id: number; period: PeriodFacts }
  | { kind: "progress"; id: number; read: number; total: number }
  | { kind: "report"; id: number; result: Result }
  | { kind: "failed"; id: number; failure: Failure };

/** A period's bounds, and what a clock on the wall shows at both. */
export interface PeriodFacts {
  bounds: PeriodBounds;
  /** Local time of the first instant, and of the first instant after, written `YYYY-MM-DDTHH:MM:SS`. */
  wallStart: string;
  wallEnd: string;
  /** Local date of the last second. */
  lastDate: string;
}

export interface Result {
  report: AgentUsageResponse;
  diagnostics: Diagnostics;
  /** Size of the file, and of the JSON in it; they differ when it is compressed. */
  fileBytes: number;
  jsonBytes: number;
  milliseconds: number;
}

/** An error as data. Classes do not survive the way between threads. */
export interface Failure {
  /** What was being read. */
  where: "period" | "agents" | "records";
  code: string;
  message: string;
  path?: string;
  line?: number;
  byteOffset?: number;
  problems?: Problem[];
}
