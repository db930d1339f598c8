import type { DurableStorage } from "./platform.js";
import { hasTable } from "./tally.js";

/** A value that an object keeps as JSON, in a table of its own. */
export class StoredJson<T> {
  readonly #storage: DurableStorage;
  readonly #table: string;

  /** `table` is a name that SQL takes as it is. */
  constructor(storage: DurableStorage, table: string) {
    this.#storage = storage;
    this.#table = table;
  }

  /** `null` if there is none. */
  read(): T | null {
    if (!hasTable(this.#storage, this.#table)) return null;
    const [{ json } = {}] = this.#storage.sql.exec(`SELECT json FROM ${this.#table}`).toArray();
    return json === undefined ? null : (JSON.parse(String(json)) as T);
  }

  write(value: T): void {
    const { sql } = this.#storage;
    sql.exec(`CREATE TABLE IF NOT EXISTS ${this.#table} (one INTEGER PRIMARY KEY, json TEXT NOT NULL)`);
    sql.exec(`INSERT OR REPLACE INTO ${this.#table} (one, json) VALUES (1, ?)`, JSON.stringify(value));
  }

  remove(): void {
    this.#storage.sql.exec(`DROP TABLE IF EXISTS ${this.#table}`);
  }
}
