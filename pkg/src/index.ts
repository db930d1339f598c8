/**
 * Messages, completed calls and call seconds per AgentPhone agent for a calendar week, month or year in any IANA zone.
 *
 * @module
 */
export { UsageAggregator } from "./aggregator.js";
export { type ErrorAnswer, parseErrorResponse } from "./error-response.js";
export { UsageError, type UsageErrorCode, type UsageErrorDetails } from "./errors.js";
export { init, init as default, type ModuleSource } from "./instance.js";
export { inferConvention, periodBounds, timeZones, versions } from "./periods.js";
export type {
  AgentDifference,
  BoundDifference,
  Cause,
  CauseCode,
  Difference,
  Evidence,
  PeriodsDifference,
  Reconciliation,
} from "./reconcile/types.js";
export { reconcile } from "./reconcile.js";
export { type StreamQuery, usageByAgent, usageByAgentStream } from "./report.js";
export { UsageRollup } from "./rollup.js";
export type { ByteSource } from "./source.js";
export type * from "./types.js";
export { validateResponse } from "./validate.js";
