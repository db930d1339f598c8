// Causes, collected: what is found twice is told once.

import type { Cause, CauseCode } from "./types.js";

/** What theirs has done, or what else it is. */
const WORDS: Record<CauseCode, string> = {
  names_differ: "agents have other names there",
  agents_only_in_ours: "agents with usage in ours have no row in theirs",
  agents_only_in_theirs: "agents with usage in theirs have no row in ours",
  unassigned_moved: "what one side has under Unassigned the other has under agents",
  bounds_written_otherwise: "the same bounds are written by another convention",
  other_week_start: "theirs begins the week on another day",
  other_zone: "theirs is of another time zone",
  other_period: "theirs is of another period",
  failed_calls_counted: "theirs counts calls that were not completed",
  duplicates_counted: "theirs counts an id more than once",
  duplicates_not_counted: "theirs counts an id once",
  voice_turns_counted: "theirs counts spoken turns as messages",
  outbound_messages_missing: "theirs leaves out outbound messages",
  inbound_messages_missing: "theirs leaves out inbound messages",
  rounded_up_per_call: "theirs rounds each call up",
  rounded_to_nearest: "theirs rounds each call to the nearest second",
  rounded_after_sum: "theirs rounds the sum of fractions of seconds",
  evidence_differs: "the records, counted by the query, do not give ours",
};

/** What may be told besides. */
export type CauseExtras = { [K in "with" | "agents" | "detail"]?: Cause[K] | undefined };

export class Causes {
  readonly #found = new Map<string, Cause>();

  add(certainty: Cause["certainty"], code: CauseCode, fields: readonly string[], more: CauseExtras = {}): void {
    if (fields.length === 0) return;
    const { with: other, agents, detail } = more;
    const key = JSON.stringify([code, other, detail]);
    this.#found.set(key, {
      code,
      ...(other && { with: other }),
      message: WORDS[code] + (other ? `; also ${WORDS[other]}` : ""),
      certainty,
      fields: [...new Set([...(this.#found.get(key)?.fields ?? []), ...fields])],
      ...(agents && { agents }),
      ...(detail && Object.keys(detail).length > 0 && { detail }),
    });
  }

  /** Does a shown one explain that column? */
  isShown(field: string): boolean {
    return this.all.some(({ certainty, fields }) => certainty === "shown" && fields.includes(field));
  }

  /** Shown ones first. */
  get all(): Cause[] {
    const all = [...this.#found.values()];
    return ["shown", "possible"].flatMap((certainty) => all.filter((cause) => cause.certainty === certainty));
  }
}
