import type { Problem } from "./types.js";

/**
 * The kind of a {@link UsageError}.
 *
 * - `invalid_period`, `invalid_tz`, `invalid_now`, `invalid_option`: an option is wrong, at `path`
 * - `out_of_range`: the period is outside 1970-01-01 to 2099-12-31, or not on quarter hours of UTC (a rollup)
 * - `invalid_record`: a record breaks the rules, or its text is longer than `maxRecordBytes`
 * - `invalid_json`: the text is not JSON or is too deep, or gzip data is damaged
 * - `invalid_snapshot`: the bytes are not a snapshot, are damaged, or are of another format, kind, period or `dedupe`
 * - `unknown_records`: there are records, and all of them are of an unknown kind. The message says what the first record looks
 *   like
 * - `overflow`: a sum is beyond 2^53 - 1
 * - `aborted`: the signal was aborted
 * - `not_initialised`: `init()` was not called, or failed
 * - `out_of_memory`: the counts would take more than `maxMemoryBytes`; or the module's memory could not grow, because the host has no
 *   more or because of `configure({ maxModuleBytes })`
 * - `terminated`: the module was stopped inside a call, because the stack was full or by a fault of the module; or the count was
 *   lost in an earlier call that ended so. `cause` is the reason. The next call works, and a new count too
 * - `unauthorized`, `forbidden`: the vendor does not accept the token (401), or the token may not read this (403)
 * - `rate_limited`: the vendor has received too many requests (429), also at the last attempt
 * - `upstream_unreachable`: the vendor can't be reached, or has trouble (5xx), also at the last attempt
 * - `upstream_invalid`: the vendor's answer is not what is documented: no JSON, a redirect, another status, or too long
 */
export type UsageErrorCode =
  | "invalid_period"
  | "invalid_tz"
  | "invalid_now"
  | "invalid_option"
  | "out_of_range"
  | "invalid_record"
  | "invalid_json"
  | "invalid_snapshot"
  | "unknown_records"
  | "overflow"
  | "aborted"
  | "not_initialised"
  | "out_of_memory"
  | "terminated"
  | "unauthorized"
  | "forbidden"
  | "rate_limited"
  | "upstream_unreachable"
  | "upstream_invalid";

/** The place of an error, its problems and its cause. */
export interface UsageErrorDetails {
  path?: string | undefined;
  line?: number | undefined;
  byteOffset?: number | undefined;
  problems?: Problem[] | undefined;
  cause?: unknown;
}

/**
 * The error that every function of this package throws. An error of your own code that runs inside a function (an iterator, a
 * stream, a getter of an option, `onProgress`, `onWarning`) is thrown unchanged.
 *
 * @example
 * ```ts
 * try {
 *   periodBounds({ period: "month", tz: "Mars/Olympus" });
 * } catch (error) {
 *   if (error instanceof UsageError && error.code === "invalid_tz") console.log(error.path); // "/tz"
 * }
 * ```
 */
export class UsageError extends Error {
  override readonly name = "UsageError";
  /** The kind of error, for programs. */
  readonly code: UsageErrorCode;
  /** A JSON Pointer (RFC 6901) into the options or the records. */
  readonly path?: string;
  /** The line in JSON text, from 1. */
  readonly line?: number;
  /** The offset in JSON text, in bytes from 0. */
  readonly byteOffset?: number;
  /** All problems, if there may be more than one. */
  readonly problems?: Problem[];

  constructor(code: UsageErrorCode, message: string, details: UsageErrorDetails = {}) {
    const { path, line, byteOffset, problems, cause } = details;
    const where = [
      path ? `at ${path}` : undefined,
      line === undefined ? undefined : `line ${line}`,
      byteOffset === undefined ? undefined : `byte ${byteOffset}`,
    ].filter((part) => part !== undefined);
    super(where.length > 0 ? `${message} (${where.join(", ")})` : message, cause === undefined ? undefined : { cause });
    this.code = code;
    if (path !== undefined) this.path = path;
    if (line !== undefined) this.line = line;
    if (byteOffset !== undefined) this.byteOffset = byteOffset;
    if (problems !== undefined) this.problems = problems;
  }
}

/** The result of a call; `undefined` if it throws a {@link UsageError} with the code. */
export function unless<T>(code: UsageErrorCode, call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (error instanceof UsageError && error.code === code) return;
    throw error;
  }
}
