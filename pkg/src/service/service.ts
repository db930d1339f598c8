import * as workers from "cloudflare:workers";
import { UsageError } from "usage-by-agent";
import { Deadline } from "../handler/deadline.js";
import { acceptsJson } from "../handler/http/accept.js";
import { type Answer, errorAnswer, unauthorized } from "../handler/http/answer.js";
import { bearerToken } from "../handler/http/bearer.js";
import { type CorsPolicy, corsPolicy, PREFLIGHT_HEADERS } from "../handler/http/cors.js";
import { respond } from "../handler/http/respond.js";
import { notify } from "../handler/notify.js";
import { Admin } from "./admin/admin.js";
import { ingestOf } from "./admin/ingest.js";
import { createAnswers } from "./answers/answers.js";
import { snapshotOf } from "./answers/snapshot.js";
import { bucketOf } from "./archive/bucket.js";
import { Backfills } from "./backfill/backfills.js";
import { Objects } from "./objects.js";
import { type Checked, checkService, type ServiceOptions } from "./options.js";
import type { Bucket, DurableNamespace, MessageBatch, QueueBinding, ServiceContext } from "./platform.js";
import { consume } from "./queue/consumer.js";
import { keepDead } from "./queue/dead.js";
import { Receiver } from "./receive/receiver.js";
import { Accounts } from "./register/accounts.js";
import { type Authorized, authorize } from "./register/authorize.js";

/** Every path that begins so. A path without an account must not be a 404, which the vendor would not try again. */
const WEBHOOKS = /^\/v1\/webhooks\/agentphone(?:\/(.*))?$/;
const INGEST = "/v1/ingest";
const RECORDS = "/v1/records";
const SNAPSHOT = "/v1/snapshot";
const INGEST_METHODS = "GET, HEAD, OPTIONS";

/** How long it may take to read the tallies of an account, in milliseconds. */
const INGEST_MS = 30_000;

/** Pages of other origins read answers, and nothing else. */
const NO_CORS = corsPolicy([]);

/** The service for one set of bindings. */
export class Service {
  readonly #options: Checked;
  readonly #objects: Objects;
  readonly #accounts: Accounts;
  readonly #receiver: Receiver;
  readonly #admin: Admin | undefined;
  readonly #backfills: Backfills;
  readonly #cors: CorsPolicy;
  readonly #answers: (request: Request) => Promise<Response>;

  /**
   * @param env the bindings
   * @throws {UsageError} `invalid_option`, `invalid_tz`
   */
  constructor(options: Checked, env: Record<string, unknown>) {
    this.#options = options;
    this.#objects = new Objects(namespaceOf(env, options.binding));
    const bucket = archiveOf(env, options);
    const { binding, archive, archivePrefix: prefix } = options;
    this.#accounts = new Accounts(this.#objects, bucket && { binding, bucket: archive, prefix }, options.now);
    this.#receiver = new Receiver(options, this.#objects, this.#accounts, queueOf(env, options.queue));
    this.#backfills = new Backfills(this.#objects, options.now);
    this.#cors = corsPolicy(options.cors);
    const { ADMIN_TOKEN: admin } = env as { ADMIN_TOKEN?: unknown };
    if (typeof admin === "string" && admin !== "") {
      this.#admin = new Admin({ options, objects: this.#objects, accounts: this.#accounts, token: admin, bucket });
    }
    this.#answers = createAnswers(options, this.#objects, (token) => authorize(token, this.#accounts, options.now()));
  }

  async fetch(request: Request, context: ServiceContext): Promise<Response> {
    const { pathname } = new URL(request.url);
    const [webhook, account = ""] = WEBHOOKS.exec(pathname) ?? [];
    if (webhook !== undefined) return this.#receive(request, account, context, true);
    const answered = (answer: Promise<Answer | Response>, cors: CorsPolicy) => this.#answered(answer, request, cors);
    if (pathname === INGEST) return answered(this.#ingest(request), this.#cors);
    if (pathname === SNAPSHOT) return answered(this.#snapshot(request), NO_CORS);
    if (pathname === RECORDS) return answered(this.#records(request), NO_CORS);
    const admin = await this.#admin?.answer(request);
    return admin === undefined ? this.#answers(request) : answered(Promise.resolve(admin), NO_CORS);
  }

  /** Stores the deliveries of the queue, and keeps those that the platform gave up. */
  async queue(batch: MessageBatch): Promise<void> {
    const { deadQueue, now, onError } = this.#options;
    const isDead = deadQueue === null ? batch.queue.endsWith("-dead") : batch.queue === deadQueue;
    const errors = await (isDead ? keepDead(batch, this.#objects) : consume(batch, this.#objects, now()));
    for (const error of errors) notify(onError, error, new Request("https://queue.invalid/"));
  }

  /** Receives a delivery that is not passed on. */
  async record(request: Request, account: string, context: ServiceContext): Promise<Response> {
    const copy = request.clone() as Request;
    try {
      return await this.#receive(copy, account, context, false);
    } finally {
      if (!copy.bodyUsed) copy.body?.cancel().catch(() => {}); // or it would be kept in memory
    }
  }

  #receive(request: Request, account: string, context: ServiceContext, forwards: boolean): Promise<Response> {
    return this.#answered(this.#receiver.receive({ request, account, context, forwards }), request, NO_CORS);
  }

  async #answered(given: Promise<Answer | Response>, request: Request, cors: CorsPolicy): Promise<Response> {
    let answer: Answer | Response;
    try {
      answer = await given;
    } catch (error) {
      const headers = { "retry-after": "5" };
      answer = { ...errorAnswer(503, "unavailable", "The request can't be answered now.", { headers }), error };
    }
    if (answer instanceof Response) return answer;
    if ("error" in answer) notify(this.#options.onError, answer.error, request);
    return respond(answer, request, cors, "computed");
  }

  async #ingest(request: Request): Promise<Answer> {
    if (request.method === "OPTIONS") {
      return { status: 204, body: null, headers: { allow: INGEST_METHODS, ...PREFLIGHT_HEADERS } };
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      return errorAnswer(405, "method_not_allowed", `Use ${INGEST_METHODS}.`, { headers: { allow: INGEST_METHODS } });
    }
    if (!acceptsJson(request)) {
      return errorAnswer(406, "not_acceptable", "Answers are application/json, which the header Accept excludes.");
    }
    const authorized = await this.#authorized(request);
    if ("status" in authorized) return authorized;
    const { account } = authorized;
    const deadline = new Deadline(INGEST_MS, request.signal);
    const nowMs = this.#options.now();
    try {
      const told = await this.#objects.register(account, deadline, (object) =>
        object.registerIngested(this.#accounts.wantedArchive(account)),
      );
      this.#accounts.take(account, told?.view ?? null, nowMs); // so that a page that asks again and again costs one question each time
      if (told === null) return notAccepted();
      const ifNoneMatch = request.headers.get("if-none-match");
      return await ingestOf({ account, told, ifNoneMatch, nowMs }, this.#objects, deadline);
    } finally {
      deadline.end();
    }
  }

  /** Gives the counts of an account, or of one of its shards, as a snapshot. */
  async #snapshot(request: Request): Promise<Answer | Response> {
    if (request.method !== "GET")
      return errorAnswer(405, "method_not_allowed", "Use GET.", { headers: { allow: "GET" } });
    const authorized = await this.#authorized(request);
    return "status" in authorized ? authorized : snapshotOf(request, authorized, this.#objects);
  }

  /** Adds records, or takes them back. */
  async #records(request: Request): Promise<Answer> {
    if (request.method !== "POST" && request.method !== "DELETE") {
      return errorAnswer(405, "method_not_allowed", "Use POST, DELETE.", { headers: { allow: "POST, DELETE" } });
    }
    const authorized = await this.#authorized(request);
    if ("status" in authorized) return authorized;
    if (!authorized.writes) {
      return errorAnswer(403, "read_only", 'The token may only read: wanted a token with the access "write".');
    }
    return request.method === "POST"
      ? this.#backfills.add(request, authorized)
      : this.#backfills.takeBack(request, authorized);
  }

  /** The account whose token a request has, or a 401. */
  async #authorized(request: Request): Promise<Authorized | Answer> {
    const token = bearerToken(request);
    if (token === null)
      return unauthorized("Bearer", "missing_token", "Send the header Authorization: Bearer <token>.");
    const authorized = await authorize(token, this.#accounts, this.#options.now());
    return authorized ?? notAccepted();
  }
}

function notAccepted(): Answer {
  return unauthorized('Bearer error="invalid_token"', "invalid_token", "The token is not accepted.");
}

/** The queue of a binding, if there is one. */
function queueOf(env: Record<string, unknown>, binding: string): QueueBinding | undefined {
  const queue = env[binding] as Partial<QueueBinding> | undefined;
  return typeof queue?.send === "function" ? (queue as QueueBinding) : undefined;
}

/** The bucket of the archive; `null` if there is none and none is wanted. */
function archiveOf(env: Record<string, unknown>, { archive, mustArchive }: Checked): Bucket | null {
  const bucket = bucketOf(env, archive);
  if (bucket !== null || !mustArchive) return bucket;
  throw new UsageError("invalid_option", `the Worker has no binding ${archive} of a bucket`, { path: "/archive" });
}

function namespaceOf(env: Record<string, unknown>, binding: string): DurableNamespace {
  const namespace = env[binding] as Partial<DurableNamespace> | undefined;
  if (typeof namespace?.idFromName === "function") return namespace as DurableNamespace;
  const message = `the Worker has no binding ${binding} of the class UsageShard`;
  throw new UsageError("invalid_option", message, { path: "/binding" });
}

/** A Worker's default export, and what one's own Worker calls. */
export interface UsageService<Env = unknown> {
  /** Responds to a request. The promise never rejects. */
  fetch(request: Request, env: Env, context: ServiceContext): Promise<Response>;
  /** Takes the messages of the service's queue, and of its dead-letter queue, where the Worker is bound to them. */
  queue(batch: MessageBatch, env: Env): Promise<void>;
  /**
   * Receives a delivery in your own Worker, whose endpoint then answers the vendor. The service checks the delivery and stores what
   * counts, as it does for `POST /v1/webhooks/agentphone/{account}`, and passes nothing on. The request can still be read afterwards.
   *
   * Send the response to the vendor if its status is not 200: the vendor tries a 503 again. A voice turn is an exception: a caller is
   * waiting for the answer to it.
   *
   * @param request the delivery, whose body has not been read
   * @param account the name of the account
   * @returns the response that the service would send
   * @throws {UsageError} `invalid_option`, if the body has been read, or if the service can't be made of its options and bindings
   *
   * @example
   * ```ts
   * export default {
   *   async fetch(request, env, ctx) {
   *     const answer = await usage.record(request, "acme");
   *     if (!answer.ok) return answer;
   *     return handleEvent(await request.json());
   *   },
   * };
   * ```
   */
  record(request: Request, account: string): Promise<Response>;
}

/**
 * Makes a service that receives the vendor's webhooks, keeps what they tell about usage, and answers the five usage endpoints from it.
 * Export its class {@link UsageShard} too.
 *
 * @param options the options, or a function of the Worker's bindings that gives them
 * @returns a Worker's default export
 * @throws {UsageError} `invalid_option`, `invalid_tz`, if an option is wrong. Options that a function gives are checked with the first
 *   request, and then the response is a 503.
 *
 * @example
 * ```ts
 * import { createUsageService, UsageShard } from "usage-by-agent/service";
 *
 * export { UsageShard };
 * export default createUsageService({ forward: "https://app.example/agentphone", query: { tz: "Europe/Paris" } });
 * ```
 */
export function createUsageService<Env = unknown>(
  options: ServiceOptions | ((env: Env) => ServiceOptions) = {},
): UsageService<Env> {
  const fixed = typeof options === "function" ? undefined : checkService(options);
  const services = new WeakMap<object, Service>();
  const serviceOf = (env: object): Service => {
    let service = services.get(env);
    if (service === undefined) {
      const checked = fixed ?? checkService((options as (env: Env) => ServiceOptions)(env as Env));
      service = new Service(checked, env as Record<string, unknown>);
      services.set(env, service);
    }
    return service;
  };
  return {
    async fetch(request, env, context) {
      let service: Service;
      try {
        service = serviceOf(env as object);
      } catch (error) {
        return notConfigured(error, request);
      }
      return service.fetch(request, context);
    },
    async queue(batch, env) {
      await serviceOf(env as object).queue(batch);
    },
    async record(request, account) {
      const service = serviceOf(workers.env);
      if (request.bodyUsed) {
        const message = "the body of the request has been read: wanted a request that has not been read";
        throw new UsageError("invalid_option", message, { path: "/request" });
      }
      return service.record(request, String(account), {
        waitUntil: (work) => workers.waitUntil?.(work),
      });
    },
  };
}

/** A 503 that names the wrong option. */
function notConfigured(error: unknown, request: Request): Response {
  const reason = error instanceof UsageError ? error.message : "the options can't be used";
  const headers = { "retry-after": "60" };
  const answer = errorAnswer(503, "not_configured", `The service is not configured: ${reason}.`, { headers });
  return respond(answer, request, NO_CORS, "computed");
}
