import * as workers from "cloudflare:workers";
import { Archiver, type ShownArchive, type WantedArchive } from "./archive/archiver.js";
import { bucketOf, fileOf, gzipped } from "./archive/bucket.js";
import { type ArchivedState, linesOf } from "./archive/lines.js";
import { Collector } from "./collecting/collector.js";
import type { CollectingSettings } from "./collecting/settings.js";
import { Generations } from "./generation.js";
import type { DurableBase, DurableState, DurableStorage } from "./platform.js";
import { StoredDead } from "./queue/dead.js";
import { Claims } from "./receive/claims.js";
import { Changes } from "./register/changes.js";
import {
  type Addition,
  type Backfill,
  type Put,
  Register,
  type RegisterEntry,
  type RegisterView,
} from "./register/register.js";
import type { AccountSettings } from "./register/settings.js";
import { type Added, type Arrival, DELIVERIES, type Part, type QueuedArrival, Shard } from "./shard/shard.js";
import type { ShardTally } from "./shard/shard-tally.js";
import { addTally, hasTable, type Tally } from "./tally.js";

/** Not the platform's own class: then the package's types would need the platform's types. */
const Base: new (ctx: DurableState, env: unknown) => DurableBase = workers.DurableObject;

/**
 * The class of the service's Durable Objects. The records of an account are in several objects, its shards, and its settings in another
 * one, its register. Export the class from your Worker, and bind it under the name `USAGE`. Its methods are for the service alone.
 *
 * @example
 * ```jsonc
 * // wrangler.jsonc
 * "durable_objects": { "bindings": [{ "name": "USAGE", "class_name": "UsageShard" }] },
 * "migrations": [{ "tag": "v1", "new_sqlite_classes": ["UsageShard"] }]
 * ```
 */
export class UsageShard extends Base {
  readonly #id: string;
  readonly #storage: DurableStorage;
  readonly #generations: Generations;
  readonly #env: unknown;
  #parts: Parts | undefined;
  /** Whether a part is on its way to the archive. */
  #isArchiving = false;

  /**
   * @param ctx the object's state, from the platform
   * @param env the bindings, from the platform
   */
  constructor(ctx: DurableState, env: unknown) {
    super(ctx, env);
    this.#id = ctx.id.toString();
    this.#storage = ctx.storage;
    this.#env = env;
    this.#generations = new Generations(ctx.storage);
  }

  /** Made when they are first needed, so that an object that is only asked stores nothing. */
  get #made(): Parts {
    this.#parts ??= {
      shard: new Shard(this.#id, this.#storage),
      claims: new Claims(this.#storage),
    };
    return this.#parts;
  }

  /**
   * Stores trimmed records, and what is told about their delivery. `null` if the account's generation has ended.
   *
   * @internal
   */
  add(arrivals: Arrival[], source: number, generation: number, tally: Tally, ifCounted: Tally): Added | null {
    return this.#add(arrivals, source, generation, (added) => ({
      ...tally,
      ...added,
      ...(added.counted > 0 && ifCounted),
    }));
  }

  /**
   * Stores trimmed records of a backfill. `null` if the account's generation has ended, or the backfill is being taken back.
   *
   * @internal
   */
  addBackfill(arrivals: Arrival[], source: number, generation: number): Added | null {
    return this.#asBackfill(source, generation, (shard) => shard.add(arrivals, source));
  }

  /**
   * Brings keys to the states of an archive, see {@link Shard.restore}. `null` if the account's generation has ended, or the backfill is
   * being taken back.
   *
   * @internal
   */
  restore(states: Omit<ArchivedState, "source">[], source: number, generation: number): Added | null {
    return this.#asBackfill(source, generation, (shard) => shard.restore(states, source));
  }

  #asBackfill(source: number, generation: number, change: (shard: Shard) => Added): Added | null {
    if (generation <= this.#generations.ended || this.#made.shard.hasTakenBack(source)) return null;
    return this.#together((shard, tally) => {
      const added = change(shard);
      const told = Object.entries(added).map(([name, value]) => [`backfill.${name}`, value]);
      tally.add(Object.fromEntries(told));
      return added;
    });
  }

  /**
   * Stores trimmed records that move from another key. `null` if the account's generation has ended.
   *
   * @internal
   */
  addMoved(arrivals: Arrival[], generation: number): Added | null {
    return this.#add(arrivals, DELIVERIES, generation, () => ({}));
  }

  /**
   * Stores deliveries of the queue in one transaction, but not those of a generation that has ended.
   *
   * @internal
   */
  addQueued(arrivals: QueuedArrival[]): void {
    const current = arrivals.filter(({ generation }) => generation > this.#generations.ended);
    if (current.length === 0) return;
    this.#together((shard, tally) => {
      const sum: Tally = {};
      for (const { key, record, tally: told, ifCounted } of current) {
        const added = shard.add([{ key, record }], DELIVERIES);
        addTally(sum, { ...told, ...added, ...(added.counted > 0 && ifCounted) });
      }
      tally.add(sum);
    });
  }

  #add(arrivals: Arrival[], source: number, generation: number, tallyOf: (added: Added) => Tally): Added | null {
    if (generation <= this.#generations.ended) return null;
    return this.#together((shard, tally) => {
      const added = shard.add(arrivals, source);
      tally.add(tallyOf(added));
      return added;
    });
  }

  /** Changes the records and the tally in one transaction. */
  #together<T>(change: (shard: Shard, tally: ShardTally) => T): T {
    const { shard } = this.#made;
    return shard.together(() => change(shard, shard.tally));
  }

  /**
   * What has changed since a change, see {@link Shard.part}. An object that has stored nothing stays empty.
   *
   * @internal
   */
  part(since: number): Part {
    return this.#isEmpty ? { n: 0, changes: [] } : this.#made.shard.part(since);
  }

  /**
   * Everything that counts, with the ids, see {@link Shard.snapshot}. `null` if the object has never been a shard.
   *
   * @internal
   */
  snapshot(): ReadableStream<Uint8Array> | null {
    return this.#isEmpty ? null : this.#made.shard.snapshot();
  }

  /**
   * Takes back what a source told, see {@link Shard.takeBack}.
   *
   * @internal
   */
  takeBack(source: number, most: number): number {
    return this.#together((shard, tally) => {
      const count = shard.takeBack(source, most);
      tally.add({}); // the last change always has the tally
      return count;
    });
  }

  /**
   * The records of keys that count, see {@link Shard.recordsOf}.
   *
   * @internal
   */
  recordsOf(keys: Uint8Array[]): { key: Uint8Array; record: string }[] {
    return this.#isEmpty ? [] : this.#made.shard.recordsOf(keys);
  }

  /**
   * Takes records back that are stored under other keys, see {@link Shard.moved}. `null` if the account's generation has ended.
   *
   * @internal
   */
  moved(keys: Uint8Array[], generation: number): number | null {
    if (generation <= this.#generations.ended) return null;
    return this.#together((shard, tally) => {
      const moved = shard.moved(keys);
      tally.add({ byDelivery: -moved });
      return moved;
    });
  }

  /**
   * The id of the delivery that first came with a signature. `null` if the account's generation has ended.
   *
   * @internal
   */
  claim(signature: string, id: string, generation: number, untilMs: number, nowMs: number): string | null {
    if (generation <= this.#generations.ended) return null;
    return this.#made.claims.claim(signature, id, untilMs, nowMs);
  }

  /**
   * What was told about deliveries, and how many records are stored that count.
   *
   * @internal
   */
  ingested(): { tally: Tally; records: number } {
    if (this.#isEmpty) return { tally: {}, records: 0 };
    const { shard } = this.#made;
    return { tally: shard.tally.read(), records: shard.stored };
  }

  /**
   * Archives the next part of what has changed. It counts as archived when it is in the bucket, so what fails is done again. `null` if the
   * account's generation has ended.
   *
   * @internal
   */
  async archivePage(order: ArchiveOrder): Promise<{ lines: number; isLast: boolean } | null> {
    const { bucket: binding, folder, archive, day, shard: number, generation, names } = order;
    if (generation <= this.#generations.ended) return null;
    if (this.#isEmpty) return { lines: 0, isLast: true };
    const bucket = bucketOf(this.#env, binding);
    if (bucket === null) throw new Error(`the bucket ${binding} is not bound`);
    if (this.#isArchiving) throw new Error("a part of the shard is being archived already");
    this.#isArchiving = true;
    try {
      const page = this.#made.shard.archivable(archive, ARCHIVED_AT_ONCE);
      const { states, isLast } = page;
      if (states.length > 0) {
        const nameOf = new Map(names);
        const file = fileOf(folder, day, number, page.name);
        await bucket.put(file, await gzipped(linesOf(states, (source) => nameOf.get(source))));
        if (generation <= this.#generations.ended) {
          await bucket.delete(file); // the account was erased meanwhile
          return null;
        }
      }
      this.#made.shard.archived(page);
      return { lines: states.length, isLast };
    } finally {
      this.#isArchiving = false;
    }
  }

  /**
   * Archives no more.
   *
   * @internal
   */
  endArchiving(): void {
    if (!this.#isEmpty) this.#made.shard.endArchiving();
  }

  /** Whether the object has never been a shard. Then it stores nothing, and must stay so. */
  get #isEmpty(): boolean {
    return this.#parts === undefined && !hasTable(this.#storage, "records");
  }

  /**
   * Erases everything that the object has stored. Deliveries of this generation are not stored any more.
   *
   * @internal
   */
  async erase(generation: number, nowMs: number): Promise<void> {
    this.#parts?.shard.forget();
    this.#parts = undefined;
    await this.#generations.end(generation, nowMs);
  }

  /** @internal */
  async alarm(): Promise<void> {
    await this.#generations.forgetIfDue(Date.now());
    await this.#archiver.step();
    await this.#collector.step();
    await this.#setAlarm();
  }

  /** An object has one alarm, which rings for whatever is due first. */
  async #setAlarm(): Promise<void> {
    const due = [this.#generations, this.#archiver, this.#collector].flatMap(({ nextMs }) => nextMs ?? []);
    if (due.length > 0) await this.#storage.setAlarm(Math.min(...due));
  }

  get #archiver(): Archiver {
    return new Archiver(this.#storage, this.#register, this.#changes, this.#env);
  }

  /** @internal */
  async registerArchiveNow(): Promise<boolean> {
    const isArchived = this.#archiver.hurry(Date.now());
    await this.#setAlarm();
    return isArchived;
  }

  /** @internal */
  registerEndArchiving(): Promise<boolean> {
    return this.#archiver.end();
  }

  /** @internal */
  registerArchive(): ShownArchive | null {
    return this.#archiver.shown;
  }

  get #collector(): Collector {
    return new Collector(this.#storage, this.#register, this.#changes, this.#env);
  }

  /** @internal */
  async registerPutCollecting(settings: CollectingSettings, account: string, binding: string): Promise<boolean> {
    const isPut = this.#collector.put(settings, account, binding);
    await this.#setAlarm();
    return isPut;
  }

  /** @internal */
  registerRemoveCollecting(): boolean {
    return this.#collector.remove();
  }

  get #dead(): StoredDead {
    return new StoredDead(this.#storage);
  }

  /** @internal */
  registerAddDead(text: string): void {
    if (this.#register.view() === null) return; // an erased account keeps nothing
    this.#dead.add(text);
    this.#changes.note();
  }

  /** @internal */
  registerDead(most: number): { n: number; text: string }[] {
    return this.#dead.first(most);
  }

  /** @internal */
  registerRemoveDead(numbers: number[]): number {
    this.#dead.remove(numbers);
    this.#changes.note();
    return this.#dead.count;
  }

  get #changes(): Changes {
    return new Changes(this.#storage);
  }

  /**
   * Notes that a shard of the account has changed, or may have.
   *
   * @internal
   */
  registerNoteChange(): void {
    this.#changes.note();
  }

  /**
   * What the register knows of what has arrived. `null` if there is no account.
   *
   * @internal
   */
  async registerIngested(wanted: WantedArchive | null): Promise<RegisterIngested | null> {
    const view = await this.#view(wanted);
    if (view === null) return null;
    return {
      view,
      version: `${view.generation}-${view.version}-${this.#changes.read()}`,
      tally: this.#register.tally(),
      backfills: this.#register.backfills(),
      collecting: this.#collector.shown,
      archive: this.#archiver.shown,
      dead: this.#dead.count,
    };
  }

  get #register(): Register {
    return new Register(this.#storage, this.#generations);
  }

  /**
   * What the Worker needs of the account; `null` if there is none. The Worker says where it wants it to be archived.
   *
   * @internal
   */
  registerView(wanted: WantedArchive | null): Promise<RegisterView | null> {
    return this.#view(wanted);
  }

  async #view(wanted: WantedArchive | null): Promise<RegisterView | null> {
    if (wanted !== null && this.#archiver.want(wanted, Date.now())) await this.#setAlarm();
    return this.#register.view();
  }

  /** @internal */
  registerEntry(): RegisterEntry | null {
    return this.#register.entry();
  }

  /** @internal */
  registerPut(settings: AccountSettings, ifNoShards: number, nowMs: number): Put {
    return this.#register.put(settings, ifNoShards, nowMs);
  }

  /** @internal */
  registerAddSecret(id: string, secret: string, nowMs: number): Addition {
    return this.#register.addSecret(id, secret, nowMs);
  }

  /** @internal */
  registerAddToken(token: Parameters<Register["addToken"]>[0], nowMs: number): Addition {
    return this.#register.addToken(token, nowMs);
  }

  /** @internal */
  registerRemove(table: "secrets" | "tokens", id: string): boolean {
    return this.#register.remove(table, id);
  }

  /** @internal */
  registerBackfill(name: string, nowMs: number): number | null {
    this.#changes.note();
    return this.#register.backfill(name, nowMs);
  }

  /** @internal */
  registerRemoveBackfill(name: string): number[] {
    this.#changes.note();
    return this.#register.removeBackfill(name);
  }

  /** @internal */
  registerForgetBackfill(number: number): void {
    this.#register.forgetBackfill(number);
  }

  /**
   * Adds to the tally, and notes that a shard may have changed.
   *
   * @internal
   */
  registerAddTally(tally: Tally): void {
    this.#register.addTally(tally);
    this.#changes.note();
  }

  /** @internal */
  registerBeginErasing(): { generation: number; shards: number } | null {
    return this.#register.beginErasing();
  }
}

/** What the register knows of what has arrived at the account. */
export interface RegisterIngested {
  view: RegisterView;
  /** Another text after each change that the register has heard of. */
  version: string;
  tally: Tally;
  backfills: Backfill[];
  collecting: Collector["shown"];
  archive: ShownArchive | null;
  /** How many deliveries the queue gave up. */
  dead: number;
}

/** What a shard needs to know in order to archive a part. */
export interface ArchiveOrder {
  /** The binding of the bucket. */
  bucket: string;
  /** The folder of the archive, and its name. */
  folder: string;
  archive: string;
  /** The day of the night, and the number of the shard: they are in the name of the file. */
  day: string;
  shard: number;
  generation: number;
  /** The names of backfills by their numbers. */
  names: [number: number, name: string][];
}

/** How many keys a file of the archive has at most. They take some megabytes while it is written. */
const ARCHIVED_AT_ONCE = 5000;

interface Parts {
  shard: Shard;
  claims: Claims;
}
