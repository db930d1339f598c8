import { OwnShards, Removed } from "../collecting/own-shards.js";
import { Objects } from "../objects.js";
import type { Bucket, DurableNamespace, DurableStorage } from "../platform.js";
import type { Changes } from "../register/changes.js";
import type { Register } from "../register/register.js";
import { StoredJson } from "../stored-json.js";
import type { Archiving, Night } from "./archiving.js";
import { type ArchiveSettings, bucketOf, folderOf, noteWhole } from "./bucket.js";

/** How long one step may take, in milliseconds. The platform ends an alarm after 15 minutes. */
const STEP_MS = 60_000;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** In how many minutes after midnight accounts begin. */
const SPREAD = 180;

/** The pause after a failure, in milliseconds. It doubles with each failure, up to an hour. */
const PAUSE_MS = 60_000;
const MOST_PAUSE_MS = 3_600_000;

/** What the Worker wants to be archived. */
export interface WantedArchive extends ArchiveSettings {
  account: string;
  /** The binding of the class. */
  binding: string;
}

/** How an account is archived, as `GET /v1/ingest` tells it. */
export type ShownArchive = Pick<Archiving, "archive" | "isWhole" | "last" | "failure" | "nextMs">;

/** Archives an account each night, step by step, each in an alarm of the account's register. */
export class Archiver {
  readonly #stored: StoredJson<Archiving>;
  readonly #register: Register;
  readonly #changes: Changes;
  readonly #env: Record<string, unknown>;

  constructor(storage: DurableStorage, register: Register, changes: Changes, env: unknown) {
    this.#stored = new StoredJson(storage, "archiving");
    this.#register = register;
    this.#changes = changes;
    this.#env = env as Record<string, unknown>;
  }

  /** Begins an archive, unless it has begun. Whether it has begun now. */
  want({ account, binding, bucket, prefix }: WantedArchive, nowMs: number): boolean {
    const known = this.#stored.read();
    const isKnown = known?.bucket === bucket && known.prefix === prefix && known.binding === binding;
    if (isKnown || this.#register.view() === null) return false;
    const archive = new Date(nowMs).toISOString().replace(/[:.]/g, "");
    const minute = Math.floor(Math.random() * SPREAD);
    const fresh = { isWhole: false, night: null, last: null, failure: null, failures: 0 };
    const nextMs = nightAfter(nowMs, minute);
    this.#write({ account, binding, bucket, prefix, archive, minute, ...fresh, nextMs });
    return true;
  }

  /** Archives at the next alarm. Whether the account is archived. */
  hurry(nowMs: number): boolean {
    const archiving = this.#stored.read();
    if (archiving === null) return false;
    this.#write({ ...archiving, nextMs: nowMs });
    return true;
  }

  /** Ends archiving. What is in the bucket stays. Whether the account was archived. */
  async end(): Promise<boolean> {
    const archiving = this.#stored.read();
    if (archiving === null) return false;
    this.#stored.remove(); // first, so that a step that is going on ends
    this.#changes.note();
    const shards = this.#shards(archiving);
    for (let shard = 0; shard < shards.view.shards; shard++) {
      await shards.ask(shard, (object) => object.endArchiving());
    }
    return true;
  }

  /** How the account is archived; `null` if it is not. */
  get shown(): ShownArchive | null {
    const archiving = this.#stored.read();
    if (archiving === null) return null;
    const { archive, isWhole, last, failure, nextMs } = archiving;
    return { archive, isWhole, last, failure, nextMs };
  }

  /** When the next step is due, in epoch milliseconds; `null` if the account is not archived. */
  get nextMs(): number | null {
    return this.#stored.read()?.nextMs ?? null;
  }

  /** Does the next step, if it is due. */
  async step(): Promise<void> {
    const archiving = this.#stored.read();
    const nowMs = Date.now();
    if (archiving === null || archiving.nextMs > nowMs) return;
    const night = archiving.night ?? { atMs: nowMs, shard: 0, files: 0, lines: 0 };
    let after: Partial<Archiving>;
    try {
      const isDone = await this.#goOn(archiving, night, nowMs + STEP_MS);
      const next = isDone
        ? { night: null, last: night, isWhole: true, nextMs: nightAfter(nowMs, archiving.minute) }
        : { night, nextMs: nowMs };
      after = { failure: null, failures: 0, ...next };
    } catch (error) {
      const failures = archiving.failures + 1;
      const pause = Math.min(PAUSE_MS * 2 ** (failures - 1), MOST_PAUSE_MS);
      const failure = error instanceof Known ? error.message : "the bucket or a shard can't be reached";
      after = { night, failure, failures, nextMs: nowMs + pause };
    }
    const now = this.#stored.read();
    if (now?.archive === archiving.archive) this.#write({ ...now, ...after });
  }

  /** Goes on with a night until it is done or the time is over, and writes into it how far it is. Whether it is done. */
  async #goOn(archiving: Archiving, night: Night, untilMs: number): Promise<boolean> {
    const { account, archive, bucket: binding, prefix } = archiving;
    const bucket = bucketOf(this.#env, binding);
    if (bucket === null) throw new Known(`the bucket ${binding} is not bound`);
    const shards = this.#shards(archiving);
    const { generation, shards: count } = shards.view;
    const folder = `${folderOf(prefix, account)}${archive}/`;
    const day = new Date(night.atMs).toISOString().slice(0, 10);
    while (night.shard < count) {
      if (Date.now() >= untilMs) return false;
      const { shard } = night;
      const names = this.#register.backfills().map(({ number, name }): [number, string] => [number, name]);
      const order = { bucket: binding, folder, archive, day, shard, generation, names };
      const page = await shards.ask(shard, (object) => object.archivePage(order));
      if (page === null) throw new Known("the account is being erased");
      night.files += Number(page.lines > 0);
      night.lines += page.lines;
      if (page.isLast) night.shard++;
      if (this.#stored.read()?.archive !== archive) throw new Removed();
    }
    if (!archiving.isWhole) await this.#noteWhole(bucket, folder, archiving);
    return true;
  }

  #noteWhole(bucket: Bucket, folder: string, { account, archive }: Archiving): Promise<void> {
    const { generation, shards } = this.#register.view() ?? { generation: 0, shards: 0 };
    return noteWhole(bucket, folder, { account, archive, generation, shards, wholeAt: new Date().toISOString() });
  }

  #shards({ account, binding }: Archiving): OwnShards {
    return new OwnShards(this.#register, new Objects(this.#env[binding] as DurableNamespace), account);
  }

  #write(archiving: Archiving): void {
    this.#stored.write(archiving);
    this.#changes.note();
  }
}

/** A failure that the owner understands. */
class Known extends Error {}

/** The next time that is a minute of a day in UTC. */
function nightAfter(nowMs: number, minute: number): number {
  const midnight = nowMs - (nowMs % DAY_MS);
  const today = midnight + minute * MINUTE_MS;
  return today > nowMs ? today : today + DAY_MS;
}
