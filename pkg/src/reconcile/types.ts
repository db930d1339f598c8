import type { UsageRollup } from "../counting/rollup.js";
import type { Convention, Diagnostics, Records, UsageQuery } from "../types.js";

/** A column of numbers in a report by agent. */
export type Field = "messages" | "calls" | "totalSeconds";

/** One number on both sides. */
export interface Difference {
  ours: number;
  theirs: number;
  /** `theirs - ours`. */
  delta: number;
}

/** One bound on both sides, as the responses write it. */
export interface BoundDifference {
  ours: string;
  theirs: string;
  /** `theirs - ours`, in whole seconds. */
  deltaSeconds: number;
}

/** The periods of the two responses. */
export interface PeriodsDifference {
  /** Whether both responses are of one period. The periods may be written by different conventions. */
  equal: boolean;
  start: BoundDifference;
  end: BoundDifference;
  /** The convention of the bounds of `theirs`: in our zone, or else in UTC, or else in another zone; `null` if there is none. */
  convention: Convention | null;
}

/** One agent on both sides. A missing row counts as a row of zeros. */
export interface AgentDifference {
  /** The agent's id; `null` for usage without an agent. */
  agentId: string | null;
  /** The agent's name in `ours`, or in `theirs` if `ours` has no row. */
  agentName: string;
  /** The agent's name in `theirs`, if it differs. */
  theirName?: string;
  /** The responses that have a row for the agent. */
  side: "both" | "ours" | "theirs";
  messages: Difference;
  calls: Difference;
  totalSeconds: Difference;
  /** Whether all three numbers are equal. */
  equal: boolean;
}

/** The code of a cause. `docs/auditing.md` in the repository describes each one. */
export type CauseCode =
  | "names_differ"
  | "agents_only_in_ours"
  | "agents_only_in_theirs"
  | "unassigned_moved"
  | "agent_deleted"
  | "bounds_written_otherwise"
  | "other_week_start"
  | "other_zone"
  | "other_period"
  | "failed_calls_counted"
  | "duplicates_counted"
  | "duplicates_not_counted"
  | "redeliveries_counted"
  | "tests_counted"
  | "voice_turns_counted"
  | "outbound_messages_missing"
  | "inbound_messages_missing"
  | "span_billed"
  | "rounded_up_per_call"
  | "rounded_to_nearest"
  | "rounded_after_sum"
  | "records_not_understood"
  | "evidence_differs";

/** One cause of a difference. */
export interface Cause {
  code: CauseCode;
  /** The other causes, if only all of them together explain the difference: one or two, seldom three. */
  with?: CauseCode[];
  /** The cause in words. */
  message: string;
  /**
   * `"shown"`: counting the evidence this way gives the vendor's number for every agent, or the two responses show the cause
   * themselves. `"possible"`: the cause would explain the difference, but another cause may explain it too.
   */
  certainty: "shown" | "possible";
  /** The columns that the cause explains: `messages`, `calls`, `totalSeconds`; `agentId`, `agentName`, `periodStart`, `periodEnd`. */
  fields: string[];
  /** The ids of the agents that the cause concerns, if it does not concern all. */
  agents?: (string | null)[];
  /**
   * Details: the `statuses`; the `tz`, `weekStart` and bounds; the unit in `seconds` to which a call is rounded up; the deleted
   * `agents`, each with its `agentId` and `agentName`; the number of `records` of an unknown kind, and the `problem`, which says
   * what the first one looks like.
   */
  detail?: Record<string, unknown>;
}

/** The data that differences are explained with. Every field is optional; `records` explain most. */
export interface Evidence {
  /** The records that `ours` was counted from. They are read many times, so they must not be an iterator. */
  records?: Records;
  /** A rollup of the records. It is not used if `records` are given. */
  rollup?: UsageRollup;
  /** The diagnostics of `ours`. */
  diagnostics?: Diagnostics;
  /** The query of `ours`. If `tz` or `weekStart` is missing, it is inferred from the period's bounds where possible. */
  query?: Partial<UsageQuery>;
}

/** The result of comparing the vendor's response with your own report. */
export interface Reconciliation {
  /** Whether the period and every agent's numbers are equal. Names and rows of zeros may differ. */
  equal: boolean;
  periods: PeriodsDifference;
  /** Every agent of either response, the largest difference first: by messages, calls, seconds, name and id. */
  agents: AgentDifference[];
  /** The sums of all agents. */
  totals: Record<Field, Difference>;
  /** The columns that differ and that no `"shown"` cause explains. If it is empty, every difference is explained. */
  unexplained: Field[];
  /** The causes, those with the certainty `"shown"` first. */
  causes: Cause[];
}
