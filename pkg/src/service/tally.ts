import type { DurableStorage } from "./platform.js";

/** Sums by their names. A name that begins with `last` is an instant in epoch milliseconds: the latest one counts. */
export type Tally = Record<string, number>;

const isInstant = (name: string) => name.startsWith("last");

/** Adds a tally to another one. */
export function addTally(to: Tally, from: Tally): void {
  for (const [name, value] of Object.entries(from)) {
    const before = to[name] ?? 0;
    to[name] = isInstant(name) ? Math.max(before, value) : before + value;
  }
}

/** The tally of an object, in its SQLite. */
export class StoredTally {
  readonly #storage: DurableStorage;

  constructor(storage: DurableStorage) {
    this.#storage = storage;
  }

  add(tally: Tally): void {
    const { sql } = this.#storage;
    sql.exec("CREATE TABLE IF NOT EXISTS tally (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID");
    for (const [name, value] of Object.entries(tally)) {
      const both = isInstant(name) ? "max(value, excluded.value)" : "value + excluded.value";
      sql.exec(
        `INSERT INTO tally (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = ${both}`,
        name,
        value,
      );
    }
  }

  read(): Tally {
    if (!hasTable(this.#storage, "tally")) return {};
    const rows = this.#storage.sql.exec("SELECT name, value FROM tally").toArray();
    return Object.fromEntries(rows.map(({ name, value }) => [name, value])) as Tally;
  }
}

/** Whether the object's database has a table. An object that nobody has written to stores nothing. */
export function hasTable({ sql }: DurableStorage, name: string): boolean {
  return sql.exec("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", name).toArray().length > 0;
}
