// Collects causes. A cause that is found twice is reported once, with the fields of both.

import type { Cause, CauseCode, Field } from "./types.js";

/** The message of each cause. "ours" and "theirs" are the two responses. */
const WORDS: Record<CauseCode, string> = {
  names_differ: "agents have other names there",
  agents_only_in_ours: "agents with usage in ours have no row in theirs",
  agents_only_in_theirs: "agents with usage in theirs have no row in ours",
  unassigned_moved: "one side has usage under Unassigned that the other has under agents",
  agent_deleted: "theirs has the usage of these agents under Unassigned, as after a deletion",
  bounds_written_otherwise: "theirs writes equal bounds by another convention",
  other_week_start: "theirs begins the week on another day",
  other_zone: "theirs is of another time zone",
  other_period: "theirs is of another period",
  failed_calls_counted: "theirs counts calls that were not completed",
  duplicates_counted: "theirs counts an id more than once",
  duplicates_not_counted: "theirs counts an id once",
  redeliveries_counted: "theirs counts each delivery of an event that has no id of its own",
  tests_counted: "theirs counts records that are marked as tests",
  voice_turns_counted: "theirs counts spoken turns as messages",
  outbound_messages_missing: "theirs leaves out outbound messages",
  inbound_messages_missing: "theirs leaves out inbound messages",
  span_billed: "theirs has the seconds from the start of each call to its end",
  rounded_up_per_call: "theirs rounds each call up",
  rounded_to_nearest: "theirs rounds each call to the nearest second",
  rounded_after_sum: "theirs rounds the sum of fractions of seconds",
  records_not_understood: "ours leaves out records of an unknown kind",
  evidence_differs: "counting the records with the query does not give ours",
};

/** The optional fields of a cause. */
export type CauseExtras = { [K in "with" | "agents" | "detail"]?: Cause[K] | undefined };

export class Causes {
  readonly #found = new Map<string, Cause>();

  add(certainty: Cause["certainty"], code: CauseCode, fields: readonly string[], more: CauseExtras = {}): void {
    if (fields.length === 0) return;
    const { with: others = [], agents, detail } = more;
    const key = JSON.stringify([code, others, detail]);
    this.#found.set(key, {
      code,
      ...(others.length > 0 && { with: [...others] }),
      message: [WORDS[code], ...others.map((other) => `also ${WORDS[other]}`)].join("; "),
      certainty,
      fields: [...new Set([...(this.#found.get(key)?.fields ?? []), ...fields])],
      ...(agents && { agents }),
      ...(detail && Object.keys(detail).length > 0 && { detail }),
    });
  }

  /** Whether a cause with the certainty `"shown"` explains the column. */
  isShown(field: string): boolean {
    return this.all.some(({ certainty, fields }) => certainty === "shown" && fields.includes(field));
  }

  /** The columns that no cause with the certainty `"shown"` explains. */
  open(columns: Field[]): Field[] {
    return columns.filter((field) => !this.isShown(field));
  }

  /** Whether there is a cause with this code, alone or as one of several. */
  has(code: CauseCode): boolean {
    return this.all.some((cause) => cause.code === code || cause.with?.includes(code));
  }

  /** The causes, those with the certainty `"shown"` first. */
  get all(): Cause[] {
    const all = [...this.#found.values()];
    return ["shown", "possible"].flatMap((certainty) => all.filter((cause) => cause.certainty === certainty));
  }
}
