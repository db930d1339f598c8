// Refuses options that do not exist. Otherwise a misspelt option would have no effect, and nobody would notice.

import { nearest } from "../edit-distance.js";
import { UsageError } from "../errors.js";

/** The set of the options in a text, separated by blanks. */
export const keys = (names: string): ReadonlySet<string> => new Set(names.split(" "));

/** The options of every query. One object may serve all queries, so each query takes the options of all. */
export const QUERY = keys(
  "period tz now weekStart offset boundsAs agents includeIdle dedupe onInvalid naiveTimestamps days months account " +
    "by step from to signal onProgress defaults threads onWarning maxMemoryBytes maxRecordBytes maxStatuses",
);

/** The options that give values to records without them. */
export const DEFAULTS = keys("agentId agentName phoneNumberId channel");

/** An account's data. The bounds are those of the vendor's `GET /v1/usage`, whose response may serve as an account. */
export const ACCOUNT = keys("plan numbers stats webhooks phoneNumbers periodStart periodEnd");

/** The evidence of `reconcile`. */
export const EVIDENCE = keys("records rollup diagnostics query");

/** Other words for options, in lower case and without separators. */
const MEANINGS: Record<string, string> = {
  tz: "zone timezone timezonename zonename iana",
  now: "date at asof when time moment instant timestamp clock today currenttime reference",
  weekStart: "weekstartson firstday firstdayofweek startofweek",
  period: "unit kind range span",
  by: "groupby dimensions dimension breakdown",
  step: "granularity interval bucket resolution",
  from: "start startdate since startms begin",
  to: "end enddate until endms",
  offset: "shift periods delta",
  boundsAs: "bounds format boundsformat",
  agents: "directory names agentnames",
  includeIdle: "idle includeempty includezero zeros",
  dedupe: "unique deduplicate distinct",
  onInvalid: "invalid skipinvalid onerror",
  naiveTimestamps: "naive",
  maxMemoryBytes: "memory maxmemory",
  maxRecordBytes: "maxrecordsize maxline",
  maxStatuses: "statuses",
  signal: "abortsignal abort",
  onProgress: "progress",
  authorize: "auth authenticate authorization verify",
  upstream: "proxy",
  origins: "origin allowedorigins alloworigin",
  baseUrl: "url base host",
  timeoutMs: "timeout",
  maxBytes: "limit maxsize",
  retries: "retry maxretries attempts",
  agentId: "agent id",
  agentName: "name",
  phoneNumberId: "number numberid phonenumber phone",
  phoneNumbers: "phones",
  webhooks: "deliveries",
  records: "data events",
};

/**
 * Refuses a query with an option that no query has, as {@link checkKeys} does.
 *
 * @throws {UsageError} `invalid_option`, at the place of the option
 */
export function checkQuery(query: object): void {
  if (!isPlain(query)) checkKeys(query, QUERY);
}

/** Whether every key is an option. `periodBounds` takes half a microsecond, so its options are compared and not looked up. */
function isPlain(query: object): boolean {
  try {
    for (const key in query) {
      switch (key) {
        case "period":
        case "tz":
        case "now":
        case "weekStart":
        case "offset":
        case "boundsAs":
          break;
        default:
          if (!QUERY.has(key)) return false;
      }
    }
    return true;
  } catch {
    return false;
  }
}

/**
 * Refuses an object with an option that does not exist. The message names the option that may be meant, or else all of them.
 *
 * @param known the options that exist
 * @param path the place of the object
 * @param inside the name of an option, and the options in it, which may be meant too
 * @throws {UsageError} `invalid_option`, at the place of the option
 */
export function checkKeys(
  options: object,
  known: ReadonlySet<string>,
  path = "",
  inside?: [name: string, known: ReadonlySet<string>],
): void {
  let unknown: string | undefined;
  try {
    for (const key in options) if (!known.has(key) && Object.hasOwn(options, key)) unknown ??= key;
  } catch {
    // A Proxy may hide its keys. Only a revoked one has no values either.
    if (isRevoked(options)) throw new UsageError("invalid_option", "the options are a revoked Proxy", { path });
  }
  if (unknown !== undefined) throw unknownOption(unknown, known, path, inside);
}

function isRevoked(value: object): boolean {
  try {
    Array.isArray(value);
    return false;
  } catch {
    return true;
  }
}

function unknownOption(
  key: string,
  known: ReadonlySet<string>,
  path: string,
  inside?: [name: string, known: ReadonlySet<string>],
): UsageError {
  const name = key.length > 60 ? `${key.slice(0, 60)}…` : key;
  const nested = inside && meant(name, inside[1]);
  const near = meant(name, known) ?? (nested && `${inside?.[0]}.${nested}`) ?? similar(name, known);
  const hint = near === undefined ? `wanted one of ${[...known].join(", ")}` : `did you mean ${JSON.stringify(near)}?`;
  const place = `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
  return new UsageError("invalid_option", `unknown option ${JSON.stringify(name)}: ${hint}`, { path: place });
}

const bare = (name: string) => name.toLowerCase().replace(/[^a-z]/g, "");

/** The option that is spelled or called in another way. */
function meant(name: string, known: ReadonlySet<string>): string | undefined {
  const asked = bare(name);
  return [...known].find((key) => bare(key) === asked || MEANINGS[key]?.split(" ").includes(asked));
}

/** The option that differs by a third of the letters at most. */
function similar(name: string, known: ReadonlySet<string>): string | undefined {
  const asked = bare(name);
  const found = nearest(asked, [...known].map(bare), Math.floor(asked.length / 3))?.[0];
  return [...known].find((key) => bare(key) === found);
}
