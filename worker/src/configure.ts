import { type Account, UsageAggregator, type UsageQuery } from "usage-by-agent";
import {
  createListsHandler,
  createUsageHandler,
  type UpstreamOptions,
  type UsageHandlerOptions,
} from "usage-by-agent/handler";
import { openRecords, readJson, versionOf } from "./bucket.js";
import { type Env, list } from "./env.js";
import { aboutInput, reasonFor } from "./reasons.js";
import { serviceOf } from "./service.js";
import { conventionsOf, crowdLimitsOf, isOn, NotConfigured, reasonOf } from "./settings.js";
import { isAccepted } from "./tokens.js";

/** Responds to requests of the API. */
export type Handler = (request: Request, env: Env, context: ExecutionContext) => Promise<Response>;

/** What the Worker does: it asks another server, it receives webhooks, or it reads records from a bucket. */
export type Mode = "upstream" | "service" | "records";

/** The mode. The variable comes first because somebody has set it by hand; the bindings are what `wrangler.jsonc` has. */
export function modeOf(env: Env): Mode {
  if (env.UPSTREAM_BASE_URL) return "upstream";
  return env.USAGE === undefined ? "records" : "service";
}

/** Makes the handler from the settings. If a setting is wrong, the handler responds to every request with a 503 that names it. */
export function configure(env: Env): Handler {
  try {
    const cors = { origins: list(env.CORS_ORIGINS) };
    const onError = (error: unknown, request: Request) =>
      console.error(`${new URL(request.url).pathname}: ${reasonFor(error)}`);
    const lists = passesLists(env) ? createListsHandler({ ...upstreamOf(env), cors, onError }) : undefined;
    if (modeOf(env) === "service") {
      const service = serviceOf(env, { cors, onError });
      return (request, env, context) => service.fetch(request, env, context);
    }
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

/** Takes the messages of the service's queue. A wrong setting throws, so that they come again. */
export function takeMessages(batch: MessageBatch, env: Env): Promise<void> {
  const onError = (error: unknown) => console.error(`queue ${batch.queue}: ${reasonFor(error)}`);
  return serviceOf(env, { onError }).queue(batch, env);
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
    throw new NotConfigured("set the variable UPSTREAM_BASE_URL, or bind USAGE or an R2 bucket as RECORDS");
  if (tokens.length === 0) throw new NotConfigured("set the secret API_TOKENS: without it no request can be accepted");
  const fixed = { ...limitsOf(env), ...conventionsOf(env) };
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

type LimitOptions = Pick<UsageQuery, "maxMemoryBytes" | "maxRecordBytes" | "maxStatuses">;

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
