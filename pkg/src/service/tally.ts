import type { DurableStorage } from "./platform.js";

/** Sums by their names. A name that begins with `last` is an instant in epoch milliseconds: the latest one counts. */
export type Tally = Record<string, number>;

const isInstant = (name: string) => name.startsWith("last");

/** Adds a tally to another one. */
export function addTally(to: Tally, from: Tally): void {
  for (const [name, value] of Object.entries(from)) {
    if (value === 0) continue;
    const before = to[name] ?? 0;
    to[name] = isInstant(name) ? Math.max(before, value) : before + value;
  }
}

/** The tally of a register, in its SQLite: one row, because each row that is written has a price. */
export class StoredTally {
  readonly #storage: DurableStorage;

  constructor(storage: DurableStorage) {
    this.#storage = storage;
  }

  add(tally: Tally): void {
    const { sql } = this.#storage;
    sql.exec("CREATE TABLE IF NOT EXISTS tally (one INTEGER PRIMARY KEY, json TEXT NOT NULL)");
    const sum = this.read();
    addTally(sum, tally);
    sql.exec("INSERT OR REPLACE INTO tally (one, json) VALUES (1, ?)", JSON.stringify(sum));
  }

  read(): Tally {
    if (!hasTable(this.#storage, "tally")) return {};
    const [{ json } = {}] = this.#storage.sql.exec("SELECT json FROM tally").toArray();
    return JSON.parse(String(json ?? "{}")) as Tally;
  }
}

/** Whether the object's database has a table. An object that nobody has written to stores nothing. */
export function hasTable({ sql }: DurableStorage, name: string): boolean {
  return sql.exec("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", name).toArray().length > 0;
}
