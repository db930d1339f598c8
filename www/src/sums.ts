import type { Diagnostics } from "usage-by-agent";

export interface Bucket {
  key: "counted" | "outside" | "duplicates" | "ignored" | "invalid";
  name: string;
  count: number;
  /** Why a record is in this group. */
  why: string;
  parts?: { name: string; count: number }[];
}

/**
 * The groups of records, from counted to invalid. Groups without records are included.
 */
export function buckets({ counted, outsidePeriod, duplicates, invalid, ignored }: Diagnostics): Bucket[] {
  const notCompleted = Object.entries(ignored.notCompleted).sort(([, a], [, b]) => b - a);
  const unfinished = sum(notCompleted.map(([, value]) => value));
  const parts = [
    { name: "Turns of a voice call", count: ignored.voiceTurns },
    { name: "Reactions", count: ignored.reactions },
    { name: "Other events, such as a shared contact", count: ignored.events },
    { name: "Tests", count: ignored.tests },
    { name: "Not understood", count: ignored.other },
    { name: "Calls not completed", count: unfinished },
  ];
  return [
    { key: "counted", name: "Counted", count: counted, why: "Messages and completed calls of the period" },
    {
      key: "outside",
      name: "Outside the period",
      count: outsidePeriod,
      why: "Before its start, or not before its end",
    },
    { key: "duplicates", name: "Duplicates", count: duplicates, why: "The same id, already counted" },
    {
      key: "ignored",
      name: "Ignored",
      count: sum(parts.map((part) => part.count)),
      why: "Neither a message nor a completed call, or only a test",
      parts: [
        ...parts,
        ...notCompleted.map(([status, value]) => ({
          name: `Status: ${status === "" ? "none" : status}`,
          count: value,
        })),
      ],
    },
    { key: "invalid", name: "Invalid", count: invalid, why: "Malformed; the first 100 are listed below" },
  ];
}

/** Checks two rules for the shown report: every record is in one group, and the rows add up to the totals. */
export function balances(
  report: { data: readonly Diagnostics["totals"][] },
  diagnostics: Diagnostics,
): { records: boolean; rows: boolean } {
  const { totals } = diagnostics;
  const rows = (["messages", "calls", "totalSeconds"] as const).every(
    (field) => sum(report.data.map((item) => item[field])) === totals[field],
  );
  return { records: sum(buckets(diagnostics).map((bucket) => bucket.count)) === diagnostics.records, rows };
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
