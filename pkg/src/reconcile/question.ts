import type { AgentUsageResponse } from "../types.js";
import type { Rows } from "./response.js";
import type { AgentDifference, Field, Reconciliation } from "./types.js";
import type { Window } from "./windows.js";

/** The difference to explain. */
export interface Question {
  /** The period of ours, if its bounds are those of one. */
  own: Window | null;
  /** The period that theirs states; `null` if it equals the period of ours. */
  theirWindow: Window | null;
  /**
   * The period that the bounds of theirs state if they are read as instants, where by another convention they are those of ours. The
   * bounds of a period of UTC are also the local times of a period elsewhere.
   */
  literalWindow: Window | null;
  /** Theirs, if its bounds are written differently from those of ours; otherwise `null`. */
  bounds: AgentUsageResponse | null;
  ours: Rows;
  theirs: Rows;
  agents: AgentDifference[];
  totals: Reconciliation["totals"];
  /** The columns that differ. */
  differing: Field[];
}

/** A question about a period. */
export type PeriodQuestion = Question & { own: Window };
