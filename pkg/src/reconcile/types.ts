import type { UsageRollup } from "../counting/rollup.js";
import type { Convention, Diagnostics, Records, UsageQuery } from "../types.js";

/** The numbers of a row. */
export type Field = "messages" | "calls" | "totalSeconds";

/** One number on both sides; `delta` is theirs less ours. */
export interface Difference {
  ours: number;
  theirs: number;
  delta: number;
}

/** One bound on both sides, as it is written; `deltaSeconds` is theirs less ours. */
export interface BoundDifference {
  ours: string;
  theirs: string;
  deltaSeconds: number;
}

/** The periods of the two answers. */
export interface PeriodsDifference {
  /** The same span of time, be it written by the same convention or not. */
  equal: boolean;
  start: BoundDifference;
  end: BoundDifference;
  /** What explains their bounds, first of all in our zone, then in UTC, then in any other; `null` where nothing does. */
  convention: Convention | null;
}

/** One agent on both sides. A row that is missing counts as zeros. */
export interface AgentDifference {
  /** `null` for usage with no agent. */
  agentId: string | null;
  /** What ours calls it; theirs where ours has no row. */
  agentName: string;
  /** What theirs calls it, where that is something else. */
  theirName?: string;
  /** Which answer has a row of it. */
  side: "both" | "ours" | "theirs";
  messages: Difference;
  calls: Difference;
  totalSeconds: Difference;
  /** Are all three numbers equal? */
  equal: boolean;
}

/** What a difference comes from. README, or `docs/auditing.md` in the repository, says what each means. */
export type CauseCode =
  | "names_differ"
  | "agents_only_in_ours"
  | "agents_only_in_theirs"
  | "unassigned_moved"
  | "bounds_written_otherwise"
  | "other_week_start"
  | "other_zone"
  | "other_period"
  | "failed_calls_counted"
  | "duplicates_counted"
  | "duplicates_not_counted"
  | "voice_turns_counted"
  | "outbound_messages_missing"
  | "inbound_messages_missing"
  | "rounded_up_per_call"
  | "rounded_to_nearest"
  | "rounded_after_sum"
  | "evidence_differs";

/** Why the answers differ. */
export interface Cause {
  code: CauseCode;
  /** The other half, where two together are it and neither alone. */
  with?: CauseCode;
  /** In words. */
  message: string;
  /**
   * `"shown"`: counted so, the evidence gives their numbers, of every agent; or the two answers say it themselves.
   * `"possible"`: it would explain what there is to see, and so may something else.
   */
  certainty: "shown" | "possible";
  /** Which columns it explains: `messages`, `calls`, `totalSeconds`; `agentId`, `agentName`, `periodStart`, `periodEnd`. */
  fields: string[];
  /** Whom it concerns, where that is not everyone. */
  agents?: (string | null)[];
  /** More of it: which `statuses`, which `tz`, `weekStart` and bounds, how many `seconds` a call is rounded up to. */
  detail?: Record<string, unknown>;
}

/** What the numbers can be held against. Each helps alone; records help most. */
export interface Evidence {
  /** The records that `ours` was counted from. They are read again and again, so an iterator won't do. */
  records?: Records;
  /** A rollup of them; not needed beside records. */
  rollup?: UsageRollup;
  /** What the counting of `ours` told of them. */
  diagnostics?: Diagnostics;
  /** The query of `ours`. Its `tz` and `weekStart` are told by the bounds, as far as bounds tell them, where this does not. */
  query?: Partial<UsageQuery>;
}

/** How the vendor's answer compares with one's own. */
export interface Reconciliation {
  /** The same period, and the same numbers of each agent. Names and rows of zeros may differ. */
  equal: boolean;
  periods: PeriodsDifference;
  /** Every agent of either, the largest differences first: by messages, then calls, then seconds, then by name and id. */
  agents: AgentDifference[];
  totals: Record<Field, Difference>;
  /** The columns that differ and that no shown cause explains: empty, and all is accounted for. */
  unexplained: Field[];
  /** Shown ones first. */
  causes: Cause[];
}
