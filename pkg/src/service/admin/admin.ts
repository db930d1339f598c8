import { UsageError } from "usage-by-agent";
import { Deadline } from "../../handler/deadline.js";
import { type Answer, errorAnswer, unauthorized } from "../../handler/http/answer.js";
import { bearerToken } from "../../handler/http/bearer.js";
import { readBounded } from "../../handler/upstream/read-bounded.js";
import { deleteAll, folderOf, isWhole, newestWhole } from "../archive/bucket.js";
import { Removed, restore } from "../archive/restoring.js";
import { isBackfillName, NAME_IN_WORDS } from "../backfill/name.js";
import { checkCollecting } from "../collecting/settings.js";
import { toHex } from "../hexadecimal.js";
import { instantMs } from "../instant.js";
import { isAccountName } from "../names.js";
import type { Objects } from "../objects.js";
import type { Checked } from "../options.js";
import type { Bucket } from "../platform.js";
import { consume } from "../queue/consumer.js";
import type { Accounts } from "../register/accounts.js";
import { type Addition, MOST_SECRETS, MOST_TOKENS } from "../register/register.js";
import { checkSettings } from "../register/settings.js";
import { equalTexts, newId, newToken, sha256 } from "../register/tokens.js";

/** How long a request of the administrator may take, in milliseconds. */
const TIMEOUT_MS = 60_000;

/** How many deliveries of the dead-letter queue one request tries again. */
const DEAD_AT_ONCE = 1000;

/** The longest body, in bytes. It has room for the names of some thousand agents. */
const MAX_BYTES = 512 * 1024;

/** What a route needs. */
interface Asked {
  account: string;
  /** The id of a secret or a token in the path. */
  id: string;
  request: Request;
  deadline: Deadline;
}

type Route = (asked: Asked) => Promise<Answer>;

/** What the routes work with. */
export interface AdminParts {
  options: Checked;
  objects: Objects;
  accounts: Accounts;
  /** The token of the administrator. */
  token: string;
  /** The bucket of the archive; `null` if there is none. */
  bucket: Bucket | null;
}

const NO_CONTENT: Answer = { status: 204, body: null };

/** The routes of the administrator. */
export class Admin {
  readonly #options: Checked;
  readonly #objects: Objects;
  readonly #accounts: Accounts;
  readonly #token: string;
  readonly #bucket: Bucket | null;
  readonly #routes: [path: RegExp, methods: Record<string, Route>][];

  constructor({ options, objects, accounts, token, bucket }: AdminParts) {
    this.#options = options;
    this.#objects = objects;
    this.#accounts = accounts;
    this.#token = token;
    this.#bucket = bucket;
    const one = "/v1/admin/accounts/([^/]+)";
    this.#routes = [
      [new RegExp(`^${one}$`), { GET: (asked) => this.#show(asked), PUT: (asked) => this.#put(asked) }],
      [new RegExp(`^${one}/secrets$`), { POST: (asked) => this.#addSecret(asked) }],
      [new RegExp(`^${one}/secrets/([^/]+)$`), { DELETE: (asked) => this.#remove("secrets", asked) }],
      [new RegExp(`^${one}/tokens$`), { POST: (asked) => this.#addToken(asked) }],
      [new RegExp(`^${one}/tokens/([^/]+)$`), { DELETE: (asked) => this.#remove("tokens", asked) }],
      [
        new RegExp(`^${one}/collecting$`),
        { PUT: (asked) => this.#putCollecting(asked), DELETE: (asked) => this.#removeCollecting(asked) },
      ],
      [new RegExp(`^${one}/dead$`), { POST: (asked) => this.#storeDead(asked) }],
      [
        new RegExp(`^${one}/archive$`),
        { POST: (asked) => this.#archiveNow(asked), DELETE: (asked) => this.#endArchiving(asked) },
      ],
      [new RegExp(`^${one}/restore$`), { POST: (asked) => this.#restore(asked) }],
      [/^\/v1\/accounts\/([^/]+)$/, { DELETE: (asked) => this.#erase(asked) }],
    ];
  }

  /** The answer to a request; `undefined` if the path is not one of the administrator's. */
  async answer(request: Request): Promise<Answer | undefined> {
    const { pathname } = new URL(request.url);
    for (const [path, methods] of this.#routes) {
      const [matched, account = "", id = ""] = path.exec(pathname) ?? [];
      if (matched === undefined) continue;
      const route = Object.hasOwn(methods, request.method) ? methods[request.method] : undefined;
      if (route === undefined) {
        const allow = Object.keys(methods).join(", ");
        return errorAnswer(405, "method_not_allowed", `Use ${allow}.`, { headers: { allow } });
      }
      const token = bearerToken(request);
      if (token === null)
        return unauthorized("Bearer", "missing_token", "Send the header Authorization: Bearer <token>.");
      if (!(await equalTexts(token, this.#token))) {
        return unauthorized('Bearer error="invalid_token"', "invalid_token", "The token is not accepted.");
      }
      return this.#routed(route, { account, id, request });
    }
    return;
  }

  async #routed(route: Route, asked: Omit<Asked, "deadline">): Promise<Answer> {
    if (!isAccountName(asked.account)) {
      const wanted = "1 to 64 of a to z, 0 to 9, _ and -, and not _ or - at the beginning";
      return errorAnswer(400, "invalid_account", `The name of the account can't be used: wanted ${wanted}.`);
    }
    const deadline = new Deadline(TIMEOUT_MS);
    try {
      return await route({ ...asked, deadline });
    } catch (error) {
      if (error instanceof BadBody) return error.answer;
      const message = "The account can't be reached now. Try again later.";
      return { ...errorAnswer(503, "unavailable", message, { headers: { "retry-after": "5" } }), error };
    } finally {
      deadline.end();
    }
  }

  async #show({ account, deadline }: Asked): Promise<Answer> {
    const entry = await this.#objects.register(account, deadline, (object) => object.registerEntry());
    if (entry === null) return noAccount();
    const { settings, createdMs, secrets, tokens } = entry;
    return json(200, {
      account,
      createdAt: written(createdMs),
      settings,
      secrets: secrets.map(({ id, createdMs }) => ({ id, createdAt: written(createdMs) })),
      tokens: tokens.map(({ id, name, createdMs, expiresMs, writes }) => ({
        id,
        name,
        access: writes ? "write" : "read",
        createdAt: written(createdMs),
        expiresAt: expiresMs === null ? null : written(expiresMs),
      })),
    });
  }

  async #put({ account, request, deadline }: Asked): Promise<Answer> {
    const given = await body(request, deadline);
    const settings = checked(() => checkSettings(given, this.#options));
    const { shards, now } = this.#options;
    const ask = this.#objects.register(account, deadline, (object) => object.registerPut(settings, shards, now()));
    const put = await ask;
    this.#accounts.forget(account);
    if (put.done === "erasing") return errorAnswer(409, "erasing", "The account is being erased. Ask for it again.");
    if (put.done === "other_shards") {
      const message = `The account has ${put.shards} shards, which can't be changed.`;
      return errorAnswer(409, "shards_fixed", message, { details: [{ field: "/shards", message, type: "conflict" }] });
    }
    return json(put.done === "made" ? 201 : 200, { account, settings: put.settings });
  }

  async #putCollecting({ account, request, deadline }: Asked): Promise<Answer> {
    const given = await body(request, deadline);
    const settings = checked(() => checkCollecting(given));
    const { binding } = this.#options;
    const isMade = await this.#objects.register(account, deadline, (object) =>
      object.registerPutCollecting(settings, account, binding),
    );
    if (!isMade) return noAccount();
    const { token: _token, ...shown } = settings;
    return json(200, { account, collecting: shown });
  }

  async #removeCollecting({ account, deadline }: Asked): Promise<Answer> {
    const removed = await this.#objects.register(account, deadline, (object) => object.registerRemoveCollecting());
    return removed ? NO_CONTENT : errorAnswer(404, "not_found", "The account is not collected.");
  }

  /** Tries to store again what the queue gave up. */
  async #storeDead({ account, deadline }: Asked): Promise<Answer> {
    const dead = await this.#objects.register(account, deadline, (object) => object.registerDead(DEAD_AT_ONCE));
    const stored: number[] = [];
    const messages = dead.map(({ n, text }) => ({
      body: JSON.parse(text) as unknown,
      attempts: 1,
      ack: () => void stored.push(n),
      retry: () => {},
    }));
    const errors = await consume({ queue: "", messages }, this.#objects, this.#options.now());
    const left = await this.#objects.register(account, deadline, (object) => object.registerRemoveDead(stored));
    const answer = json(200, { account, stored: stored.length, left });
    return errors.length === 0 ? answer : { ...answer, error: errors[0] };
  }

  /** Lets the next night begin now. */
  async #archiveNow({ account, deadline }: Asked): Promise<Answer> {
    const wanted = this.#accounts.wantedArchive(account);
    const isArchived = await this.#objects.register(account, deadline, async (object) => {
      return (await object.registerView(wanted)) !== null && (await object.registerArchiveNow());
    });
    return isArchived ? json(202, { account, archive: "begun" }) : notArchived();
  }

  async #endArchiving({ account, deadline }: Asked): Promise<Answer> {
    const ended = await this.#objects.register(account, deadline, (object) => object.registerEndArchiving());
    return ended ? NO_CONTENT : notArchived();
  }

  /** Restores the next files of an archive. A large one takes several requests: the answer says whether it is done. */
  async #restore({ account, request, deadline }: Asked): Promise<Answer> {
    const { now, archivePrefix } = this.#options;
    const bucket = this.#bucket;
    if (bucket === null) return errorAnswer(404, "not_archived", "The Worker has no bucket of an archive.");
    const given = fields(await body(request, deadline), ["from", "archive", "backfill", "after"]);
    const { from = account, archive: named, backfill = "archive", after = "" } = given;
    if (typeof from !== "string" || !isAccountName(from)) throw bad("/from", "must be the name of an account");
    if (typeof backfill !== "string" || !isBackfillName(backfill)) throw bad("/backfill", `must be ${NAME_IN_WORDS}`);
    if (typeof after !== "string") throw bad("/after", "must be what the last answer has");
    if (named !== undefined && (typeof named !== "string" || !/^[\w-]{1,64}$/.test(named))) {
      throw bad("/archive", "must be the name of an archive, such as 2026-01-31T000000000Z");
    }
    const view = await this.#accounts.view(account, deadline);
    if (view === null) return noAccount();
    const own = await this.#objects.register(account, deadline, (object) => object.registerArchive());
    const all = folderOf(archivePrefix, from);
    const archive = named ?? (await newestWhole(bucket, all, from === account ? (own?.archive ?? null) : null));
    if (archive === null || !(await isWhole(bucket, `${all}${archive}/`))) {
      return errorAnswer(404, "no_archive", "There is no whole archive of this account.");
    }
    const source = await this.#objects.register(account, deadline, (object) =>
      object.registerBackfill(backfill, now()),
    );
    if (source === null) return noAccount();
    const restoring = { bucket, folder: `${all}${archive}/`, after, account, view, source };
    try {
      const { files, added, after: last, isDone } = await restore(restoring, this.#objects);
      return json(200, { account, from, archive, backfill, files, ...added, after: last, done: isDone });
    } catch (error) {
      if (error instanceof Removed) {
        return errorAnswer(409, "removed", "The account or the backfill has been removed meanwhile.");
      }
      if (error instanceof UsageError) return errorAnswer(422, "invalid_archive", `${error.message}.`);
      throw error;
    } finally {
      await this.#objects.register(account, deadline, (object) => object.registerNoteChange()).catch(() => {});
    }
  }

  async #addSecret({ account, request, deadline }: Asked): Promise<Answer> {
    const { secret } = fields(await body(request, deadline), ["secret"]);
    if (typeof secret !== "string" || secret === "" || secret.length > 1024 || /^\s|\s$/.test(secret)) {
      throw bad("/secret", "must be a text of 1 to 1,024 characters, without blanks around it");
    }
    const nowMs = this.#options.now();
    const id = newId("sec");
    const ask = this.#objects.register(account, deadline, (object) => object.registerAddSecret(id, secret, nowMs));
    return this.#added(account, await ask, (added) => ({ id: added }), `${MOST_SECRETS} secrets`);
  }

  async #addToken({ account, request, deadline }: Asked): Promise<Answer> {
    const given = fields(await body(request, deadline), ["name", "expiresAt", "access"]);
    const { name = null, expiresAt, access = "read" } = given;
    if (access !== "read" && access !== "write") throw bad("/access", 'must be "read" or "write"');
    if (name !== null && (typeof name !== "string" || name.length > 200)) {
      throw bad("/name", "must be a text of 200 characters at most");
    }
    const nowMs = this.#options.now();
    const expiresMs = expiresAt === undefined ? null : instant(expiresAt, nowMs);
    const token = newToken(account);
    const id = newId("tok");
    const hash = toHex(await sha256(token));
    const ask = this.#objects.register(account, deadline, (object) =>
      object.registerAddToken({ id, hash, name: name as string | null, expiresMs, writes: access === "write" }, nowMs),
    );
    return this.#added(account, await ask, (added) => ({ id: added, token }), `${MOST_TOKENS} tokens`);
  }

  #added(account: string, addition: Addition, shown: (id: string) => object, most: string): Answer {
    this.#accounts.forget(account);
    if (addition.done === "no_account") return noAccount();
    if (addition.done === "too_many") {
      return errorAnswer(409, "too_many", `The account has ${most}, which is the most. Delete one of them first.`);
    }
    return json(addition.done === "added" ? 201 : 200, shown(addition.id));
  }

  async #remove(table: "secrets" | "tokens", { account, id, deadline }: Asked): Promise<Answer> {
    const removed = await this.#objects.register(account, deadline, (object) => object.registerRemove(table, id));
    this.#accounts.forget(account);
    if (removed) return NO_CONTENT;
    return errorAnswer(404, "not_found", `The account has no ${table.slice(0, -1)} of this id.`);
  }

  /** Erases the shards first, and then the register, which knows how many there are. What failed midway can be asked for again. */
  async #erase({ account, deadline }: Asked): Promise<Answer> {
    const objects = this.#objects;
    const found = await objects.register(account, deadline, (object) => object.registerBeginErasing());
    this.#accounts.forget(account);
    if (found === null) return NO_CONTENT;
    const { generation, shards } = found;
    const nowMs = this.#options.now();
    const erase = (shard: number) =>
      objects.shard(account, shard, deadline, (object) => object.erase(generation, nowMs));
    await Promise.all(Array.from({ length: shards }, (_, shard) => erase(shard)));
    // After the shards, which write nothing there any more.
    if (this.#bucket !== null && !(await deleteAll(this.#bucket, folderOf(this.#options.archivePrefix, account)))) {
      const message = "The account's archive has more files than one request deletes. Ask for it again.";
      return errorAnswer(503, "erasing", message, { headers: { "retry-after": "1" } });
    }
    await objects.register(account, deadline, (object) => object.erase(generation, nowMs));
    this.#accounts.forget(account);
    return NO_CONTENT;
  }
}

function json(status: number, value: object): Answer {
  return { status, body: JSON.stringify(value) };
}

function written(ms: number): string {
  return new Date(ms).toISOString();
}

function notArchived(): Answer {
  return errorAnswer(404, "not_archived", "The account is not archived.");
}

function noAccount(): Answer {
  return errorAnswer(404, "no_account", "There is no account of this name. PUT makes it.");
}

/** A body that can't be used. */
class BadBody extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super("the body can't be used");
    this.answer = answer;
  }
}

/** The error of a field of the body. */
function bad(field: string, message: string, type = "invalid_value"): BadBody {
  const details = [{ field, message, type }];
  const place = field === "" ? "The body" : field;
  return new BadBody(errorAnswer(400, "invalid_body", `${place} ${message}.`, { details }));
}

async function body(request: Request, deadline: Deadline): Promise<unknown> {
  const bytes = await readBounded(request, { maxBytes: MAX_BYTES, deadline });
  if (bytes === null) {
    throw new BadBody(errorAnswer(413, "too_large", `The body must have ${MAX_BYTES} bytes at most.`));
  }
  try {
    return bytes.length === 0 ? {} : JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw bad("", "must be JSON text", "json_invalid");
  }
}

/** The fields of an object that has no others. */
function fields(given: unknown, known: string[]): Record<string, unknown> {
  if (typeof given !== "object" || given === null || Array.isArray(given)) throw bad("", "must be an object");
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown !== undefined) throw bad(`/${unknown.slice(0, 60)}`, `is not known: wanted ${known.join(", ")}`);
  return given as Record<string, unknown>;
}

/** Settings that were checked as options. */
function checked<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const { code, message, path = "" } = error;
    const details = [{ field: path, message, type: code }];
    throw new BadBody(errorAnswer(400, "invalid_body", message, { details }));
  }
}

function instant(value: unknown, nowMs: number): number {
  const ms = instantMs(value);
  if (ms > nowMs) return ms;
  throw bad("/expiresAt", "must be a time in the future, such as 2030-01-01T00:00:00Z");
}
