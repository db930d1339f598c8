// Counts what the vendor has, without a file.

import type { UsageAggregator, UsageQuery, UsageRollup } from "usage-by-agent";
import type { Collection, CollectOptions } from "usage-by-agent/collect";
import { collectPages, sayShortfalls } from "./collecting.js";
import { checkUnderstood, warnOfSkipped } from "./counting.js";
import { type AllTimeQuery, type Counts, type CountsQuery, countsFor } from "./counts.js";
import { inInput } from "./input.js";

const VENDOR = { name: "the vendor" };

/**
 * Collects the records of a window, and counts them. Says on standard error what is missing, and what is wrong with the records.
 *
 * @param options where to ask, and for which window
 * @param query how records are counted; without `agents`, the vendor's agents are the directory
 * @returns the counts, which the caller has to free
 * @throws {Failure} if the vendor can't be asked, or gives records that are not understood
 */
export function countCollected(options: CollectOptions, query: UsageQuery): Promise<UsageAggregator>;
export function countCollected(options: CollectOptions, query: AllTimeQuery): Promise<UsageRollup>;
export function countCollected(options: CollectOptions, query: CountsQuery): Promise<Counts>;
export async function countCollected(options: CollectOptions, query: CountsQuery): Promise<Counts> {
  const counter = (from: Collection) => countsFor({ ...query, agents: query.agents ?? from.agents() });
  let usage: Counts | undefined;
  try {
    const collection = await collectPages(options, ({ records }, from) => {
      usage ??= counter(from); // the agents have been listed before the first page
      try {
        usage.push(records);
      } catch (error) {
        throw inInput(VENDOR, error);
      }
    });
    usage ??= counter(collection);
    warnOfSkipped(VENDOR.name, undefined, usage.diagnostics());
    checkUnderstood(usage, VENDOR.name);
    sayShortfalls(collection);
    return usage;
  } catch (error) {
    usage?.free();
    throw error;
  }
}
