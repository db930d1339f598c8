import { type Account, periodBounds, UsageAggregator, UsageError, type UsageQuery, type Weekday } from "usage-by-agent";
import {
  createListsHandler,
  createUsageHandler,
  type LimitsOptions,
  type UpstreamOptions,
  type UsageHandler,
  type UsageHandlerOptions,
} from "usage-by-agent/handler";
import { openRecords, readJson, versionOf } from "./bucket.js";
import { type Env, list } from "./env.js";
import { isAccepted } from "./tokens.js";

/** Makes the handler from the settings. If a setting is wrong, the handler responds to every request with a 503 that names it. */
export function configure(env: Env): UsageHandler {
  try {
    const cors = { origins: list(env.CORS_ORIGINS) };
    const onError = (error: unknown, request: Request) =>
      console.error(`${new URL(request.url).pathname}: ${reasonFor(error)}`);
    const lists = passesLists(env) ? createListsHandler({ ...upstreamOf(env), cors, onError }) : undefined;
    const usage = createUsageHandler({
      ...(env.UPSTREAM_BASE_URL ? upstreamOf(env) : computed(env)),
      cors,
      onError,
      onWarning: (problem, request) => console.warn(`${new URL(request.url).pathname}: warning ${aboutInput(problem)}`),
    });
    if (lists === undefined) return usage;
    return (request) =>
      (/^\/(?:v1\/usage(?:\/|$)|openapi\.json$)/.test(new URL(request.url).pathname) ? usage : lists)(request);
  } catch (error) {
    return async () => notConfigured(reasonOf(error));
  }
}

/**
 * The reason of a 5xx, for the log. The messages of `UsageError` and of `JSON.parse` may quote a record, so the log gets the code
 * and the place instead.
 */
function reasonFor(error: unknown): string {
  if (error instanceof UsageError) {
    const { code, path, line } = error;
    if (code === "unknown_records") return aboutInput(error);
    return [code, path && `at ${path}`, line && `line ${line}`].filter(Boolean).join(", ");
  }
  if (!(error instanceof Error)) return `a ${typeof error} was thrown`;
  return error instanceof SyntaxError ? error.name : `${error.name}: ${error.message.slice(0, 300)}`;
}

/** A problem of the whole input, for the log. The message may quote the first record of an unknown kind, so quoted text is cut out. */
function aboutInput({ code, message }: { code: string; message: string }): string {
  return `${code}: ${code === "unknown_records" ? message.replace(/".*"/s, '"…"') : message}`;
}

/** A setting is missing or can't be used. The message names it. */
class NotConfigured extends Error {}

/** The name of the setting of each of the handler's options. */
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
};

function reasonOf(error: unknown): string {
  if (error instanceof NotConfigured) return error.message;
  if (!(error instanceof UsageError)) return "the settings can't be used";
  const setting = SETTINGS[error.path?.replace(/\/\d+$/, "") ?? ""];
  return setting === undefined ? error.message : `${setting} can't be used: ${error.message}`;
}

/** Whether a setting that is `true` or `false` is on. */
function isOn(env: Env, name: "PASS_LISTS" | "UPSTREAM_ALLOW_HTTP" | "KEEP_COUNTS", ifAbsent: boolean): boolean {
  const value = env[name];
  if (!value) return ifAbsent;
  if (value !== "true" && value !== "false") throw new NotConfigured(`${name} can't be used: wanted true or false`);
  return value === "true";
}

/** Whether the upstream's lists are passed on. Only `true` switches it on, so that nothing is passed on by a mistake. */
function passesLists(env: Env): boolean {
  if (!isOn(env, "PASS_LISTS", false)) return false;
  if (!env.UPSTREAM_BASE_URL) throw new NotConfigured("PASS_LISTS needs the variable UPSTREAM_BASE_URL");
  return true;
}

function upstreamOf(env: Env): { upstream: UpstreamOptions } {
  const upstream: UpstreamOptions = { baseUrl: env.UPSTREAM_BASE_URL ?? "" };
  if (env.UPSTREAM_TIMEOUT_MS) upstream.timeoutMs = Number(env.UPSTREAM_TIMEOUT_MS);
  if (env.UPSTREAM_MAX_BYTES) upstream.maxBytes = Number(env.UPSTREAM_MAX_BYTES);
  if (env.UPSTREAM_MAX_HELD_BYTES) upstream.maxHeldBytes = Number(env.UPSTREAM_MAX_HELD_BYTES);
  if (env.UPSTREAM_RETRIES) upstream.retries = Number(env.UPSTREAM_RETRIES);
  upstream.allowHttp = isOn(env, "UPSTREAM_ALLOW_HTTP", false);
  return { upstream };
}

function computed(env: Env): UsageHandlerOptions {
  const bucket = env.RECORDS;
  const tokens = list(env.API_TOKENS);
  if (bucket === undefined)
    throw new NotConfigured("set the variable UPSTREAM_BASE_URL, or bind an R2 bucket as RECORDS");
  if (tokens.length === 0) throw new NotConfigured("set the secret API_TOKENS: without it no request can be accepted");
  const fixed = fixedOptions(env);
  const recordsKey = env.RECORDS_KEY || "records.ndjson";
  const agentsKey = env.AGENTS_KEY || "agents.json";
  const accountKey = env.ACCOUNT_KEY || "account.json";
  return {
    records: () => openRecords(bucket, recordsKey),
    version: async () => {
      const [records, others] = await Promise.all([
        versionOf(bucket, recordsKey),
        versionOf(bucket, agentsKey, accountKey),
      ]);
      return { records, others };
    },
    keepCounts: isOn(env, "KEEP_COUNTS", true),
    limits: crowdLimitsOf(env),
    authorize: (token) => isAccepted(token, tokens),
    query: async () => {
      const agents = await readJson(bucket, agentsKey);
      return agents === undefined ? fixed : { ...fixed, agents: agents as NonNullable<UsageQuery["agents"]> };
    },
    account: async () => ((await readJson(bucket, accountKey)) ?? {}) as Account,
    ...(env.NOW && { now: () => env.NOW as string }),
  };
}

/** How many questions are computed at once, and how long they take at most. */
function crowdLimitsOf(env: Env): LimitsOptions {
  const limits: LimitsOptions = {};
  if (env.LIMIT_COMPUTING) limits.computing = Number(env.LIMIT_COMPUTING);
  if (env.LIMIT_WAITING) limits.waiting = Number(env.LIMIT_WAITING);
  if (env.LIMIT_WAIT_MS) limits.waitMs = Number(env.LIMIT_WAIT_MS);
  if (env.LIMIT_TIMEOUT_MS) limits.timeoutMs = Number(env.LIMIT_TIMEOUT_MS);
  return limits;
}

type LimitOptions = Pick<UsageQuery, "maxMemoryBytes" | "maxRecordBytes" | "maxStatuses">;
type FixedOptions = Pick<UsageQuery, "weekStart" | "boundsAs" | "tz"> & LimitOptions;

/** Checks the options at once, so that a misspelt weekday is reported as a wrong setting and not as a failure of each request. */
function fixedOptions(env: Env): FixedOptions {
  const options: FixedOptions = limitsOf(env);
  if (env.WEEK_START) options.weekStart = env.WEEK_START as Weekday;
  if (env.BOUNDS_AS) options.boundsAs = env.BOUNDS_AS as NonNullable<UsageQuery["boundsAs"]>;
  if (env.TIME_ZONE) options.tz = env.TIME_ZONE;
  try {
    periodBounds({ period: "week", ...options, now: env.NOW || Date.UTC(2024, 0, 1) });
  } catch (error) {
    throw new NotConfigured(
      `WEEK_START, BOUNDS_AS, TIME_ZONE or NOW can't be used: ${error instanceof Error ? error.message : ""}`,
    );
  }
  return options;
}

/** The limits of one request, checked. */
function limitsOf(env: Env): LimitOptions {
  const limits: LimitOptions = {};
  if (env.MAX_MEMORY_BYTES) limits.maxMemoryBytes = Number(env.MAX_MEMORY_BYTES);
  if (env.MAX_RECORD_BYTES) limits.maxRecordBytes = Number(env.MAX_RECORD_BYTES);
  if (env.MAX_STATUSES) limits.maxStatuses = Number(env.MAX_STATUSES);
  new UsageAggregator({ period: "week", now: Date.UTC(2024, 0, 1), ...limits }).free();
  return limits;
}

function notConfigured(reason: string): Response {
  const message = `The Worker is not configured: ${reason}.`;
  const error = { message, code: "not_configured", type: "api_error", details: [] };
  return Response.json({ error }, { status: 503, headers: { "cache-control": "no-store" } });
}
