import { type RollupOptions, UsageAggregator, type UsageQuery, UsageRollup } from "usage-by-agent";

/** Counts of one period, or of all time. */
export type Counts = UsageAggregator | UsageRollup;

/** How records of all time are counted. */
export type AllTimeQuery = RollupOptions & { period?: never };

/** How records are counted: with a period those of the period, and without one those of all time. */
export type CountsQuery = UsageQuery | AllTimeQuery;

/**
 * Counts that have counted nothing yet.
 *
 * @throws {UsageError} for a wrong query
 */
export function countsFor(query: UsageQuery): UsageAggregator;
export function countsFor(query: AllTimeQuery): UsageRollup;
export function countsFor(query: CountsQuery): Counts;
export function countsFor(query: CountsQuery): Counts {
  return query.period === undefined ? new UsageRollup(query) : new UsageAggregator(query);
}
