/**
 * A second implementation of the contract, in plain JavaScript: slow, and meant to be obviously right. Tests compare the package with
 * it. It shares no code with the package, and its time zones come from `Intl` instead of the package's tables.
 *
 *     bounds(query)                        the period of a query
 *     report(records, query, {defaults})   {report, diagnostics} of parsed records, or of NDJSON text
 *     new Tally(query, {defaults})         a report and diagnostics, counted value by value
 *
 * `query.now` is required, because nothing here reads a clock. Errors are `OracleError`s with a `code` and a `path`.
 */
export { OracleError } from "./oracle/error.mjs";
export { judge, open } from "./oracle/judge.mjs";
export { bounds } from "./oracle/period.mjs";
export { report, Tally } from "./oracle/tally.mjs";
export { readTimestamp } from "./oracle/timestamp.mjs";
export { firstInstantOf, localAt, transitionsBetween } from "./oracle/zone.mjs";
