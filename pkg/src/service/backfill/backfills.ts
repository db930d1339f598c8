import { type Diagnostics, type TrimmedRecord, trimRecordsStream, UsageError } from "usage-by-agent";
import { Deadline } from "../../handler/deadline.js";
import { type Answer, errorAnswer } from "../../handler/http/answer.js";
import { shardOf } from "../names.js";
import type { Objects, RemoteObject } from "../objects.js";
import type { Authorized } from "../register/authorize.js";
import type { Added } from "../shard/shard.js";
import { isBackfillName, NAME_IN_WORDS } from "./name.js";
import { keyOfUpload } from "./upload-keys.js";

/** How long the objects may take for one batch, in milliseconds. */
const BATCH_MS = 30_000;

/** How many records a shard gets at once. Together they have some hundred kilobytes; the platform passes 32 MiB at most. */
const BATCH = 500;

/** How many records a shard takes back at once. */
const TAKEN_AT_ONCE = 1000;

/** How many records one request takes back of each shard, so that it ends within the platform's limits. */
const TAKEN_BY_REQUEST = 20_000;

/** How many problems an answer lists. */
const PROBLEMS = 20;

/** What the key of an upload looks like. */
const UPLOAD = /^[\x21-\x7e]{1,128}$/;

/** The errors of the records themselves. Other errors may not come again. */
const OF_RECORDS = new Set(["unknown_records", "invalid_json", "invalid_record"]);

/** After which time the account's register hears again that shards change, in milliseconds. */
const NOTE_MS = 1000;

/** The account or the backfill has been removed while records arrived. */
class Removed extends Error {}

/** Records that an account adds itself, and takes back. */
export class Backfills {
  readonly #objects: Objects;
  readonly #now: () => number;

  constructor(objects: Objects, now: () => number) {
    this.#objects = objects;
    this.#now = now;
  }

  /**
   * Adds the records of the body of a request. The same body may be sent again: a record with an id counts once in any case, and one
   * without an id counts once for each key of an upload.
   */
  async add(request: Request, { account, view }: Authorized): Promise<Answer> {
    const name = nameOf(request);
    const upload = request.headers.get("idempotency-key");
    if (name === null) return invalidName();
    if (upload !== null && !UPLOAD.test(upload)) {
      return errorAnswer(400, "invalid_header", "Idempotency-Key must be 1 to 128 visible characters of ASCII.");
    }
    if (request.body === null) return errorAnswer(400, "no_body", "The request has no body: wanted records as JSON.");
    const source = await this.#within(request, (deadline) =>
      this.#objects.register(account, deadline, (object) => object.registerBackfill(name, this.#now())),
    );
    if (source === null) return removed();

    const waiting = Array.from({ length: view.shards }, (): TrimmedRecord[] => []);
    const sum: Added = { counted: 0, duplicates: 0, notCounted: 0 };
    let notedMs = this.#now();
    const flush = async (shard: number) => {
      const arrivals = waiting[shard] ?? [];
      waiting[shard] = [];
      if (arrivals.length === 0) return;
      const added = await this.#within(request, (deadline) =>
        this.#objects.shard(account, shard, deadline, (object) =>
          object.addBackfill(arrivals, source, view.generation),
        ),
      );
      if (added === null) throw new Removed();
      for (const kind of ["counted", "duplicates", "notCounted"] as const) sum[kind] += added[kind];
      if (this.#now() - notedMs < NOTE_MS) return;
      notedMs = this.#now();
      await this.#noteChange(request, account);
    };
    let diagnostics: Diagnostics | undefined;
    let withoutId = 0;
    try {
      for await (const part of trimRecordsStream(request.body)) {
        diagnostics = part.diagnostics;
        for (const { key, record } of part.records) {
          if (key === null) withoutId++;
          const known = key ?? (upload === null ? null : await keyOfUpload(upload, withoutId));
          const shard = shardOf(known?.[0], view.shards);
          const own = waiting[shard];
          own?.push({ key: known, record });
          if (own?.length === BATCH) await flush(shard);
        }
      }
      for (let shard = 0; shard < view.shards; shard++) await flush(shard);
    } catch (error) {
      if (error instanceof Removed) return removed();
      if (error instanceof UsageError && OF_RECORDS.has(error.code)) return refused(error);
      throw error;
    } finally {
      await this.#noteChange(request, account);
    }
    return { status: 200, body: JSON.stringify({ backfill: name, ...told(sum, diagnostics), withoutId }) };
  }

  /** Takes a backfill back. A large one takes several requests: the answer says whether it is done. */
  async takeBack(request: Request, { account, view }: Authorized): Promise<Answer> {
    const name = nameOf(request);
    if (name === null) return invalidName();
    const register = <T>(ask: (object: RemoteObject) => Promise<T>) =>
      this.#within(request, (deadline) => this.#objects.register(account, deadline, ask));
    const sources = await register((object) => object.registerRemoveBackfill(name));
    let takenBack = 0;
    try {
      for (const source of sources) {
        const counts = await Promise.all(
          Array.from({ length: view.shards }, (_, shard) => this.#takeBackFrom(request, account, shard, source)),
        );
        takenBack += counts.reduce((sum, { taken }) => sum + taken, 0);
        if (counts.some(({ isDone }) => !isDone)) return done(name, takenBack, false);
        await register((object) => object.registerForgetBackfill(source));
      }
    } finally {
      await this.#noteChange(request, account);
    }
    return done(name, takenBack, true);
  }

  /** Tells the register that shards have changed. What is done stays done if that fails. */
  async #noteChange(request: Request, account: string): Promise<void> {
    const note = (deadline: Deadline) =>
      this.#objects.register(account, deadline, (object) => object.registerNoteChange());
    await this.#within(request, note).catch(() => {});
  }

  async #takeBackFrom(
    request: Request,
    account: string,
    shard: number,
    source: number,
  ): Promise<{ taken: number; isDone: boolean }> {
    let taken = 0;
    while (taken < TAKEN_BY_REQUEST) {
      const count = await this.#within(request, (deadline) =>
        this.#objects.shard(account, shard, deadline, (object) => object.takeBack(source, TAKEN_AT_ONCE)),
      );
      taken += count;
      if (count < TAKEN_AT_ONCE) return { taken, isDone: true };
    }
    return { taken, isDone: false };
  }

  async #within<T>(request: Request, ask: (deadline: Deadline) => Promise<T>): Promise<T> {
    const deadline = new Deadline(BATCH_MS, request.signal);
    try {
      return await ask(deadline);
    } finally {
      deadline.end();
    }
  }
}

/** The name of the backfill of a request, `records` if it names none; `null` if it can't be a name. */
function nameOf(request: Request): string | null {
  const name = new URL(request.url).searchParams.get("backfill") ?? "records";
  return isBackfillName(name) ? name : null;
}

function invalidName(): Answer {
  return errorAnswer(400, "invalid_backfill", `The name of the backfill can't be used: wanted ${NAME_IN_WORDS}.`);
}

function removed(): Answer {
  return errorAnswer(409, "removed", "The account or the backfill has been removed meanwhile.");
}

function refused({ code, message, path = "", line }: UsageError): Answer {
  const place = line === undefined ? path : `${path} (line ${line})`;
  return errorAnswer(422, code, message, { details: [{ field: place, message, type: code }] });
}

function told(sum: Added, diagnostics: Diagnostics | undefined): object {
  const { records = 0, ignored = {}, invalid = 0, problems = [] } = diagnostics ?? {};
  return { records, ...sum, ignored, invalid, problems: problems.slice(0, PROBLEMS) };
}

function done(backfill: string, takenBack: number, isDone: boolean): Answer {
  return { status: 200, body: JSON.stringify({ backfill, takenBack, done: isDone }) };
}
