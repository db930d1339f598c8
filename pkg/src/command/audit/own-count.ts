// One's own count: of files, or of the vendor's lists.

import {
  type AgentUsageResponse,
  type Diagnostics,
  decompressed,
  UsageAggregator,
  type UsageQuery,
} from "usage-by-agent";
import type { Collection, Completeness } from "usage-by-agent/collect";
import { collectPages, sayShortfalls } from "../collecting.js";
import { checkUnderstood, countInputs, warnOfSkipped } from "../counting.js";
import type { Input } from "../input.js";
import type { Vendor } from "../vendor-options.js";
import { KeptText, kept } from "./kept-text.js";

/** A count, with the records that it is of. */
export interface Count {
  report: AgentUsageResponse;
  diagnostics: Diagnostics;
  text: KeptText;
}

/** The counts that an answer may be compared with. */
export interface OwnCount {
  /** The records until the first answer. */
  until: Count;
  /** All records; `null` if none came after the first answer. */
  all: Count | null;
  completeness: Completeness | null;
}

/**
 * Counts files.
 *
 * @throws {Failure} with the file's name
 */
export async function countFiles(inputs: readonly Input[], query: UsageQuery): Promise<OwnCount> {
  const text = new KeptText();
  const keeping = inputs.map(({ name, size, bytes }): Input => {
    return { name, size, bytes: () => kept(decompressed(bytes()), text) };
  });
  const usage = await countInputs(keeping, query);
  return { until: taken(usage, text, true), all: null, completeness: null };
}

const VENDOR = "the vendor's lists";

const WEEK_MS = 7 * 86_400_000;

/**
 * Collects the vendor's lists, a week wider than the period on both sides, because the vendor may have counted another zone or week.
 *
 * @param until the moment of the vendor's answer, in epoch milliseconds; what came later is counted apart
 * @throws {Failure} if the vendor can't be asked
 */
export async function countLists(
  vendor: Vendor,
  { startMs, endMs }: { startMs: number; endMs: number },
  query: UsageQuery,
  until: number,
): Promise<OwnCount> {
  const window = { startMs: startMs - WEEK_MS, endMs: endMs + WEEK_MS };
  const text = new KeptText();
  const later: object[] = [];
  let counting: UsageAggregator | undefined;
  // The agents have been listed before the first page.
  const counter = (from: Collection) => {
    counting ??= new UsageAggregator({ ...query, agents: query.agents ?? from.agents() });
    return counting;
  };
  const collection = await collectPages({ ...vendor, window }, ({ records }, from) => {
    const first: object[] = [];
    for (const record of records) (isLater(record, until) ? later : first).push(record);
    add(counter(from), text, first);
  });
  const usage = counter(collection);
  checkUnderstood(usage, VENDOR);
  warnOfSkipped(VENDOR, undefined, usage.diagnostics());
  sayShortfalls(collection);
  const first = taken(usage, text, later.length === 0);
  if (later.length === 0) return { until: first, all: null, completeness: collection.completeness() };
  const longer = new KeptText();
  if (!text.isTooLong) longer.add(text.whole());
  add(usage, longer, later);
  return { until: first, all: taken(usage, longer, true), completeness: collection.completeness() };
}

function add(usage: UsageAggregator, text: KeptText, records: readonly object[]): void {
  const lines = Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(""));
  usage.push(lines);
  text.add(lines);
}

function taken(usage: UsageAggregator, text: KeptText, isLast: boolean): Count {
  const count = { report: usage.report(), diagnostics: usage.diagnostics(), text };
  if (isLast) usage.free();
  return count;
}

/** Whether a record is later than a moment: a message that was received, or a call that had not ended by then. */
function isLater(record: object, moment: number): boolean {
  const { receivedAt, startedAt, endedAt } = record as Record<string, unknown>;
  const [time] = [endedAt, receivedAt, startedAt].filter((value) => typeof value === "string");
  return time !== undefined && Date.parse(time) > moment;
}
