import type { SqlStorage } from "../platform.js";

/** The parts of a trimmed record that tell names. */
interface Telling {
  agentId?: string;
  agentName?: string;
  phoneNumber?: string;
  phoneNumberId?: string;
  startedAt?: string;
  receivedAt?: string;
  data?: { numberId?: string; startedAt?: string; receivedAt?: string };
}

/**
 * The names that only records told which do not count: calls that were not completed, duplicates, and what was replaced or taken back.
 * Each row has a record that tells the names and counts nothing, a call in progress.
 */
export class ToldNames {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(
      "CREATE TABLE IF NOT EXISTS names (told TEXT PRIMARY KEY, at_ms INTEGER NOT NULL, n INTEGER NOT NULL, record TEXT NOT NULL) WITHOUT ROWID",
    );
  }

  /**
   * Keeps the names of a record, if they are not known of a later time.
   *
   * @param n the number of the change in the log
   */
  keep(record: string, n: number): void {
    const telling = JSON.parse(record) as Telling;
    const { agentId, agentName, phoneNumber, data } = telling;
    const phoneNumberId = data?.numberId ?? telling.phoneNumberId;
    if (agentName === undefined && (phoneNumber === undefined || phoneNumberId === undefined)) return;
    const { startedAt, receivedAt } = data ?? telling;
    const at = startedAt ?? receivedAt ?? "";
    const names = { agentId, agentName, phoneNumber, phoneNumberId };
    const told = JSON.stringify({ ...names, status: "in-progress", startedAt: at });
    this.#sql.exec(
      `INSERT INTO names (told, at_ms, n, record) VALUES (?, ?, ?, ?)
        ON CONFLICT (told) DO UPDATE SET at_ms = excluded.at_ms, n = excluded.n, record = excluded.record
        WHERE excluded.at_ms > at_ms`,
      JSON.stringify(names),
      Date.parse(at),
      n,
      told,
    );
  }

  /** The records of names that are new after one change and up to another one. */
  between(after: number, last: number): string[] {
    const rows = this.#sql.exec("SELECT record FROM names WHERE n > ? AND n <= ?", after, last);
    return rows.toArray().map(({ record }) => String(record));
  }

  /** All of them. */
  all(): string[] {
    return this.between(-1, Number.MAX_SAFE_INTEGER);
  }
}
