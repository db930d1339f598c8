/** The groups that records fall into, each with its reason and with what can be done. */
import type { Diagnostics } from "usage-by-agent";

export interface Group {
  key: "counted" | "outside" | "duplicates" | "ignored" | "invalid";
  /** The group as the line names it: `1 duplicate`, `10 duplicates`. */
  one: string;
  name: string;
  count: number;
  parts: Part[];
}

/** One kind of records in a group. */
export interface Part {
  name: string;
  count: number;
  /** Why the records are in this group, and what to do about it. */
  why: string;
  /** Kinds of this kind, such as the statuses of calls. */
  parts?: { name: string; count: number }[];
}

/** The groups from counted to invalid. Groups and kinds without records are included. */
export function groupsOf({ counted, outsidePeriod, duplicates, invalid, ignored }: Diagnostics): Group[] {
  const statuses = Object.entries(ignored.notCompleted).sort(([, a], [, b]) => b - a);
  const kinds: Part[] = [
    {
      name: "Calls not completed",
      count: sum(statuses.map(([, value]) => value)),
      why: "Only completed calls count. If a call is complete by now, get it again.",
      parts: statuses.map(([status, value]) => ({ name: `Status: ${status === "" ? "none" : status}`, count: value })),
    },
    { name: "Turns of a voice call", count: ignored.voiceTurns, why: "They are parts of a call, which counts once." },
    { name: "Reactions", count: ignored.reactions, why: "They are not messages." },
    {
      name: "Other events",
      count: ignored.events,
      why: "Events such as a shared contact are not usage.",
    },
    { name: "Tests", count: ignored.tests, why: "They are marked as tests." },
    {
      name: "Not understood",
      count: ignored.other,
      why: "They have no event, type or time that is known. If calls or messages are among them, say so to those who make this page.",
    },
  ];
  return [
    {
      key: "counted",
      one: "counted",
      name: "counted",
      count: counted,
      parts: [{ name: "Counted", count: counted, why: "Messages and completed calls." }],
    },
    {
      key: "outside",
      one: "outside the period",
      name: "outside the period",
      count: outsidePeriod,
      parts: [{ name: "Outside the period", count: outsidePeriod, why: "Move to another period to see them." }],
    },
    {
      key: "duplicates",
      one: "duplicate",
      name: "duplicates",
      count: duplicates,
      parts: [
        {
          name: "Duplicates",
          count: duplicates,
          why: "Their id was counted already: a webhook that was delivered again, or pages that overlap. There is nothing to do.",
        },
      ],
    },
    {
      key: "ignored",
      one: "that is not usage",
      name: "that are not usage",
      count: sum(kinds.map(({ count }) => count)),
      parts: kinds,
    },
    {
      key: "invalid",
      one: "invalid",
      name: "invalid",
      count: invalid,
      parts: [{ name: "Invalid", count: invalid, why: "They break a rule. The first ones are listed below." }],
    },
  ];
}

/** Checks two rules: every record is in one group, and the rows add up to the totals. */
export function balances(
  rows: readonly Diagnostics["totals"][],
  diagnostics: Diagnostics,
): { records: boolean; rows: boolean } {
  const { totals } = diagnostics;
  const isTotal = (field: keyof Diagnostics["totals"]) => sum(rows.map((row) => row[field])) === totals[field];
  return {
    records: sum(groupsOf(diagnostics).map(({ count }) => count)) === diagnostics.records,
    rows: (["messages", "calls", "totalSeconds"] as const).every(isTotal),
  };
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
