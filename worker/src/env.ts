/** The bindings, variables and secrets of the Worker. Every variable is text. */
export interface Env {
  /** The URL of the upstream. If it is set, the Worker asks that server, and nothing else. */
  UPSTREAM_BASE_URL?: string;
  /** The upstream's time limit, in milliseconds. */
  UPSTREAM_TIMEOUT_MS?: string;
  /** The upstream's longest response, in bytes after decompression. */
  UPSTREAM_MAX_BYTES?: string;
  /** How many bytes of bodies all requests together hold, after decompression. */
  UPSTREAM_MAX_HELD_BYTES?: string;
  /** The number of further attempts after the first. */
  UPSTREAM_RETRIES?: string;
  /** Whether the upstream may be an `http` URL of another machine: `true` or `false`. Default `false`. */
  UPSTREAM_ALLOW_HTTP?: string;

  /** Whether the upstream's lists are passed on too: `true` or `false`. Default `false`. */
  PASS_LISTS?: string;

  /** The objects of the class `UsageShard`. If they are bound, and no upstream is set, the Worker receives webhooks. */
  USAGE?: DurableObjectNamespace;
  /** A secret: the token of the administrator. Without it, the administrator's paths are not found. */
  ADMIN_TOKEN?: string;
  /** The URL of your own endpoint, which gets each delivery. An account may have another one. Default: none. */
  FORWARD_URL?: string;
  /** The time until the response of that endpoint begins, in milliseconds. Default 30,000. */
  FORWARD_TIMEOUT_MS?: string;
  /** Whether that endpoint may be an `http` URL of another machine: `true` or `false`. Default `false`. */
  FORWARD_ALLOW_HTTP?: string;
  /** How old the timestamp of a delivery may be, in milliseconds. Default 93,600,000. */
  TOLERANCE_MS?: string;
  /** The longest delivery, in bytes. Default 1,048,576. */
  MAX_DELIVERY_BYTES?: string;
  /** The time for the body of a delivery to arrive, in milliseconds. Default 30,000. */
  READ_TIMEOUT_MS?: string;
  /** How many deliveries a second of one account are stored, in each isolate. Default: no limit. */
  DELIVERY_RATE?: string;
  /** The number of shards of new accounts: a power of two, 1 to 64. Default 8. */
  SHARDS?: string;
  /** How many deliveries of one isolate are stored at once without the queue. Default 64. */
  DIRECT_AT_ONCE?: string;
  /** The queue of deliveries. It may be missing. */
  DELIVERIES?: Queue;
  /** The bucket of the archive of trimmed records. It may be missing. */
  ARCHIVE?: R2Bucket;

  /** The bucket with the records, from which responses are computed if `USAGE` is not bound. */
  RECORDS?: R2Bucket;
  /** The name of the object with the records: JSON text, which may be gzip data. Default `records.ndjson`. */
  RECORDS_KEY?: string;
  /**
   * Whether the counts of the records are kept between requests until the object changes: `true` or `false`. Default `true`. Without
   * it, each request reads the object, which takes less memory between requests.
   */
  KEEP_COUNTS?: string;
  /** The most questions that are computed at once. Default 4. */
  LIMIT_COMPUTING?: string;
  /** The most questions that wait. Default 1,000. */
  LIMIT_WAITING?: string;
  /** The longest wait, in milliseconds. Default 30,000. */
  LIMIT_WAIT_MS?: string;
  /** The time limit of a request, in milliseconds. Default 60,000. */
  LIMIT_TIMEOUT_MS?: string;
  /** The name of the object with the agents' names, a page of `GET /v1/agents`. The object is optional. Default `agents.json`. */
  AGENTS_KEY?: string;
  /** The name of the object with the account's data, an `Account`. The object is optional. Default `account.json`. */
  ACCOUNT_KEY?: string;
  /** A secret: the tokens that may read the report, separated by commas. */
  API_TOKENS?: string;
  /** The most memory that the counts of one request may take, in bytes. Default: no limit besides the isolate's. */
  MAX_MEMORY_BYTES?: string;
  /** The longest text of one record, in bytes. Default 8388608. */
  MAX_RECORD_BYTES?: string;
  /** How many statuses of calls are counted each by itself. Default 1000. */
  MAX_STATUSES?: string;
  /** The first day of a week. Default `monday`. */
  WEEK_START?: string;
  /** How `periodStart` and `periodEnd` are written: `instant` (default) or `wall-clock`. */
  BOUNDS_AS?: string;
  /** The IANA name of the zone of days and months, and of a report if the caller does not send a zone. Default `UTC`. */
  TIME_ZONE?: string;
  /** A fixed current time for tests and demonstrations, in RFC 3339. Do not set it in production. */
  NOW?: string;

  /** The origins whose pages may read responses, separated by commas. Default: none. */
  CORS_ORIGINS?: string;
  /** The files of the page. */
  ASSETS?: Fetcher;
}

/** The parts of a comma-separated variable, without white space around them and without empty parts. */
export function list(text: string | undefined): string[] {
  return (text ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
