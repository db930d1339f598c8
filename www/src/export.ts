import type { AgentUsageResponse } from "usage-by-agent";

const COLUMNS = ["agentId", "agentName", "messages", "calls", "totalSeconds", "isOrphan"] as const;

/** The body of `GET /v1/usage/by-agent`, byte for byte. */
export function toJson(report: AgentUsageResponse): string {
  return JSON.stringify(report);
}

/** CSV as in RFC 4180: a header, lines that end in CRLF, quotes where needed, and doubled quotes inside them. */
export function toCsv(report: AgentUsageResponse): string {
  const rows = report.data.map((item) => COLUMNS.map((column) => field(item[column])).join(","));
  return [COLUMNS.join(","), ...rows, ""].join("\r\n");
}

/**
 * Spreadsheets run a cell as a formula if it starts with `=`, `+`, `-`, `@`, a tab or a carriage return, and an agent's name is
 * untrusted text. Such a value gets a leading apostrophe, which marks it as text. The numbers here are never negative.
 */
function field(value: string | number | boolean | null): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
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
