/** The messages between the page and its worker. Each question has an id and gets one answer. */
import type { AgentUsageResponse, Breakdown } from "usage-by-agent";
import type { CollectProgress } from "usage-by-agent/collect";
import type { Recognised } from "../account/recognise.js";
import type { AuditFound, AuditRequest } from "../audit/request.js";
import type {
  About,
  BreakdownQuestion,
  CountState,
  DaysQuestion,
  Failure,
  PeriodQuestion,
  Reading,
  ReportQuestion,
  Span,
  WindowFacts,
} from "./usage.js";

/** The questions by their kind: what is asked, and what the answer is. */
export interface Questions {
  about: { query: null; answer: About };
  offsets: { query: null; answer: string[] };
  /** What files are, before they are counted. */
  recognise: { query: Blob[]; answer: Recognised[] };
  /** It needs no counts, and takes long: it is asked of a worker of its own. */
  audit: { query: AuditRequest; answer: AuditFound };
  breakdown: { query: BreakdownQuestion; answer: Breakdown };
  report: { query: ReportQuestion; answer: AgentUsageResponse };
  span: { query: null; answer: Span | null };
  bounds: { query: PeriodQuestion | DaysQuestion; answer: WindowFacts };
  /** Everything that is counted, so that it can be kept. */
  saved: { query: null; answer: Saved };
}

/** The counts, and the names that belong to them. */
export interface Saved {
  snapshot: Uint8Array<ArrayBuffer>;
  agents: { id: string; name: string }[];
  numbers: { id: string; phoneNumber: string }[];
}

export type Kind = keyof Questions;
export type Answer<K extends Kind = Kind> = Questions[K]["answer"];

export type Question = { [K in Kind]: { kind: K; query: Questions[K]["query"] } }[Kind];

/** What is to be collected. The token is sent to `baseUrl` alone. */
export interface CollectionAsked {
  token: string;
  window: Span;
  baseUrl: string;
  /** What an earlier collection of the same window gave, to go on from there. */
  before: Collected | null;
}

/** How far a collection is. */
export type CollectionProgress = CollectProgress;

/** What was collected, also by a collection that was ended before its end. */
export interface Collected {
  /** The records as NDJSON. */
  records: Blob;
  /** Where the collection is; `null` if it could not begin. It does not contain the token. */
  state: string | null;
  agents: object[];
  numbers: object[];
  /** Why it ended before its end. */
  failure: Failure | null;
  isComplete: boolean;
  /** What is missing, in words. */
  shortfalls: string[];
  moreShortfalls: number;
}

/** A file that the worker is to count. The page gives it an id, by which it is named from then on. */
export interface Given {
  id: number;
  name: string;
  blob: Blob;
}

/** What the worker is to do with the sources. The state that it sends shows what has become of it. */
export type Order =
  /** Everything at once, for a worker that takes the place of another one: in steps, nothing would seem to be there for a moment. */
  | { kind: "begin"; reading: Reading; files: Given[] }
  | { kind: "add"; files: Given[] }
  | { kind: "remove"; ids: number[] }
  | { kind: "read"; reading: Reading }
  | { kind: "stop" }
  /** Counts the sources that were stopped. */
  | { kind: "resume" };

export type ToWorker =
  | { kind: "ask"; id: number; question: Question }
  | { kind: "order"; order: Order }
  | { kind: "collect"; id: number; asked: CollectionAsked }
  | { kind: "stop-collecting" };

export type FromWorker =
  | { kind: "answer"; id: number; answer: Answer | Collected }
  | { kind: "refusal"; id: number; failure: Failure }
  | { kind: "state"; state: CountState }
  | { kind: "collecting"; id: number; progress: CollectionProgress };
