/** Where the page's usage comes from. The views know these types only, so that they show the counts of files and of a server alike. */
import type {
  AgentUsageResponse,
  Breakdown,
  BreakdownQuery,
  Diagnostics,
  Look,
  PeriodBounds,
  PeriodQuery,
  Problem,
} from "usage-by-agent";

/** How records are read. A change of it counts the files again. */
export interface Reading {
  dedupe: boolean;
  onInvalid: "throw" | "skip";
  naiveTimestamps: "reject" | "utc";
}

export const READING: Readonly<Reading> = { dedupe: true, onInvalid: "skip", naiveTimestamps: "reject" };

/** Adds to a query of the package a local date that the period contains. Without `date` and `now` the period contains today. */
export interface OfDate {
  /** `YYYY-MM-DD`, a date of the query's `tz`. It takes the place of `now`. */
  date?: string | null;
}

/** The query of a report: the period as the package takes it, or the period of a date. */
export type PeriodQuestion = PeriodQuery & OfDate;

export interface ReportQuestion extends PeriodQuestion {
  /** Whether agents of the directory that have no usage get a row of zeros. */
  includeIdle?: boolean;
}

/** The query of a breakdown. Its names come from the directory, so it has no `agents`. */
export interface BreakdownQuestion extends Omit<BreakdownQuery, "agents">, OfDate {
  /** Leaves out the rows of all other agents; `null` is usage without an agent. Totals stay those of all rows. `by` contains `agent`. */
  onlyAgent?: string | null;
}

/** A half-open span in epoch milliseconds. */
export interface Span {
  startMs: number;
  endMs: number;
}

/** What the page knows of the package: the zones, in order, and its versions. */
export interface About {
  zones: string[];
  versions: { package: string; tzdb: string };
}

/** The days from a local date of `tz` until another one, which is not among them. */
export interface DaysQuestion {
  tz: string;
  from: string;
  to: string;
}

/** The exact bounds of a window, with the local times at both. */
export interface WindowFacts {
  startMs: number;
  endMs: number;
  /** The zone's name as the tz database spells it. */
  tz: string;
  /** The local times of the first instant and of the first instant after the window, `YYYY-MM-DDTHH:MM:SS`. */
  wallStart: string;
  wallEnd: string;
  /** The local dates of the first and of the last second. */
  firstDate: string;
  lastDate: string;
  /** The bounds as a report writes them; `null` if the window is not a period. */
  written: Pick<PeriodBounds, "periodStart" | "periodEnd"> | null;
}

/**
 * Answers questions about counted usage. Several questions may be open at once.
 *
 * `place` says what an answer is for, such as `"chart"`. A newer question for the same place takes the place of the older one, which
 * rejects with an `AbortError` (a `DOMException`). Without it, the place is the method's name. Any other rejection is a {@link Refusal}.
 */
export interface Usage {
  about(): Promise<About>;
  /** The present offset of each zone of `about()`, `+05:30`. It takes a tenth of a second, so it is asked when somebody looks for a zone. */
  offsets(): Promise<string[]>;
  breakdown(query: BreakdownQuestion, place?: string): Promise<Breakdown>;
  /** The body of `GET /v1/usage/by-agent`. */
  report(query: ReportQuestion, place?: string): Promise<AgentUsageResponse>;
  /** From the first quarter hour with usage to the end of the last one; `null` if nothing is counted. */
  span(): Promise<Span | null>;
  /** The exact bounds of a window, with its local times. It needs no counts. */
  bounds(query: PeriodQuestion | DaysQuestion, place?: string): Promise<WindowFacts>;
  /** Calls the listener with the present state at once, and then each time that the counts or the counting change. */
  onChange(listener: (state: CountState) => void): void;
}

/** Whether a question was only replaced by a newer one, so that its rejection needs no words. */
export function isReplaced(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** The error that every question rejects with that has no answer. */
export class Refusal extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

/** The failure that a rejection has, whatever was thrown. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Refusal) return error.failure;
  const message = error instanceof Error ? error.message : String(error);
  return { where: "period", code: "unexpected", message };
}

/** An error as data, because a message to another thread does not keep an error's class and fields. */
export interface Failure {
  /** What was being read when the error occurred. */
  where: "period" | "agents" | "records" | "server";
  /** The name of the source that the error is of, such as a file's. */
  name?: string;
  code: string;
  message: string;
  /** What the input is, if it has no records. */
  look?: Look;
  path?: string;
  line?: number;
  byteOffset?: number;
  problems?: Problem[];
}

/** What a source has turned out to be. `unknown` until it is read, and for what can't be used. */
export type SourceKind = "unknown" | "records" | "agents" | "numbers" | "snapshot";

/**
 * Where a source is:
 * - `waiting`, `counting`: it is counted next, or now;
 * - `counted`: all of it is in the counts, or in the directory;
 * - `stopped`: the user stopped the counting, and nothing of it is in the counts;
 * - `failed`: it can't be used, and nothing of it is in the counts.
 */
export type SourceState = "waiting" | "counting" | "counted" | "stopped" | "failed";

/** What is known of one source: a file, pasted text, a collection or a snapshot. */
export interface SourceFacts {
  id: number;
  name: string;
  kind: SourceKind;
  state: SourceState;
  /** The size as it is stored, in bytes. */
  bytes: number;
  /** The size of its text in bytes, which differs if it is compressed; `null` before it is counted. */
  textBytes: number | null;
  /** How many records it has, or how many agents or numbers it names; `null` before it is counted. */
  items: number | null;
  /** Why it can't be used; `null` unless it has failed. */
  failure: Failure | null;
  /** The problems of its records, as far as the package lists them. */
  problems: Problem[];
}

/** What the page knows about the counts. A server has no sources. */
export type CountState =
  | { kind: "empty"; sources: SourceFacts[] }
  /** Usage can be asked for already. It is that of the records counted so far. */
  | { kind: "counting"; sources: SourceFacts[]; read: number; total: number | null }
  | {
      kind: "counted";
      sources: SourceFacts[];
      /** The account of every record; `null` from a server, which does not tell it. */
      diagnostics: Diagnostics | null;
      span: Span | null;
      /** How long the last counting took. */
      milliseconds: number;
    }
  /** Nothing is counted, because of this. */
  | { kind: "failed"; sources: SourceFacts[]; failure: Failure };
