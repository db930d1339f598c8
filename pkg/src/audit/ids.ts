// Finds the ids of records that make a difference, for the letter to the vendor. Ids are enough: the rest belongs to the customers.

import type { PeriodBounds, Reconciliation, Records } from "usage-by-agent";
import { bytesOf, isIterable, property } from "../bridge/values.js";

/** The ids of some records of one kind. */
export interface ExampleIds {
  /** The kind, in words: `Calls with the status "failed"`. */
  what: string;
  ids: readonly string[];
  /** How many more there are. */
  more: number;
}

/** The most ids of one kind that are named. */
const MOST = 20;

/**
 * The ids of the calls that were counted although they were not completed.
 *
 * @param records as text: one on each line, as the vendor lists them; lines of another form are passed over
 */
export function idsOf(records: Records, { causes }: Reconciliation, bounds: PeriodBounds): ExampleIds[] {
  const failed = causes.filter((cause) => [cause.code, ...(cause.with ?? [])].includes("failed_calls_counted"));
  const statuses = new Set(
    failed.flatMap(({ detail }) => (detail as { statuses?: string[] } | undefined)?.statuses ?? []),
  );
  if (statuses.size === 0) return [];
  const found = new Map<string, Set<string>>();
  for (const record of valuesOf(records)) {
    const call = callIn(record);
    if (call === undefined || !statuses.has(call.status)) continue;
    if (call.startedMs < bounds.startMs || call.startedMs >= bounds.endMs) continue;
    found.set(call.status, (found.get(call.status) ?? new Set()).add(call.id));
  }
  return [...found].map(([status, all]) => {
    const ids = [...all];
    return { what: `Calls with the status "${status}"`, ids: ids.slice(0, MOST), more: Math.max(0, ids.length - MOST) };
  });
}

/** The records as values, also those of pages. */
function* valuesOf(records: unknown): Generator<unknown> {
  const bytes = typeof records === "string" ? new TextEncoder().encode(records) : bytesOf(records);
  if (bytes === undefined) yield* itemsOf(records);
  else for (const line of linesOf(bytes)) yield* valuesIn(line);
}

function* itemsOf(value: unknown): Generator<unknown> {
  const items = [value, property(value, "data")].find(isIterable);
  if (items === undefined) yield value;
  else for (const item of items) yield* itemsOf(item);
}

function* linesOf(text: Uint8Array): Generator<string> {
  const decoder = new TextDecoder();
  for (let from = 0; from < text.length; ) {
    const at = text.indexOf(0x0a, from);
    const end = at < 0 ? text.length : at;
    yield decoder.decode(text.slice(from, end));
    from = end + 1;
  }
}

function* valuesIn(line: string): Generator<unknown> {
  try {
    yield* itemsOf(JSON.parse(line));
  } catch {
    // not a record on a line of its own
  }
}

/** A call as the vendor lists it, or the call of a webhook. */
function callIn(record: unknown): { id: string; status: string; startedMs: number } | undefined {
  const call = property(record, "event") === undefined ? record : property(record, "data");
  const [status, startedAt] = [property(call, "status"), property(call, "startedAt")];
  const id = property(call, "id") ?? property(call, "callId");
  if (typeof id !== "string" || typeof status !== "string" || typeof startedAt !== "string") return undefined;
  return { id, status, startedMs: Date.parse(startedAt) };
}
