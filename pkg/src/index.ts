/**
 * Messages, completed calls and call seconds per AgentPhone agent for a calendar week, month or year in any IANA zone.
 *
 * @module
 */

export { configure, type ModuleLimits } from "./bridge/limits.js";
export { type CompiledModule, init, init as default, initSync, type ModuleSource } from "./bridge/module.js";
export { UsageAggregator } from "./counting/aggregator.js";
export { type ByteSource, decompressed } from "./counting/byte-source.js";
export type { StreamOptions } from "./counting/counter.js";
export { type Settlement, UsageRollup } from "./counting/rollup.js";
export { type Trimmed, type TrimOptions, trimRecords, trimRecordsStream } from "./counting/trim.js";
export type { TrimmedRecord } from "./counting/trimmed-record.js";
export { type ReportQuery, type StreamQuery, usageByAgent, usageByAgentStream } from "./counting/usage-by-agent.js";
export { entityTag } from "./entity-tag.js";
export { type ErrorAnswer, parseErrorResponse } from "./error-response.js";
export { UsageError, type UsageErrorCode, type UsageErrorDetails } from "./errors.js";
export { lookOf } from "./looks/value.js";
export { inferConvention, isTimeZone, periodBounds, recordsWindow, timeZones, versions, zoneHint } from "./periods.js";
export { reconcile } from "./reconcile/reconcile.js";
export type {
  AgentDifference,
  BoundDifference,
  Cause,
  CauseCode,
  Difference,
  Evidence,
  Field as UsageField,
  PeriodsDifference,
  Reconciliation,
} from "./reconcile/types.js";
export type * from "./types.js";
export { validateResponse } from "./validate.js";
export type { ZoneHint } from "./zone-hint.js";
