/** The files that the page writes, as texts. */
import type { Breakdown } from "usage-by-agent";
import { type Cell, csv } from "../../../../pkg/src/command/formats/csv.js"; // one rule for every file that a spreadsheet may open
import { MEASURES } from "../measures.js";

/** Excel takes a file without this mark for one of the system's old encoding. */
const BYTE_ORDER_MARK = "\ufeff";

/** The first columns of each line say which window and zone the line is of. */
const WINDOW = ["from", "to", "timeZone"] as const;
const windowOf = ({ from, to, tz }: Breakdown): Cell[] => [from, to, tz];

/** A line for each agent. */
export function csvByAgent(breakdown: Breakdown): string {
  const window = windowOf(breakdown);
  const rows = breakdown.rows.map(({ agentId, agentName, ...row }) => [
    ...window,
    agentId,
    agentName,
    ...MEASURES.map((measure) => row[measure]),
  ]);
  return BYTE_ORDER_MARK + csv([...WINDOW, "agentId", "agentName", ...MEASURES], rows);
}

/** A line for each step and agent with usage in it, in the order of time. */
export function csvBySteps(breakdown: Breakdown): string {
  const { steps = [], rows } = breakdown;
  const window = windowOf(breakdown);
  const lines = steps.flatMap(({ start }, n) =>
    rows.flatMap(({ agentId, agentName, series }) => {
      const values = MEASURES.map((measure) => series?.[measure][n] ?? 0);
      return values.some((value) => value > 0) ? [[...window, start, agentId, agentName, ...values]] : [];
    }),
  );
  return BYTE_ORDER_MARK + csv([...WINDOW, "start", "agentId", "agentName", ...MEASURES], lines);
}

/** A breakdown as JSON, as `GET /v1/usage/breakdown` has it: series as arrays. */
export function jsonOf(value: object): string {
  return JSON.stringify(value, (_, part) => (part instanceof Float64Array ? Array.from(part) : part));
}

/** `usage_2025-06-01_2025-06-30_America-New_York_by-day.csv`: dates first, so that files sort by them. */
export function fileName(first: string, last: string, tz: string, what: string): string {
  return `usage_${first}_${last}_${tz.replaceAll("/", "-")}_${what}`;
}

/** Makes the browser download a file. */
export function download(name: string, content: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // Revoking the URL before the download has begun would cancel it.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
