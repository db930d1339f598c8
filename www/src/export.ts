import type { AgentUsageResponse } from "usage-by-agent";
import { csv } from "../../pkg/src/command/formats/csv.js"; // one rule for every file that a spreadsheet may open

const COLUMNS = ["agentId", "agentName", "messages", "calls", "totalSeconds", "isOrphan"] as const;

/** The body of `GET /v1/usage/by-agent`, byte for byte. */
export function toJson(report: AgentUsageResponse): string {
  return JSON.stringify(report);
}

/** The rows as CSV, by the rules of the command's `--format csv`. */
export function toCsv(report: AgentUsageResponse): string {
  return csv(
    COLUMNS,
    report.data.map((item) => COLUMNS.map((column) => item[column])),
  );
}

export function fileName(report: AgentUsageResponse, tz: string): string {
  return `usage-by-agent_${report.period}_${report.periodStart.slice(0, 10)}_${tz.replaceAll("/", "-")}.csv`;
}

/** Makes the browser download a file. */
export function download(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // Revoking the URL before the download has begun would cancel it.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
