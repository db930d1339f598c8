import { periodBounds, UsageError } from "usage-by-agent";
import type { LimitsOptions, ReportOptions } from "usage-by-agent/handler";
import { isLoopback } from "../bridge/base-url.js";
import { integerOption } from "../bridge/integer.js";
import { checkKeys, keys } from "../bridge/known-keys.js";
import { isOptions } from "../bridge/values.js";
import { invalidOption } from "../handler/invalid-option.js";
import { checkCors, checkLimits } from "../handler/options.js";

/** The zone and the conventions of answers, for accounts that have none of their own. */
export type ServiceQuery = Pick<ReportOptions, "tz" | "weekStart" | "boundsAs">;

/** The options of {@link createUsageService}. All of them have defaults. */
export interface ServiceOptions {
  /** The name of the binding of the class `UsageShard`. Default: `"USAGE"`. */
  binding?: string;
  /**
   * How many shards an account has whose settings do not say it: a power of two, 1 to 64; default 8. The number of an account that
   * exists does not change.
   */
  shards?: number;
  /**
   * How old the timestamp of a delivery may be, in milliseconds. 60,000 to 604,800,000; default 93,600,000 (26 hours): the vendor tries
   * for 21 hours, and may not sign a repetition anew.
   */
  toleranceMs?: number;
  /** The longest delivery in bytes. 1,024 to 16,777,216; default 1,048,576 (1 MiB). */
  maxDeliveryBytes?: number;
  /** How long the body of a delivery may take to arrive, in milliseconds. 1 to 300,000; default 30,000. */
  readTimeoutMs?: number;
  /**
   * The URL of your own endpoint, which gets each delivery after its usage is durable, and whose response becomes the response to the
   * vendor. The settings of an account may name another one. Default: none.
   */
  forward?: string;
  /** How long your endpoint may take until its response begins, in milliseconds. 1 to 300,000; default 30,000. */
  forwardTimeoutMs?: number;
  /** Whether `forward` may be an `http` URL of another machine. Default: `false`. */
  allowHttp?: boolean;
  /**
   * The name of the binding of a queue. While many deliveries are being stored, and where a shard can't be reached, what counts goes to
   * the queue first, and the delivery is answered when it is durable there. Default: `"DELIVERIES"`, if there is such a binding.
   */
  queue?: string;
  /** How many deliveries of one isolate are stored at once without the queue. 0 to 10,000; default 64. 0 sends all to the queue. */
  directAtOnce?: number;
  /**
   * The name of the binding of an R2 bucket. Each night what has changed of the trimmed records is written there. Default: `"ARCHIVE"`, if
   * there is such a binding.
   */
  archive?: string;
  /** The beginning of the names of the objects in that bucket: words with slashes between them. Default: `"usage"`. */
  archivePrefix?: string;
  /** The name of the queue to which the platform moves what it could not give to the service. Default: the queue's name and `-dead`. */
  deadQueue?: string;
  /**
   * How many deliveries a second of one account are stored, in each isolate. The others are a 503 with `Retry-After`. 1 to 1,000,000;
   * default: no limit.
   */
  rate?: number;
  /** The origins whose pages may read the answers, as browsers write them, or `"*"`. Default: none. */
  cors?: { origins: string[] };
  /** The zone and the conventions of accounts whose settings have none. Default: UTC, weeks from Monday, instants. */
  query?: ServiceQuery;
  /** How many questions are computed at once, and how long they take at most. */
  limits?: LimitsOptions;
  /** The current time in epoch milliseconds. Default: `Date.now`. */
  now?: () => number;
  /**
   * Gets the reason of each response of 500 or more that was made here, and each failure after a response. It never contains a secret,
   * and may quote records. The call is not awaited, and what it throws is ignored.
   */
  onError?: (error: unknown, request: Request) => unknown;
}

/** The options, checked and with their defaults. */
export interface Checked {
  binding: string;
  shards: number;
  toleranceMs: number;
  maxDeliveryBytes: number;
  readTimeoutMs: number;
  forward: string | null;
  forwardTimeoutMs: number;
  allowHttp: boolean;
  queue: string;
  directAtOnce: number;
  deadQueue: string | null;
  archive: string;
  /** Whether there must be a bucket. */
  mustArchive: boolean;
  archivePrefix: string;
  rate: number;
  cors: string[];
  query: ServiceQuery;
  limits: LimitsOptions;
  now: () => number;
  onError: ServiceOptions["onError"];
}

const SERVICE = keys(
  "binding shards toleranceMs maxDeliveryBytes readTimeoutMs forward forwardTimeoutMs allowHttp queue directAtOnce deadQueue archive archivePrefix rate cors query limits now onError",
);
const QUERY = keys("tz weekStart boundsAs");
const PREFIX = /^[\w.-]{1,64}(?:\/[\w.-]{1,64}){0,7}$/;
const MIB = 1024 * 1024;

/**
 * Checks the options and fills in the defaults.
 *
 * @throws {UsageError} `invalid_option`, `invalid_tz`
 */
export function checkService(options: ServiceOptions): Checked {
  if (!isOptions(options)) throw invalidOption("", "the options must be an object");
  checkKeys(options, SERVICE);
  const { binding = "USAGE", allowHttp = false, cors, query = {}, limits = {} } = options;
  if (typeof binding !== "string" || binding === "") throw invalidOption("/binding", "`binding` must be a name");
  const { queue = "DELIVERIES", deadQueue = null, archive = "ARCHIVE", archivePrefix = "usage" } = options;
  for (const [name, value] of Object.entries({ queue, deadQueue: deadQueue ?? "-", archive })) {
    if (typeof value !== "string" || value === "") throw invalidOption(`/${name}`, `\`${name}\` must be a name`);
  }
  if (typeof archivePrefix !== "string" || !PREFIX.test(archivePrefix)) {
    const message =
      "`archivePrefix` must be words of letters, digits, _, . and -, with / between them, such as usage/production";
    throw invalidOption("/archivePrefix", message);
  }
  if (typeof allowHttp !== "boolean") throw invalidOption("/allowHttp", "`allowHttp` must be true or false");
  for (const name of ["now", "onError"] as const) {
    if (options[name] !== undefined && typeof options[name] !== "function") {
      throw invalidOption(`/${name}`, `\`${name}\` must be a function`);
    }
  }
  checkCors(cors);
  if (!isOptions(query)) throw invalidOption("/query", "`query` must be an object");
  checkKeys(query, QUERY, "/query");
  atPath(
    (path) => `/query${path}`,
    () => checkQuery(query),
  );
  return {
    binding,
    shards: shardsOption(options.shards, 8),
    toleranceMs: integer("toleranceMs", options.toleranceMs, 93_600_000, 60_000, 604_800_000),
    maxDeliveryBytes: integer("maxDeliveryBytes", options.maxDeliveryBytes, MIB, 1024, 16 * MIB),
    readTimeoutMs: integer("readTimeoutMs", options.readTimeoutMs, 30_000, 1, 300_000),
    forward: options.forward === undefined ? null : forwardOption(options.forward, allowHttp),
    forwardTimeoutMs: integer("forwardTimeoutMs", options.forwardTimeoutMs, 30_000, 1, 300_000),
    allowHttp,
    queue,
    directAtOnce: integer("directAtOnce", options.directAtOnce, 64, 0, 10_000),
    deadQueue,
    archive,
    mustArchive: options.archive !== undefined,
    archivePrefix,
    rate: options.rate === undefined ? Number.POSITIVE_INFINITY : integer("rate", options.rate, 1, 1, 1_000_000),
    cors: cors?.origins ?? [],
    query,
    limits: checkLimits(limits),
    now: options.now ?? Date.now,
    onError: options.onError,
  };
}

function integer(name: string, value: number | undefined, ifAbsent: number, least: number, most: number): number {
  return integerOption(name, value, { ifAbsent, least, most }, (message) => invalidOption(`/${name}`, message));
}

/** Checks options that stand in another place than their check knows. */
export function atPath(moved: (path: string) => string, check: () => unknown): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const { code, message, path = "" } = error;
    throw new UsageError(code, message.replace(/ \(at [^)]*\)$/, ""), { path: moved(path) });
  }
}

/** Checks a zone and conventions by computing the bounds of a period with them. */
export function checkQuery(query: ServiceQuery): void {
  periodBounds({ period: "week", ...query, now: Date.UTC(2024, 0, 1) });
}

/** A number of shards: a power of two up to 64. */
export function shardsOption(value: unknown, ifAbsent: number): number {
  if (value === undefined) return ifAbsent;
  if (typeof value === "number" && [1, 2, 4, 8, 16, 32, 64].includes(value)) return value;
  throw invalidOption("/shards", "`shards` must be a power of two from 1 to 64");
}

/** The URL of an endpoint that deliveries are passed on to. */
export function forwardOption(value: unknown, allowHttp: boolean): string {
  const refuse = (message: string) => invalidOption("/forward", `\`forward\` ${message}`);
  let url: URL;
  try {
    url = new URL(String(value));
  } catch {
    throw refuse("must be an http or https URL");
  }
  if (typeof value !== "string" || !/^https?:$/.test(url.protocol)) throw refuse("must be an http or https URL");
  if (url.username !== "" || url.password !== "" || url.hash !== "") {
    throw refuse("may have a path and a query, but not a user or a fragment");
  }
  if (url.protocol === "http:" && !allowHttp && !isLoopback(url.hostname)) {
    throw refuse("must be https, because http shows deliveries to the network: wanted https://…, or `allowHttp: true`");
  }
  return url.href;
}
