import type { Problem } from "./types.js";

/** What kind of fault a {@link UsageError} is. */
export type UsageErrorCode =
  | "invalid_period"
  | "invalid_tz"
  | "invalid_now"
  | "invalid_option"
  | "out_of_range"
  | "invalid_record"
  | "invalid_json"
  | "invalid_snapshot"
  | "overflow"
  | "aborted"
  | "not_initialised";

/** Where a fault is, and what is behind it. */
export interface UsageErrorDetails {
  path?: string | undefined;
  line?: number | undefined;
  byteOffset?: number | undefined;
  problems?: Problem[] | undefined;
  cause?: unknown;
}

/**
 * What every function of this package throws. What your own code throws while it runs in one (an iterator, a stream, a
 * getter of an option, `onProgress`) comes through as it is.
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
  /** What to branch on. */
  readonly code: UsageErrorCode;
  /** JSON Pointer (RFC 6901) into the options or the records. */
  readonly path?: string;
  /** Line in JSON text, from 1. */
  readonly line?: number;
  /** Offset in JSON text, in bytes from 0. */
  readonly byteOffset?: number;
  /** Everything that is wrong, where more than one thing is. */
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

/** Runs a call into the core; what it throws, a plain object, becomes a {@link UsageError}. `within`: where what was asked stands. */
export function attempt<T>(call: () => T, within = ""): T {
  try {
    return call();
  } catch (thrown) {
    if (!isFault(thrown)) throw thrown;
    throw new UsageError(thrown.code, thrown.message, { ...thrown, path: thrown.path && within + thrown.path });
  }
}

/** What a call gives; nothing where it fails with that code. */
export function unless<T>(code: UsageErrorCode, call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (error instanceof UsageError && error.code === code) return;
    throw error;
  }
}

function isFault(thrown: unknown): thrown is { code: UsageErrorCode; message: string } & UsageErrorDetails {
  return typeof thrown === "object" && thrown !== null && !(thrown instanceof Error) && "code" in thrown;
}
