import { UsageRollup } from "usage-by-agent";
import type { ArchivedState } from "../archive/lines.js";
import { type ArchivedPage, type Position, StoredPosition } from "../archive/position.js";
import type { DurableStorage } from "../platform.js";
import type { Tally } from "../tally.js";
import { Counts } from "./counts.js";
import { hold, isHeld, release } from "./held-counts.js";
import { Log } from "./log.js";
import { ShardTally } from "./shard-tally.js";
import { type Row, StoredRecords } from "./stored-records.js";
import { ToldNames } from "./told-names.js";

/** A trimmed record that arrives at its shard. */
export interface Arrival {
  /** The key of its id; `null` for a record without an id, which counts each time it arrives. */
  key: Uint8Array | null;
  /** The trimmed record, as `trimRecords` gives it. */
  record: string;
}

/** A delivery that comes from the queue. */
export interface QueuedArrival {
  key: Uint8Array<ArrayBuffer>;
  record: string;
  /** The account's generation when it was accepted. */
  generation: number;
  tally: Tally;
  ifCounted: Tally;
}

/** What has become of arrivals. */
export interface Added {
  counted: number;
  /** Also those that replaced a record of their id. */
  duplicates: number;
  /** Calls that are not completed, and records whose time can't count. */
  notCounted: number;
}

/** What a shard has counted, or what has changed in it. */
export interface Part {
  /** The number of the last change. */
  n: number;
  /** The changes since the number that was asked for: the known record and the new one, as `UsageRollup.settle` takes them. */
  changes?: Change[];
  /** The snapshot of everything that counts, without ids, if the changes are not known any more or are too many. */
  snapshot?: ReadableStream<Uint8Array>;
}

/** The known record and the new one. Without a new one, the known record was taken back. */
export type Change = [known: string | null, record: string | null];

/** The source of deliveries. Records of other sources may be taken back together. */
export const DELIVERIES = 0;

/** The source of what stands in the place of a record that has moved to another key. */
const MOVED = -1;

/** The most changes that are given in place of a snapshot. */
const MOST_CHANGES = 2000;

/**
 * The records of one shard, and their counts.
 *
 * SQLite has the records under their keys, so ids take no memory. The counts are in memory, without ids. They are made again from the
 * log: its last snapshot, and the changes after it.
 */
export class Shard {
  readonly #id: string;
  readonly #storage: DurableStorage;
  readonly #records: StoredRecords;
  readonly #log: Log;
  /** What was told about deliveries. */
  readonly tally: ShardTally;
  readonly #names: ToldNames;
  readonly #position: StoredPosition;
  #counts: Counts | undefined;
  /** Whether a transaction has begun. */
  #isInside = false;

  /** @param id the id of its object */
  constructor(id: string, storage: DurableStorage) {
    this.#id = id;
    this.#storage = storage;
    this.#records = new StoredRecords(storage.sql);
    this.#log = new Log(storage.sql);
    this.tally = new ShardTally(storage, this.#log);
    this.#names = new ToldNames(storage.sql);
    this.#position = new StoredPosition(storage);
  }

  /**
   * Stores and counts records, all or none of them.
   *
   * @param source 0 for deliveries, or the number of a backfill
   * @throws what the storage throws, and `UsageError`; nothing is stored then
   */
  add(arrivals: readonly Arrival[], source: number): Added {
    return this.#change((counts) => {
      const added: Added = { counted: 0, duplicates: 0, notCounted: 0 };
      for (const arrival of arrivals) added[this.#addOne(counts, arrival, source)]++;
      return added;
    });
  }

  #addOne(counts: Counts, { key, record }: Arrival, source: number): keyof Added {
    const rows = key === null ? [] : this.#records.of(key);
    if (rows.some(({ source }) => source === MOVED)) return "duplicates";
    const known = rows.find(({ counts }) => counts);
    const { outcome, tellsMore } = counts.settle(known?.record ?? null, record);
    switch (outcome) {
      case "counted": {
        const own = key ?? uniqueKey();
        this.#records.put(own, { source, counts: true, record });
        this.#log.add(own, null, record);
        return "counted";
      }
      case "replaced": {
        const before = known as Row;
        this.#replace(key as Uint8Array, before, { source, counts: true, record });
        this.#names.keep(before.record, this.#log.add(key, before.record, record));
        return "duplicates";
      }
      case "duplicate":
        this.#keepBeside(counts, key as Uint8Array, rows, { source, counts: false, record });
        if (tellsMore) this.#names.keep(record, this.#log.add(null, known?.record ?? null, record));
        return "duplicates";
      default:
        if (tellsMore) this.#names.keep(record, this.#log.add(null, null, record));
        return "notCounted";
    }
  }

  /** Stores a record that counts in place of another one. The other one is kept if the new one can be taken back. */
  #replace(key: Uint8Array, known: Row, row: Row): void {
    if (row.source === DELIVERIES) this.#records.delete(key, known.source);
    else if (known.source !== row.source) this.#records.put(key, { ...known, counts: false });
    this.#records.put(key, row);
  }

  /** Keeps a record that does not count, if the one that counts can be taken back and this one can't be at the same time. */
  #keepBeside(counts: Counts, key: Uint8Array, rows: readonly Row[], row: Row): void {
    const known = rows.find((other) => other.counts);
    if (known === undefined || known.source === DELIVERIES || known.source === row.source) return;
    const own = rows.find(({ source }) => source === row.source);
    if (own === undefined || counts.isFuller(row.record, own.record)) this.#records.put(key, row);
  }

  /** Which of these keys have a record that counts, and the records. */
  recordsOf(keys: readonly Uint8Array[]): { key: Uint8Array; record: string }[] {
    return keys.flatMap((key) => {
      const counting = this.#records.of(key).find(({ counts }) => counts);
      return counting === undefined ? [] : [{ key, record: counting.record }];
    });
  }

  /**
   * Takes records back that are stored under other keys now. A delivery of such a key is a duplicate from then on.
   *
   * @returns how many records were taken back
   */
  moved(keys: readonly Uint8Array[]): number {
    return this.#change((counts) => {
      let moved = 0;
      for (const key of keys) {
        const rows = this.#records.of(key);
        if (rows.some(({ source }) => source === MOVED)) continue;
        for (const { source, counts: isCounting, record } of rows) {
          this.#records.delete(key, source);
          if (!isCounting) continue;
          this.#retract(counts, key, record);
          moved++;
        }
        this.#records.put(key, { source: MOVED, counts: false, record: "" });
      }
      return moved;
    });
  }

  /** Whether the records of a source are being taken back, or have been. */
  hasTakenBack(source: number): boolean {
    return source !== DELIVERIES && this.#records.isClosed(source);
  }

  /**
   * Takes back what a source told, up to a number of records. Of the other records of an id, the fullest counts then. The source tells
   * nothing more from then on.
   *
   * @returns how many records were taken back; fewer than `most` when none is left
   */
  takeBack(source: number, most: number): number {
    return this.#change((counts) => {
      this.#records.close(source);
      const rows = this.#records.ofSource(source, most);
      for (const { key, row } of rows) {
        this.#records.delete(key, source);
        if (row.counts) this.#takeBackOne(counts, key, row);
      }
      return rows.length;
    });
  }

  #takeBackOne(counts: Counts, key: Uint8Array, row: Row): void {
    this.#retract(counts, key, row.record);
    const [first, ...rest] = this.#records.of(key);
    if (first === undefined) return;
    const fullest = rest.reduce((best, other) => (counts.isFuller(other.record, best.record) ? other : best), first);
    counts.settle(null, fullest.record);
    this.#records.put(key, { ...fullest, counts: true });
    this.#log.add(key, null, fullest.record);
  }

  /** Takes a record out of the counts. The names that it told stay. */
  #retract(counts: Counts, key: Uint8Array, record: string): void {
    counts.retract(record);
    this.#names.keep(record, this.#log.add(key, record, null));
  }

  /**
   * Brings keys to the states that an archive had, as far as a source tells them.
   *
   * @param states what the source tells of each key from now on: a record, or nothing
   */
  restore(states: readonly Omit<ArchivedState, "source">[], source: number): Added {
    return this.#change((counts) => {
      const added: Added = { counted: 0, duplicates: 0, notCounted: 0 };
      for (const { key, record } of states) {
        const before = key && this.#records.of(key).find((row) => row.source === source);
        if (key && before && before.record !== record) {
          this.#records.delete(key, source);
          if (before.counts) this.#takeBackOne(counts, key, before);
        }
        if (record !== null) added[this.#addOne(counts, { key, record }, source)]++;
      }
      return added;
    });
  }

  /**
   * The next part of what has changed since it was archived. From the first call on, all changes are kept until they are archived.
   *
   * @param archive the archive. Another one than the last begins with everything that counts.
   * @param most the most keys of a part
   */
  archivable(archive: string, most: number): ArchivedPage {
    let position = this.#position.read();
    if (position?.archive !== archive) {
      position = { archive, dumped: new Uint8Array(), pages: 0, n: this.#log.last };
      this.#position.write(position);
    }
    return position.dumped === null ? this.#changedPage(position, most) : this.#dumpedPage(position, most);
  }

  /** A part of all records that counted when archiving began. What changes meanwhile comes after them. */
  #dumpedPage({ archive, dumped, pages, n }: Position, most: number): ArchivedPage {
    const page = this.#records.countingAfter(dumped ?? new Uint8Array(), most);
    const states: ArchivedState[] = page.map(({ key, row: { record, source } }) => ({ key, record, source }));
    const isLast = page.length < most;
    if (isLast) states.push(...this.#names.all().map(told));
    const after = { archive, dumped: isLast ? null : (page.at(-1)?.key ?? null), pages: pages + 1, n };
    return { name: `0-${padded(pages)}`, states, after, isLast: false };
  }

  #changedPage({ archive, pages, n }: Position, most: number): ArchivedPage {
    const { keys, last } = this.#log.keysSince(n, most);
    const states = keys.map((key): ArchivedState => {
      const row = this.#records.of(key).find(({ counts }) => counts);
      return { key, record: row?.record ?? null, source: row?.source ?? DELIVERIES };
    });
    states.push(...this.#names.between(n, last).map(told));
    const after = { archive, dumped: null, pages, n: last };
    return { name: `1-${padded(n)}-${padded(last)}`, states, after, isLast: last - n < most };
  }

  /** Notes that a part is archived. */
  archived({ after }: ArchivedPage): void {
    if (this.#position.read()?.archive === after.archive) this.#position.write(after); // unless archiving has ended meanwhile
  }

  /** Archives no more. */
  endArchiving(): void {
    this.#position.remove();
  }

  /**
   * What has changed since a change, or everything that counts.
   *
   * @param since the number of the last change that the caller knows; 0 if it knows none
   */
  part(since: number): Part {
    const changes = this.#log.since(since, MOST_CHANGES);
    if (changes !== undefined) return { n: this.#log.last, changes };
    return { n: this.#log.last, snapshot: streamOf(this.#live().snapshot()) };
  }

  /**
   * Everything that counts as a snapshot with the ids, which can be merged anywhere. It takes up to 24 bytes of memory for each id while
   * it is made.
   */
  snapshot(): ReadableStream<Uint8Array> {
    const rollup = new UsageRollup({ onInvalid: "skip" });
    try {
      const names = this.#names.all();
      if (names.length > 0) rollup.push(names.join("\n"));
      for (const records of this.#records.counting()) rollup.push(records.join("\n"));
      return streamOf(rollup.snapshot() as Uint8Array<ArrayBuffer>);
    } finally {
      rollup.free();
    }
  }

  /** How many records are stored that count. */
  get stored(): number {
    return this.#live().counted;
  }

  #release(): void {
    if (this.#counts !== undefined) release(this.#id, this.#counts);
    this.#counts = undefined;
  }

  /** Forgets what is in memory, after storage has been erased or a transaction has failed. */
  forget(): void {
    this.#release();
    this.#log.forget();
    this.tally.forget();
  }

  #live(): Counts {
    if (this.#counts !== undefined && (!isHeld(this.#id, this.#counts) || this.#counts.isLost)) this.#release();
    if (this.#counts === undefined) {
      const counts = new Counts();
      try {
        this.#log.restore(counts);
      } catch (error) {
        counts.free();
        throw error;
      }
      this.#counts = counts;
      hold(this.#id, counts);
    }
    return this.#counts;
  }

  /**
   * Does some work in one transaction, in which records may be changed several times, and other things be stored with them.
   *
   * @throws what the work and the storage throw; nothing is stored then
   */
  together<T>(work: () => T): T {
    if (this.#isInside) return work(); // each transaction takes time, also inside another one
    this.#isInside = true;
    try {
      return this.#storage.transactionSync(() => {
        const result = work();
        this.#log.write();
        return result;
      });
    } catch (error) {
      this.forget(); // the counts in memory may be ahead of the storage
      throw error;
    } finally {
      this.#isInside = false;
    }
  }

  /** Changes records, counts and log together. */
  #change<T>(work: (counts: Counts) => T): T {
    return this.together(() => {
      const counts = this.#live();
      const result = work(counts);
      this.#log.shorten(counts, () => this.#position.read()?.n ?? Number.POSITIVE_INFINITY);
      return result;
    });
  }
}

/** The key of a record without an id. No id has a key of this length. */
function uniqueKey(): Uint8Array {
  const key = crypto.getRandomValues(new Uint8Array(16));
  key[0] = (key[0] ?? 0) & 63; // as the first byte of the key of an id
  return key;
}

/** A record that only tells names, as the archive has it. */
const told = (record: string): ArchivedState => ({ key: null, record, source: DELIVERIES });

/** A number as a part of a name. Names are in the order of their numbers. */
const padded = (n: number) => String(n).padStart(12, "0");

/** A stream, because the platform passes at most 32 MiB as a value. */
function streamOf(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
  return new Response(bytes).body as ReadableStream<Uint8Array>;
}
