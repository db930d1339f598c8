import type { Account, Instant, PeriodQuery, Records, UsageQuery, UsageRollup } from "usage-by-agent";
import { invalidOption } from "./invalid-option.js";

/** A value, or the promise of one. */
export type Awaitable<T> = T | Promise<T>;

/** The part of a report's question that callers of the handler do not choose. */
export type ReportOptions = Omit<UsageQuery, keyof PeriodQuery> & Pick<PeriodQuery, "weekStart" | "boundsAs" | "tz">;

/** The half-open window, in epoch milliseconds, that an answer needs records of. */
export interface RecordsWindow {
  startMs: number;
  endMs: number;
}

/** Where answers come from when another server computes them. */
export interface UpstreamOptions {
  /** The one origin that is asked, and the only place a token goes. It may have a path: `/v1/usage…` is put after it. */
  baseUrl: string;
  /** For everything an answer takes, tries and pauses and the body included. 1 to 300,000; default 10,000. */
  timeoutMs?: number;
  /** Longest answer accepted, decompressed. 1 to 67,108,864; default 8,388,608 (8 MiB). */
  maxBytes?: number;
  /** Further tries after a 429, a 5xx or a failed connection. 0 to 10; default 2. */
  retries?: number;
  /** Default: the global `fetch`. */
  fetch?: typeof fetch;
}

/** Options of {@link createUsageHandler}: exactly one of `records`, `rollup` and `upstream`, and what goes with it. */
export interface UsageHandlerOptions {
  /**
   * The records of at least this window: of the period, from the first day or month to the end of the last, or of all time where
   * the endpoint counts that. A stream of JSON text is read in constant memory. Stop reading your own source when `request.signal`
   * is aborted.
   */
  records?: (window: RecordsWindow, request: Request) => Awaitable<Records | ReadableStream<Uint8Array>>;
  /**
   * Counts of all time that are kept, by which every question is answered without reading records anew. It stays its owner's: the
   * handler never frees it, neither one for all requests nor what a function returns, and takes in whatever is pushed into it
   * meanwhile. It is asked at once when a function has returned it.
   */
  rollup?: UsageRollup | ((request: Request) => Awaitable<UsageRollup>);
  /** Another server, whose answers are checked and then passed on unchanged. */
  upstream?: UpstreamOptions;
  /**
   * Says whether a token may read the report; anything but `true` is a 401. Required with `records` and `rollup`. An upstream judges
   * its own tokens: with one, this is a check before it is asked.
   */
  authorize?: (token: string, request: Request) => Awaitable<boolean>;
  /**
   * The rest of the question with `records` and `rollup`: names, week start and so on; a function when they differ by request. `tz` is
   * the zone of days, of months, and of a report by agent where the caller names none.
   */
  query?: ReportOptions | ((request: Request) => Awaitable<ReportOptions>);
  /**
   * What records can't tell, with `records` and `rollup`; a function when it differs by request. Without a plan and numbers
   * `/v1/usage` is a 404; webhook deliveries that are not told are 0, and texts about numbers empty.
   */
  account?: Account | ((request: Request) => Awaitable<Account>);
  /** The origins whose pages may read answers, as browsers write them (`"https://app.example"`), or `"*"`. Default: none. */
  cors?: { origins: string[] };
  /** The moment whose period is reported with `records` and `rollup`. Default: the current time. */
  now?: () => Instant;
}

/** {@link UpstreamOptions}, checked and complete. */
export interface Upstream {
  url: string;
  timeoutMs: number;
  maxBytes: number;
  retries: number;
  fetch: typeof fetch;
}

/** Judges options when the handler is made, so that a mistake shows at the start and not with the first request. */
export function checkOptions(options: UsageHandlerOptions): void {
  const { records, rollup, upstream, cors } = options ?? {};
  if ([records, rollup, upstream].filter((source) => source !== undefined).length !== 1) {
    throw invalidOption("", "createUsageHandler needs exactly one of `records`, `rollup` and `upstream`");
  }
  if (upstream === undefined && options.authorize === undefined) {
    const source = records === undefined ? "rollup" : "records";
    throw invalidOption("/authorize", `\`${source}\` needs \`authorize\`: without it anyone could read the report`);
  }
  for (const name of ["records", "authorize", "now"] as const) {
    if (options[name] !== undefined && typeof options[name] !== "function") {
      throw invalidOption(`/${name}`, `\`${name}\` must be a function`);
    }
  }
  if (rollup !== undefined && typeof rollup !== "function" && typeof rollup?.byAgent !== "function") {
    throw invalidOption("/rollup", "`rollup` must be a UsageRollup, or a function that returns one");
  }
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

/** Checks and completes the upstream's options. */
export function checkUpstream(options: UpstreamOptions): Upstream {
  if (typeof options !== "object" || options === null) {
    throw invalidOption("/upstream", "`upstream` must be an object with a `baseUrl`");
  }
  const base = parseUrl(options.baseUrl);
  if (base === null || !/^https?:$/.test(base.protocol)) {
    throw invalidOption("/upstream/baseUrl", "`upstream.baseUrl` must be an http or https URL");
  }
  if (base.username !== "" || base.password !== "" || base.search !== "" || base.hash !== "") {
    throw invalidOption("/upstream/baseUrl", "`upstream.baseUrl` may have a path, and no user, query or fragment");
  }
  const chosen = options.fetch;
  if (chosen !== undefined && typeof chosen !== "function") {
    throw invalidOption("/upstream/fetch", "`upstream.fetch` must be a function");
  }
  return {
    url: `${base.origin}${base.pathname.replace(/\/+$/, "")}`,
    timeoutMs: integer("timeoutMs", options.timeoutMs, 10_000, 1, 300_000),
    maxBytes: integer("maxBytes", options.maxBytes, 8 * 1024 * 1024, 1, 64 * 1024 * 1024),
    retries: integer("retries", options.retries, 2, 0, 10),
    // Called free of any object, and looked up late: a runtime's own `fetch` refuses another `this`.
    fetch: (input, init) => (chosen ?? fetch)(input, init),
  };
}

function integer(
  name: keyof UpstreamOptions,
  value: number | undefined,
  ifAbsent: number,
  least: number,
  most: number,
): number {
  if (value === undefined) return ifAbsent;
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw invalidOption(`/upstream/${name}`, `\`upstream.${name}\` must be an integer from ${least} to ${most}`);
}

function parseUrl(text: unknown): URL | null {
  try {
    return new URL(String(text));
  } catch {
    return null;
  }
}
