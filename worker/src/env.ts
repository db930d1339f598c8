/** Bindings, variables and secrets of the Worker. Every variable is text, as `wrangler` and the dashboard give them. */
export interface Env {
  /** Set: answers are another server's, checked and passed on. Not set: they are computed from `RECORDS`. */
  UPSTREAM_BASE_URL?: string;
  UPSTREAM_TIMEOUT_MS?: string;
  UPSTREAM_MAX_BYTES?: string;
  UPSTREAM_RETRIES?: string;

  /** The bucket with the records. */
  RECORDS?: R2Bucket;
  /** The object with the records: JSON text, gzipped when its content encoding says so. Default `records.ndjson`. */
  RECORDS_KEY?: string;
  /** The object with the agents' names, a page of `GET /v1/agents`; it may be missing. Default `agents.json`. */
  AGENTS_KEY?: string;
  /** The object with what records can't tell of the account, an `Account`; it may be missing. Default `account.json`. */
  ACCOUNT_KEY?: string;
  /** Secret: the tokens that may read the report, separated by commas. */
  API_TOKENS?: string;
  /** First day of a week. Default `monday`. */
  WEEK_START?: string;
  /** `instant` (default) or `wall-clock`. */
  BOUNDS_AS?: string;
  /** Zone of days and months, and of a report whose caller names none: an IANA name. Default `UTC`. */
  TIME_ZONE?: string;
  /** A fixed clock for tests and demonstrations: an RFC 3339 time. Leave it out in production. */
  NOW?: string;

  /** Origins whose pages may read answers, separated by commas. Default none. */
  CORS_ORIGINS?: string;
  /** The page. */
  ASSETS?: Fetcher;
}

/** The parts of a comma-separated variable, without blanks around them. */
export function list(text: string | undefined): string[] {
  return (text ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
