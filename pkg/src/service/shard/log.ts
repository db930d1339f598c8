import type { SqlStorage } from "../platform.js";
import type { Counts } from "./counts.js";
import type { Change } from "./shard.js";
import { bytesOf } from "./stored-records.js";

/** How many changes are kept for those who keep counts of their own. */
const KEPT = 2000;

/** The least and the most changes between two snapshots. Each is read again when the counts are made again. */
const LEAST = 1000;
const MOST = 50_000;

/** How many bytes a change takes, about. */
const CHANGE_BYTES = 500;

/** The longest part of a snapshot in one row. The platform takes rows of up to 2 MB. */
const PART_BYTES = 1 << 20;

/** How many changes are read at once. */
const PAGE = 1000;

/**
 * The log of a shard: a snapshot of its counts, and the changes since then. A snapshot is written when the changes since the last one
 * take as much as the snapshot, so that on average each change is written twice.
 */
export class Log {
  readonly #sql: SqlStorage;
  #ends: { last: number; snapshot: number; bytes: number } | undefined;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec("CREATE TABLE IF NOT EXISTS changes (n INTEGER PRIMARY KEY, key BLOB, known TEXT, record TEXT)");
    sql.exec("CREATE TABLE IF NOT EXISTS snapshot (part INTEGER PRIMARY KEY, n INTEGER NOT NULL, bytes BLOB NOT NULL)");
  }

  /** The number of the last change. */
  get last(): number {
    return this.#known.last;
  }

  /**
   * Writes a change.
   *
   * @param key the key of which another record counts now; `null` if only a name was told
   * @returns its number
   */
  add(key: Uint8Array | null, known: string | null, record: string | null): number {
    const n = ++this.#known.last;
    const insert = "INSERT INTO changes (n, key, known, record) VALUES (?, ?, ?, ?)";
    this.#sql.exec(insert, n, key && bytesOf(key), known, record);
    return n;
  }

  /** The keys of the changes after one of them, each once, and the number of the last of these changes. */
  keysSince(after: number, most: number): { keys: Uint8Array[]; last: number } {
    const rows = this.#sql.exec("SELECT n, key FROM changes WHERE n > ? ORDER BY n LIMIT ?", after, most).toArray();
    const keys = new Map<string, Uint8Array>();
    for (const { key } of rows) {
      if (key === null) continue;
      const bytes = new Uint8Array(key as ArrayBuffer);
      keys.set(String(bytes), bytes);
    }
    const { n: last } = rows.at(-1) ?? { n: after };
    return { keys: [...keys.values()], last: Number(last) };
  }

  /** The changes after one of them; `undefined` if they are not all known, or are more than `most`. */
  since(n: number, most: number): Change[] | undefined {
    const { last } = this.#known;
    if (n > last || last - n > most) return;
    const changes = this.#page(n, most);
    return changes.length === last - n ? changes : undefined;
  }

  /** Makes the counts again. */
  restore(counts: Counts): void {
    const { snapshot, last } = this.#known;
    if (snapshot > 0) counts.merge(this.#snapshot());
    for (let n = snapshot; n < last; ) {
      const changes = this.#page(n, PAGE);
      for (const [known, record] of changes) {
        if (record !== null) counts.settle(known, record);
        else if (known !== null) counts.retract(known);
      }
      n += changes.length;
    }
  }

  /**
   * Writes a snapshot in place of the changes, if there are many.
   *
   * @param keptAfter gives the number of the change after which all are kept
   */
  shorten(counts: Counts, keptAfter: () => number): void {
    const { last, snapshot, bytes } = this.#known;
    if (last - snapshot < Math.min(Math.max(bytes / CHANGE_BYTES, LEAST), MOST)) return;
    const whole = counts.snapshot();
    this.#sql.exec("DELETE FROM snapshot");
    for (let at = 0, part = 0; at < whole.length; at += PART_BYTES, part++) {
      const bytes = whole.slice(at, at + PART_BYTES).buffer;
      this.#sql.exec("INSERT INTO snapshot (part, n, bytes) VALUES (?, ?, ?)", part, last, bytes);
    }
    this.#sql.exec("DELETE FROM changes WHERE n <= ?", Math.min(last - KEPT, keptAfter()));
    this.#ends = { last, snapshot: last, bytes: whole.length };
  }

  /** Forgets what is in memory. */
  forget(): void {
    this.#ends = undefined;
  }

  #page(after: number, most: number): Change[] {
    const rows = this.#sql.exec("SELECT known, record FROM changes WHERE n > ? ORDER BY n LIMIT ?", after, most);
    return rows.toArray().map(({ known, record }) => [known as string | null, record as string | null]);
  }

  get #known(): { last: number; snapshot: number; bytes: number } {
    if (this.#ends === undefined) {
      const one = (query: string) => this.#sql.exec(query).toArray()[0] ?? {};
      const { last } = one("SELECT max(n) AS last FROM changes");
      const { n, bytes } = one("SELECT max(n) AS n, sum(length(bytes)) AS bytes FROM snapshot");
      this.#ends = { last: Number(last ?? 0), snapshot: Number(n ?? 0), bytes: Number(bytes ?? 0) };
    }
    return this.#ends;
  }

  #snapshot(): Uint8Array {
    const parts = this.#sql.exec("SELECT bytes FROM snapshot ORDER BY part").toArray();
    const chunks = parts.map(({ bytes }) => new Uint8Array(bytes as ArrayBuffer));
    const whole = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
    let at = 0;
    for (const chunk of chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole;
  }
}
