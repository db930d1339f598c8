import type { DurableStorage } from "../platform.js";

/**
 * Which id came first with each signature. The vendor signs the body of a delivery and its time, and not its id. A record that is known
 * only by the id of its delivery would count again if somebody sent the delivery again with another id.
 */
export class Claims {
  readonly #storage: DurableStorage;

  constructor(storage: DurableStorage) {
    this.#storage = storage;
    storage.sql.exec(
      "CREATE TABLE IF NOT EXISTS claims (signature TEXT PRIMARY KEY, id TEXT NOT NULL, until_ms INTEGER NOT NULL) WITHOUT ROWID",
    );
    storage.sql.exec("CREATE INDEX IF NOT EXISTS claims_until ON claims (until_ms)");
  }

  /**
   * The id that came first with a signature.
   *
   * @param id the id that came now
   * @param untilMs when the signature will be too old to be accepted
   */
  claim(signature: string, id: string, untilMs: number, nowMs: number): string {
    const { sql } = this.#storage;
    sql.exec("DELETE FROM claims WHERE until_ms < ?", nowMs);
    const insert = "INSERT INTO claims (signature, id, until_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
    sql.exec(insert, signature, id, untilMs);
    const [{ id: first } = {}] = sql.exec("SELECT id FROM claims WHERE signature = ?", signature).toArray();
    return String(first ?? id);
  }
}
