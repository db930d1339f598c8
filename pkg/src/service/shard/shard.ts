import type { DurableStorage } from "../platform.js";

/** A trimmed record that arrives at its shard. */
export interface Arrival {
  key: Uint8Array | null;
  record: string;
}

/** What has become of arrivals. */
export interface Added {
  counted: number;
  /** Also those that replaced a record of their id. */
  duplicates: number;
  notCounted: number;
}

/** The records of one shard. */
export class Shard {
  readonly #storage: DurableStorage;

  constructor(storage: DurableStorage) {
    this.#storage = storage;
    storage.sql.exec("CREATE TABLE IF NOT EXISTS records (key TEXT PRIMARY KEY, record TEXT NOT NULL)");
  }

  add(arrivals: Arrival[], _source: number): Added {
    return this.#storage.transactionSync(() => {
      const added: Added = { counted: 0, duplicates: 0, notCounted: 0 };
      for (const { key, record } of arrivals) {
        const text = key === null ? crypto.randomUUID() : [...key].join(".");
        const insert = "INSERT OR IGNORE INTO records (key, record) VALUES (?, ?) RETURNING key";
        const isNew = this.#storage.sql.exec(insert, text, record).toArray().length > 0;
        added[isNew ? "counted" : "duplicates"]++;
      }
      return added;
    });
  }

  stored(): number {
    const [{ n } = {}] = this.#storage.sql.exec("SELECT count(*) AS n FROM records").toArray();
    return Number(n);
  }
}
