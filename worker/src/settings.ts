import { periodBounds, UsageError, type UsageQuery, type Weekday } from "usage-by-agent";
import type { LimitsOptions } from "usage-by-agent/handler";
import type { Env } from "./env.js";

/** A setting is missing or can't be used. The message names it. */
export class NotConfigured extends Error {}

/** The name of the setting of each option of the handler and of the service. */
const SETTINGS: Record<string, string> = {
  "/upstream/baseUrl": "UPSTREAM_BASE_URL",
  "/upstream/timeoutMs": "UPSTREAM_TIMEOUT_MS",
  "/upstream/maxBytes": "UPSTREAM_MAX_BYTES",
  "/upstream/maxHeldBytes": "UPSTREAM_MAX_HELD_BYTES",
  "/upstream/retries": "UPSTREAM_RETRIES",
  "/limits/computing": "LIMIT_COMPUTING",
  "/limits/waiting": "LIMIT_WAITING",
  "/limits/waitMs": "LIMIT_WAIT_MS",
  "/limits/timeoutMs": "LIMIT_TIMEOUT_MS",
  "/cors/origins": "CORS_ORIGINS",
  "/maxMemoryBytes": "MAX_MEMORY_BYTES",
  "/maxRecordBytes": "MAX_RECORD_BYTES",
  "/maxStatuses": "MAX_STATUSES",
  "/shards": "SHARDS",
  "/directAtOnce": "DIRECT_AT_ONCE",
  "/toleranceMs": "TOLERANCE_MS",
  "/maxDeliveryBytes": "MAX_DELIVERY_BYTES",
  "/readTimeoutMs": "READ_TIMEOUT_MS",
  "/forward": "FORWARD_URL",
  "/forwardTimeoutMs": "FORWARD_TIMEOUT_MS",
  "/rate": "DELIVERY_RATE",
  "/binding": "USAGE",
};

/** Why the settings can't be used, with the name of the wrong one. */
export function reasonOf(error: unknown): string {
  if (error instanceof NotConfigured) return error.message;
  if (!(error instanceof UsageError)) return "the settings can't be used";
  const setting = SETTINGS[error.path?.replace(/\/\d+$/, "") ?? ""];
  return setting === undefined ? error.message : `${setting} can't be used: ${error.message}`;
}

/** Whether a setting that is `true` or `false` is on. */
export function isOn(
  env: Env,
  name: "PASS_LISTS" | "UPSTREAM_ALLOW_HTTP" | "KEEP_COUNTS" | "FORWARD_ALLOW_HTTP",
  ifAbsent: boolean,
): boolean {
  const value = env[name];
  if (!value) return ifAbsent;
  if (value !== "true" && value !== "false") throw new NotConfigured(`${name} can't be used: wanted true or false`);
  return value === "true";
}

/** How many questions are computed at once, and how long they take at most. */
export function crowdLimitsOf(env: Env): LimitsOptions {
  const limits: LimitsOptions = {};
  if (env.LIMIT_COMPUTING) limits.computing = Number(env.LIMIT_COMPUTING);
  if (env.LIMIT_WAITING) limits.waiting = Number(env.LIMIT_WAITING);
  if (env.LIMIT_WAIT_MS) limits.waitMs = Number(env.LIMIT_WAIT_MS);
  if (env.LIMIT_TIMEOUT_MS) limits.timeoutMs = Number(env.LIMIT_TIMEOUT_MS);
  return limits;
}

/** The zone and the conventions of answers. */
export type Conventions = Pick<UsageQuery, "weekStart" | "boundsAs"> & { tz?: string };

/** Checks the conventions at once, so that a misspelt weekday is reported as a wrong setting and not as a failure of each request. */
export function conventionsOf(env: Env): Conventions {
  const conventions: Conventions = {};
  if (env.WEEK_START) conventions.weekStart = env.WEEK_START as Weekday;
  if (env.BOUNDS_AS) conventions.boundsAs = env.BOUNDS_AS as NonNullable<UsageQuery["boundsAs"]>;
  if (env.TIME_ZONE) conventions.tz = env.TIME_ZONE;
  try {
    periodBounds({ period: "week", ...conventions, now: env.NOW || Date.UTC(2024, 0, 1) });
  } catch (error) {
    throw new NotConfigured(
      `WEEK_START, BOUNDS_AS, TIME_ZONE or NOW can't be used: ${error instanceof Error ? error.message : ""}`,
    );
  }
  return conventions;
}
