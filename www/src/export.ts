import type { AgentUsageResponse } from "usage-by-agent";

const COLUMNS = ["agentId", "agentName", "messages", "calls", "totalSeconds", "isOrphan"] as const;

/** The body of `GET /v1/usage/by-agent`, byte for byte. */
export function toJson(report: AgentUsageResponse): string {
  return JSON.stringify(report);
}

/** RFC 4180: a header, CRLF, quotes where they are needed, a quote doubled. */
export function toCsv(report: AgentUsageResponse): string {
  const rows = report.data.map((item) => COLUMNS.map((column) => field(item[column])).join(","));
  return [COLUMNS.join(","), ...rows, ""].join("\r\n");
}

/**
 * Spreadsheets run a cell that starts with `=`, `+`, `-`, `@`, a tab or a carriage return as a formula, and an
 * agent's name is anybody's text. Such a value gets an apostrophe in front, which spreadsheets read as "this is
 * text". Numbers here are never negative.
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

/** Hands a file to the browser's downloads. */
export function download(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The download has to have begun.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
