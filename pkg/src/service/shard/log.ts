import type { SqlStorage } from "../platform.js";
import type { Counts } from "./counts.js";
import type { Change } from "./shard.js";
import { bytesOf } from "./stored-records.js";

/** How many changes are kept at least for those who keep counts of their own. */
const KEPT = 2000;

/**
 * The tables of the changes: one that is written to, and one with the changes before. A table is dropped as a whole, because each row that
 * is deleted has the price of a row that is written.
 */
const TABLES = ["changes_0", "changes_1"] as const;
const CHANGES = "(SELECT * FROM changes_0 UNION ALL SELECT * FROM changes_1)";

/** The least and the most changes between two snapshots. Each is read again when the counts are made again. */
const LEAST = 1000;
const MOST = 50_000;

/** How many bytes a change takes, about. */
const CHANGE_BYTES = 500;

/** The longest part of a snapshot in one row. The platform takes rows of up to 2 MB. */
const PART_BYTES = 1 << 20;

/** How many changes are read at once. */
const PAGE = 1000;

/** What is known of the log without reading it. */
interface Ends {
  /** The number of the last change. */
  last: number;
  /** The number of the last change in the snapshot. */
  snapshot: number;
  /** The length of the snapshot. */
  bytes: number;
  /** Which of the tables is written to. */
  current: 0 | 1;
  /** The number of the last change in the other table; 0 if it has none. */
  before: number;
}

/** A change that is not written yet. */
interface Entry {
  n: number;
  key: Uint8Array | null;
  known: string | null;
  record: string | null;
}

/**
 * The log of a shard: a snapshot of its counts, and the changes since then. A snapshot is written when the changes since the last one
 * take as much as the snapshot, so that on average each change is written twice.
 *
 * A change may also have a note, the tally of the shard after it: a row of its own would have a price.
 */
export class Log {
  readonly #sql: SqlStorage;
  #ends: Ends | undefined;
  /** The changes of the transaction that is going on. */
  #added: Entry[] = [];
  #note: string | null = null;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    for (const table of TABLES) this.#create(table);
    sql.exec("CREATE TABLE IF NOT EXISTS snapshot (part INTEGER PRIMARY KEY, n INTEGER NOT NULL, bytes BLOB NOT NULL)");
  }

  #create(table: string): void {
    const columns = "n INTEGER PRIMARY KEY, key BLOB, known TEXT, record TEXT, note TEXT";
    this.#sql.exec(`CREATE TABLE IF NOT EXISTS ${table} (${columns})`);
  }

  /** The number of the last change. */
  get last(): number {
    return this.#known.last;
  }

  /**
   * Adds a change. {@link write} writes it.
   *
   * @param key the key of which another record counts now; `null` if only a name was told
   * @returns its number
   */
  add(key: Uint8Array | null, known: string | null, record: string | null): number {
    const n = ++this.#known.last;
    this.#added.push({ n, key, known, record });
    return n;
  }

  /** Gives the last change of this transaction a note. Whether there is a change. */
  note(text: string): boolean {
    this.#note = text;
    return this.#added.length > 0;
  }

  /** The last note that was written, and the number of its change. */
  get lastNote(): { n: number; text: string } | undefined {
    const last = `SELECT n, note FROM ${CHANGES} WHERE note IS NOT NULL ORDER BY n DESC LIMIT 1`;
    const [{ n, note } = {}] = this.#sql.exec(last).toArray();
    return n === undefined ? undefined : { n: Number(n), text: String(note) };
  }

  /** Writes the changes of a transaction, before it ends. */
  write(): void {
    const insert = `INSERT INTO ${TABLES[this.#known.current]} (n, key, known, record, note) VALUES (?, ?, ?, ?, ?)`;
    const [last, note] = [this.#added.at(-1), this.#note];
    for (const entry of this.#added) {
      const { n, key, known, record } = entry;
      this.#sql.exec(insert, n, key && bytesOf(key), known, record, entry === last ? note : null);
    }
    this.#added = [];
    this.#note = null;
  }

  /** The keys of the changes after one of them, each once, and the number of the last of these changes. */
  keysSince(after: number, most: number): { keys: Uint8Array[]; last: number } {
    const rows = this.#sql.exec(`SELECT n, key FROM ${CHANGES} WHERE n > ? ORDER BY n LIMIT ?`, after, most).toArray();
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
    const repeat = (known: string | null, record: string | null) => {
      if (record !== null) counts.settle(known, record);
      else if (known !== null) counts.retract(known);
    };
    for (let n = snapshot; n < last - this.#added.length; ) {
      const changes = this.#page(n, PAGE);
      for (const [known, record] of changes) repeat(known, record);
      n += changes.length;
    }
    for (const { n, known, record } of this.#added) if (n > snapshot) repeat(known, record);
  }

  /**
   * Writes a snapshot in place of the changes, if there are many.
   *
   * @param keptAfter gives the number of the change after which all are kept
   */
  shorten(counts: Counts, keptAfter: () => number): void {
    const ends = this.#known;
    const { last, snapshot, bytes } = ends;
    if (last - snapshot < Math.min(Math.max(bytes / CHANGE_BYTES, LEAST), MOST)) return;
    const whole = counts.snapshot();
    this.#sql.exec("DELETE FROM snapshot");
    for (let at = 0, part = 0; at < whole.length; at += PART_BYTES, part++) {
      const bytes = whole.slice(at, at + PART_BYTES).buffer;
      this.#sql.exec("INSERT INTO snapshot (part, n, bytes) VALUES (?, ?, ?)", part, last, bytes);
    }
    ends.snapshot = last;
    ends.bytes = whole.length;
    if (ends.before <= Math.min(last - KEPT, keptAfter())) this.#switchTables(ends);
  }

  /** Empties the table with the earlier changes, and writes to it from now on. */
  #switchTables(ends: Ends): void {
    const current = ends.current === 0 ? 1 : 0;
    if (ends.before > 0) {
      this.#sql.exec(`DROP TABLE ${TABLES[current]}`);
      this.#create(TABLES[current]);
    }
    ends.before = ends.last;
    ends.current = current;
  }

  /** Forgets what is in memory. */
  forget(): void {
    this.#ends = undefined;
    this.#added = [];
    this.#note = null;
  }

  #page(after: number, most: number): Change[] {
    const rows = this.#sql.exec(`SELECT known, record FROM ${CHANGES} WHERE n > ? ORDER BY n LIMIT ?`, after, most);
    return rows.toArray().map(({ known, record }) => [known as string | null, record as string | null]);
  }

  get #known(): Ends {
    if (this.#ends === undefined) {
      const one = (query: string) => this.#sql.exec(query).toArray()[0] ?? {};
      const [first = 0, second = 0] = TABLES.map((table) => {
        const { n } = one(`SELECT max(n) AS n FROM ${table}`);
        return Number(n ?? 0);
      });
      const { n, bytes } = one("SELECT max(n) AS n, sum(length(bytes)) AS bytes FROM snapshot");
      this.#ends = {
        last: Math.max(first, second),
        snapshot: Number(n ?? 0),
        bytes: Number(bytes ?? 0),
        current: first < second ? 1 : 0,
        before: Math.min(first, second),
      };
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
