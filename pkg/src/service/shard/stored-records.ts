import type { SqlStorage, SqlValue } from "../platform.js";

/** A record in the table. */
export interface Row {
  /** The number of its source. */
  source: number;
  /** Whether it is the record of its key that counts. */
  counts: boolean;
  /** The trimmed record. */
  record: string;
}

/** How many records are read at once. */
const PAGE = 2000;

/**
 * The table of the records of a shard. One record of each key counts. Beside it are the records of other sources which would count if
 * that one were taken back.
 */
export class StoredRecords {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`CREATE TABLE IF NOT EXISTS records (
      key BLOB NOT NULL, source INTEGER NOT NULL, counts INTEGER NOT NULL, record TEXT NOT NULL,
      PRIMARY KEY (key, source)) WITHOUT ROWID`);
    sql.exec("CREATE TABLE IF NOT EXISTS closed (source INTEGER PRIMARY KEY)");
  }

  /** The records of a key. */
  of(key: Uint8Array): Row[] {
    const rows = this.#sql.exec("SELECT source, counts, record FROM records WHERE key = ?", bytesOf(key));
    return rows.toArray().map(rowOf);
  }

  /** The records that count, in parts of some thousand. */
  *counting(): Generator<string[]> {
    let after = new Uint8Array();
    for (;;) {
      const page = this.countingAfter(after, PAGE);
      const last = page.at(-1);
      if (last === undefined) return;
      yield page.map(({ row }) => row.record);
      after = last.key;
    }
  }

  /** The first records that count whose keys come after a key. */
  countingAfter(after: Uint8Array, most: number): { key: Uint8Array<ArrayBuffer>; row: Row }[] {
    const page = "SELECT * FROM records WHERE counts = 1 AND key > ? ORDER BY key LIMIT ?";
    return this.#sql.exec(page, bytesOf(after), most).toArray().map(keyed);
  }

  /** Stores the record of a key and a source, over an earlier one. */
  put(key: Uint8Array, { source, counts, record }: Row): void {
    const put = "INSERT OR REPLACE INTO records (key, source, counts, record) VALUES (?, ?, ?, ?)";
    this.#sql.exec(put, bytesOf(key), source, Number(counts), record);
  }

  delete(key: Uint8Array, source: number): void {
    this.#sql.exec("DELETE FROM records WHERE key = ? AND source = ?", bytesOf(key), source);
  }

  /** Notes that a source tells nothing more. */
  close(source: number): void {
    this.#sql.exec("INSERT OR IGNORE INTO closed (source) VALUES (?)", source);
  }

  /** Whether a source tells nothing more. */
  isClosed(source: number): boolean {
    return this.#sql.exec("SELECT 1 FROM closed WHERE source = ?", source).toArray().length > 0;
  }

  /** The first records of a source, with their keys. */
  ofSource(source: number, most: number): { key: Uint8Array; row: Row }[] {
    const rows = this.#sql.exec("SELECT * FROM records WHERE source = ? LIMIT ?", source, most);
    return rows.toArray().map(keyed);
  }
}

function keyed({ key, ...row }: Record<string, SqlValue>): { key: Uint8Array<ArrayBuffer>; row: Row } {
  return { key: new Uint8Array(key as ArrayBuffer), row: rowOf(row) };
}

function rowOf({ source, counts, record }: Record<string, SqlValue>): Row {
  return { source: Number(source), counts: counts === 1, record: String(record) };
}

/** Bytes as the storage takes them. They are copied only where they are a part of other bytes, because a copy takes time. */
export function bytesOf({ buffer, byteOffset, byteLength }: Uint8Array): ArrayBuffer {
  const isWhole = byteLength === buffer.byteLength;
  return (isWhole ? buffer : buffer.slice(byteOffset, byteOffset + byteLength)) as ArrayBuffer;
}
