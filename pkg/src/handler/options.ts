import type { Account, Instant, PeriodQuery, Problem, UsageQuery, UsageRollup } from "usage-by-agent";
import { isLoopback } from "../bridge/base-url.js";
import { integerOption } from "../bridge/integer.js";
import { checkKeys, keys } from "../bridge/known-keys.js";
import { isOptions, property } from "../bridge/values.js";
import type { RecordsInput } from "./computed/records-input.js";
import { invalidOption, isRevoked } from "./invalid-option.js";

export type { RecordsInput } from "./computed/records-input.js";

/** A value or the promise of a value. */
export type Awaitable<T> = T | Promise<T>;

/** The part of a report's query that the handler's owner sets and callers do not. */
export type ReportOptions = Omit<UsageQuery, keyof PeriodQuery> & Pick<PeriodQuery, "weekStart" | "boundsAs" | "tz">;

/** The half-open window `startMs <= t < endMs` of the records that a response needs. */
export interface RecordsWindow {
  /** The first instant of the window, in epoch milliseconds. */
  startMs: number;
  /** The first instant after the window, in epoch milliseconds. */
  endMs: number;
}

/** The upstream: another server that computes the responses. */
export interface UpstreamOptions {
  /** The upstream's URL, to which the token is sent. It may have a path; `/v1/usage…` is appended to it. */
  baseUrl: string;
  /** The time limit in milliseconds for all attempts, the pauses and the body together. 1 to 300,000; default 10,000. */
  timeoutMs?: number;
  /** The longest accepted response in bytes, after decompression. 1 to 67,108,864; default 8,388,608 (8 MiB). */
  maxBytes?: number;
  /**
   * How many bytes of bodies all requests together hold while they read and check them, after decompression. Beyond it, the request that
   * began first goes on, and the others wait, until `timeoutMs` at most. 1 to 1,073,741,824; default 33,554,432 (32 MiB).
   */
  maxHeldBytes?: number;
  /** The number of further attempts after a 429, a 5xx or a failed connection. 0 to 10; default 2. */
  retries?: number;
  /**
   * Whether `baseUrl` may be an `http` URL of another machine. The token and the response then cross the network unencrypted, so
   * this is for a network that you trust, such as a service mesh that encrypts. Default: `false`.
   */
  allowHttp?: boolean;
  /** The function that sends requests. Default: the global `fetch`. */
  fetch?: typeof fetch;
}

/** How many questions are computed at once, and how long they take at most. */
export interface LimitsOptions {
  /**
   * The most questions that are computed at once; the others wait their turn in the order in which they came. 1 to 1,000; default 4.
   * Each one holds its own counts in memory, unless there is a `rollup`.
   */
  computing?: number;
  /** The most questions that wait. Any more are a 503 `busy` with `Retry-After`. 0 to 100,000; default 1,000. */
  waiting?: number;
  /** The longest wait in milliseconds, and then a 503 `busy` with `Retry-After`. 1 to 300,000; default 30,000. */
  waitMs?: number;
  /**
   * The time limit of a request in milliseconds: for its wait, for your functions and for reading what `records` gives. Then a stream
   * is cancelled, and the response is a 504 `records_timeout`. 1 to 3,600,000; default 60,000.
   */
  timeoutMs?: number;
}

/** The options of {@link createUsageHandler}: exactly one of `records`, `rollup` and `upstream`, and the options for it. */
export interface UsageHandlerOptions {
  /**
   * Gives the records of the window. Records outside the window do no harm. The window is the period, the days or months of a
   * series, or all time for `/v1/usage` and `/v1/usage/by-number`. A stream of JSON text, a `Response` and a `Blob` are read in
   * constant memory, and are cancelled if they are not read. Stop reading your own source when `request.signal` is aborted.
   *
   * Objects may be an iterable of records, a list page, a conversation with its messages, or a request of a webhook tool, whose
   * `body` is the webhook. Any other value, such as a database's `{ rows: [] }`, is a 500 whose message names the value's type or
   * its keys. If there are records and all of them are of an unknown kind, as in an error response, the response is a 500
   * `unknown_records`. Zero records give a report without usage.
   */
  records?: (window: RecordsWindow, request: Request) => Awaitable<RecordsInput>;
  /**
   * The counts of all time, from which every response is computed without reading records again. The rollup may also be a function
   * of the request; the handler reads the returned rollup at once. The handler never frees a rollup. You may push records into it
   * while the handler is in use.
   *
   * A rollup can be lost: when memory or the stack ends inside a call, its `isTerminated` is true from then on. The response is a 503
   * then. A function is called once more first, so that it can give a new rollup.
   *
   * @example
   * ```ts
   * let kept: UsageRollup | undefined;
   * const handler = createUsageHandler({
   *   rollup: () => (kept === undefined || kept.isTerminated ? (kept = readRollup()) : kept),
   *   authorize: (token) => tokens.has(token),
   * });
   * ```
   */
  rollup?: UsageRollup | ((request: Request) => Awaitable<UsageRollup>);
  /** Another server. Its responses are checked and then passed on unchanged. */
  upstream?: UpstreamOptions;
  /**
   * Decides whether a token may read the report; any result except `true` gives a 401. Required with `records` and `rollup`. With
   * `upstream`, which checks tokens itself, this is an additional check before the upstream is asked.
   */
  authorize?: (token: string, request: Request) => Awaitable<boolean>;
  /**
   * The rest of the query with `records` and `rollup`: agents' names, first day of the week and so on. A function, if they differ by
   * request. `tz` is the zone of days and months, and of a report by agent if the caller does not send one. With `records`, its
   * `maxMemoryBytes`, `maxRecordBytes` (default 8 MiB here) and `maxStatuses` limit what one request may take; a request that needs
   * more memory gets a 503.
   */
  query?: ReportOptions | ((request: Request) => Awaitable<ReportOptions>);
  /**
   * The account's data, which records do not contain, with `records` and `rollup`. A function, if it differs by request. Without
   * `numbers`, `/v1/usage` is a 404. Without `plan`, the response of `/v1/usage` has no `plan`. Webhook deliveries that are not
   * set are 0, and unknown texts of phone numbers are `""`.
   */
  account?: Account | ((request: Request) => Awaitable<Account>);
  /**
   * Gives the version of everything that `records` or `rollup`, `query` and `account` give for a request: a text that changes when one
   * of them changes, such as the `ETag` of a file, and that differs where callers see different records. Or two texts: `records` for
   * what `records` gives, and `others` for the rest. With `records` and `rollup`.
   *
   * Equal questions of one version that come at the same time are computed once. And a response is made of one version: if the version
   * has changed when everything is read, all is read again, three times at most, and then the response is a 503 `records_changed` with
   * `Retry-After`. Without this option, equal questions are computed once only if `rollup` is a rollup, and `query` and `account` are
   * values.
   *
   * @example
   * ```ts
   * const handler = createUsageHandler({
   *   records: async () => (await bucket.get("records.ndjson")).body,
   *   version: async () => (await bucket.head("records.ndjson")).etag,
   *   keepCounts: true,
   *   authorize: (token) => tokens.has(token),
   * });
   * ```
   */
  version?: (request: Request) => Awaitable<string | { records: string; others: string }>;
  /**
   * Whether the counts of the records are kept between requests until the version of the records changes, with `records` and `version`.
   * Default: `false`. The window that the function `records` gets is then always all time, and it is asked once for each version.
   *
   * The responses are those that the handler computes from all records for each request. An id counts once in the period of a report by
   * agent, and once in all time elsewhere. So where an id has records both inside and outside the period, all records are read again for
   * that report. They are also read for each request if there are more than 2 million of them, or if they can't be counted for all time.
   * Each id takes up to 24 bytes. The counts of one version are kept, so the option is of no use where each request has another version.
   */
  keepCounts?: boolean;
  /** How many questions are computed at once, with `records` and `rollup`. */
  limits?: LimitsOptions;
  /** The origins whose pages may read responses, as browsers write them (`"https://app.example"`), or `"*"`. Default: none. */
  cors?: { origins: string[] };
  /** The instant whose period is reported, with `records` and `rollup`. Default: the current time. */
  now?: () => Instant;
  /**
   * Gets the reason of each 500, 502, 503, 504 and 508, once for each response: what one of your functions, a stream, `fetch` or this package
   * threw, or an `Error` that says what is wrong with the upstream's response. The caller does not get it, because it may quote
   * records. The call is not awaited, and what it throws is ignored.
   */
  onError?: (error: unknown, request: Request) => unknown;
  /**
   * Gets each warning about the records, with `records`: `unknown_records`, if some of them are of an unknown kind;
   * `incomplete_page`, if the pages of a list or the messages of a conversation are missing; `mixed_sources`, if messages may have
   * been counted twice. A warning does not change the response. Its message may quote a record. The call is not awaited, and what it
   * throws is ignored.
   *
   * The option `rollup` gives no warnings here: the rollup's `diagnostics()` has them.
   *
   * @example
   * ```ts
   * const handler = createUsageHandler({
   *   records: () => fetch("https://files.example/2024.ndjson"),
   *   authorize: (token) => tokens.has(token),
   *   onWarning: ({ code, message }, request) => console.warn(request.url, code, message),
   * });
   * ```
   */
  onWarning?: (problem: Problem, request: Request) => unknown;
}

/** The {@link UpstreamOptions}, checked and with their defaults. */
export interface Upstream {
  url: string;
  timeoutMs: number;
  maxBytes: number;
  maxHeldBytes: number;
  retries: number;
  fetch: typeof fetch;
}

const HANDLER = keys(
  "records rollup upstream authorize query account version keepCounts limits cors now onError onWarning",
);
const UPSTREAM = keys("baseUrl timeoutMs maxBytes maxHeldBytes retries allowHttp fetch");
const LIMITS = keys("computing waiting waitMs timeoutMs");
const CORS = keys("origins");
/** The options of {@link ReportOptions}. They belong in `query`. */
const REPORT = keys(
  "tz weekStart boundsAs agents includeIdle dedupe onInvalid naiveTimestamps maxMemoryBytes maxRecordBytes maxStatuses",
);

/** Checks the options when the handler is made, so that a wrong option throws at the start and not with the first request. */
export function checkOptions(options: UsageHandlerOptions): void {
  if (isRevoked(options)) throw invalidOption("", "the options must be an object, and are a revoked Proxy");
  for (const [name, value] of Object.entries(options ?? {})) {
    if (isRevoked(value)) throw invalidOption(`/${name}`, `\`${name}\` must not be a revoked Proxy`);
  }
  if (typeof options === "object" && options !== null) checkKeys(options, HANDLER, "", ["query", REPORT]);
  const { records, rollup, upstream, cors } = options ?? {};
  if ([records, rollup, upstream].filter((source) => source !== undefined).length !== 1) {
    throw invalidOption("", "createUsageHandler needs exactly one of `records`, `rollup` and `upstream`");
  }
  if (upstream === undefined && options.authorize === undefined) {
    const source = records === undefined ? "rollup" : "records";
    throw invalidOption("/authorize", `\`${source}\` needs \`authorize\`: without it anyone could read the report`);
  }
  for (const name of ["records", "authorize", "version", "now", "onError", "onWarning"] as const) {
    if (options[name] !== undefined && typeof options[name] !== "function") {
      throw invalidOption(`/${name}`, `\`${name}\` must be a function`);
    }
  }
  if (rollup !== undefined && typeof rollup !== "function" && !isRollup(rollup)) {
    throw invalidOption("/rollup", "`rollup` must be a UsageRollup, or a function that returns one");
  }
  const { keepCounts } = options;
  if (keepCounts !== undefined && typeof keepCounts !== "boolean") {
    throw invalidOption("/keepCounts", "`keepCounts` must be true or false");
  }
  if (keepCounts === true && (records === undefined || options.version === undefined)) {
    throw invalidOption("/keepCounts", "`keepCounts` needs `records` and `version`, which says when to count again");
  }
  checkCors(cors);
}

/** Checks the origins whose pages may read responses. */
export function checkCors(cors: UsageHandlerOptions["cors"]): void {
  if (typeof cors === "object" && cors !== null) checkKeys(cors, CORS, "/cors");
  if (cors != null && !Array.isArray(cors.origins)) {
    throw invalidOption("/cors/origins", "`cors` must be an object with an array of `origins`");
  }
  for (const [index, origin] of (cors?.origins ?? []).entries()) {
    if (origin !== "*" && parseUrl(origin)?.origin !== origin) {
      const message = "must be an origin as browsers write it, such as https://app.example without a slash at the end";
      throw invalidOption(`/cors/origins/${index}`, `\`cors.origins\` ${message}`);
    }
  }
}

/** Checks the upstream's options and fills in the defaults. */
export function checkUpstream(options: UpstreamOptions): Upstream {
  if (typeof options !== "object" || options === null) {
    throw invalidOption("/upstream", "`upstream` must be an object with a `baseUrl`");
  }
  checkKeys(options, UPSTREAM, "/upstream");
  const base = parseUrl(options.baseUrl);
  if (base === null || !/^https?:$/.test(base.protocol)) {
    throw invalidOption("/upstream/baseUrl", "`upstream.baseUrl` must be an http or https URL");
  }
  if (base.username !== "" || base.password !== "" || base.search !== "" || base.hash !== "") {
    throw invalidOption(
      "/upstream/baseUrl",
      "`upstream.baseUrl` may have a path, but not a user, a query or a fragment",
    );
  }
  const { allowHttp = false } = options;
  if (typeof allowHttp !== "boolean") {
    throw invalidOption("/upstream/allowHttp", "`upstream.allowHttp` must be true or false");
  }
  if (base.protocol === "http:" && !allowHttp && !isLoopback(base.hostname)) {
    throw invalidOption(
      "/upstream/baseUrl",
      "`upstream.baseUrl` must be https, because http shows tokens to the network: wanted https://…, or `upstream.allowHttp: true`",
    );
  }
  const chosen = options.fetch;
  if (chosen !== undefined && typeof chosen !== "function") {
    throw invalidOption("/upstream/fetch", "`upstream.fetch` must be a function");
  }
  return {
    url: `${base.origin}${base.pathname.replace(/\/+$/, "")}`,
    timeoutMs: integer("upstream", "timeoutMs", options, 10_000, 1, 300_000),
    maxBytes: integer("upstream", "maxBytes", options, 8 * 1024 * 1024, 1, 64 * 1024 * 1024),
    maxHeldBytes: integer("upstream", "maxHeldBytes", options, 32 * 1024 * 1024, 1, 1024 * 1024 * 1024),
    retries: integer("upstream", "retries", options, 2, 0, 10),
    // Called without a `this`, which a runtime's own `fetch` would refuse. The global is read late, so that it can be replaced.
    fetch: (input, init) => (chosen ?? fetch)(input, init),
  };
}

/** Checks the limits and fills in the defaults. */
export function checkLimits(options: LimitsOptions = {}): Required<LimitsOptions> {
  if (!isOptions(options)) throw invalidOption("/limits", "`limits` must be an object");
  checkKeys(options, LIMITS, "/limits");
  return {
    computing: integer("limits", "computing", options, 4, 1, 1000),
    waiting: integer("limits", "waiting", options, 1000, 0, 100_000),
    waitMs: integer("limits", "waitMs", options, 30_000, 1, 300_000),
    timeoutMs: integer("limits", "timeoutMs", options, 60_000, 1, 3_600_000),
  };
}

/** An integer of a group of options. */
function integer<K extends string>(
  group: string,
  name: K,
  options: { [key in K]?: number },
  ifAbsent: number,
  least: number,
  most: number,
): number {
  const refuse = (message: string) => invalidOption(`/${group}/${name}`, message);
  return integerOption(`${group}.${name}`, options[name], { ifAbsent, least, most }, refuse);
}

function parseUrl(text: unknown): URL | null {
  try {
    return new URL(String(text));
  } catch {
    return null;
  }
}

/** Whether the value is a rollup. It may be one of another copy of the package, so its class is not asked for. */
export function isRollup(value: unknown): value is UsageRollup {
  return typeof property(value, "byAgent") === "function";
}
