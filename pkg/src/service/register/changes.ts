import type { DurableStorage } from "../platform.js";
import { hasTable } from "../tally.js";

/**
 * The number of an account's version, in its register. It grows with each change that the register hears of.
 *
 * It is stored, because an object may be evicted between two questions. It is written only if somebody has asked for it since the last
 * change, so an account at which nobody looks writes no rows for it.
 */
export class Changes {
  readonly #storage: DurableStorage;

  constructor(storage: DurableStorage) {
    this.#storage = storage;
  }

  /** Notes that something has changed. */
  note(): void {
    if (!hasTable(this.#storage, "version")) return; // nobody has asked yet
    this.#storage.sql.exec("UPDATE version SET n = n + 1, is_known = 0 WHERE is_known = 1");
  }

  /** The number. From now on somebody knows it, so the next change makes another one. */
  read(): number {
    const { sql } = this.#storage;
    if (!hasTable(this.#storage, "version")) {
      sql.exec("CREATE TABLE version (one INTEGER PRIMARY KEY, n INTEGER NOT NULL, is_known INTEGER NOT NULL)");
      sql.exec("INSERT INTO version (one, n, is_known) VALUES (1, 1, 1)");
    }
    sql.exec("UPDATE version SET is_known = 1 WHERE is_known = 0");
    const [{ n } = {}] = sql.exec("SELECT n FROM version").toArray();
    return Number(n);
  }
}
