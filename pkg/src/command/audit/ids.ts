// Finds the ids of records that make a difference, for the letter to the vendor. Ids are enough: the rest belongs to the customers.

import type { Reconciliation } from "usage-by-agent";
import type { AuditFacts } from "../../audit/facts.js";

/** The most ids of one kind that are named. */
const MOST = 20;

/**
 * The ids of the calls that were counted although they were not completed.
 *
 * @param text the records, one on each line, as the vendor lists them; lines of another form are passed over
 */
export function idsOf(text: Uint8Array, { causes }: Reconciliation, bounds: AuditFacts["bounds"]): AuditFacts["ids"] {
  const failed = causes.filter((cause) => [cause.code, ...(cause.with ?? [])].includes("failed_calls_counted"));
  const statuses = new Set(
    failed.flatMap(({ detail }) => (detail as { statuses?: string[] } | undefined)?.statuses ?? []),
  );
  if (statuses.size === 0) return [];
  const found = new Map<string, string[]>();
  for (const line of linesOf(text)) {
    const call = callIn(line);
    if (call === undefined || !statuses.has(call.status)) continue;
    if (call.startedMs < bounds.startMs || call.startedMs >= bounds.endMs) continue;
    found.set(call.status, [...(found.get(call.status) ?? []), call.id]);
  }
  return [...found].map(([status, all]) => {
    const ids = [...new Set(all)];
    return { what: `Calls with the status "${status}"`, ids: ids.slice(0, MOST), more: Math.max(0, ids.length - MOST) };
  });
}

function* linesOf(text: Uint8Array): Generator<string> {
  const decoder = new TextDecoder();
  for (let from = 0; from < text.length; ) {
    const at = text.indexOf(0x0a, from);
    const end = at < 0 ? text.length : at;
    yield decoder.decode(text.subarray(from, end));
    from = end + 1;
  }
}

/** What is read of a call, or of the webhook of a call. */
interface Call {
  event?: unknown;
  data?: Call | null;
  id?: unknown;
  callId?: unknown;
  status?: unknown;
  startedAt?: unknown;
}

/** A call as the vendor lists it, or the call of a webhook. */
function callIn(line: string): { id: string; status: string; startedMs: number } | undefined {
  let value: Call | null;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const call = value?.event === undefined ? value : value.data;
  const { status, startedAt } = call ?? {};
  const id = call?.id ?? call?.callId;
  if (typeof id !== "string" || typeof status !== "string" || typeof startedAt !== "string") return undefined;
  return { id, status, startedMs: Date.parse(startedAt) };
}
