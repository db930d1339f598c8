import type { DurableStorage } from "./platform.js";
import { hasTable } from "./tally.js";

/** How long an erased object remembers that it was erased, in milliseconds. Nobody takes a register's view for current that long. */
const MEMORY_MS = 3_600_000;

/**
 * The generations of an account in one of its objects. An account that is made again after it was erased has a higher generation. A
 * delivery that was accepted before the end of a generation, and arrives after it, must not store anything.
 */
export class Generations {
  readonly #storage: DurableStorage;
  /** The last generation that has ended. */
  #ended: number | undefined;

  constructor(storage: DurableStorage) {
    this.#storage = storage;
  }

  /** The last generation that has ended; 0 if none has, or if that is long ago. */
  get ended(): number {
    this.#ended ??= this.#read();
    return this.#ended;
  }

  #read(): number {
    if (!hasTable(this.#storage, "generation")) return 0;
    const [{ ended } = {}] = this.#storage.sql.exec("SELECT ended FROM generation").toArray();
    return Number(ended ?? 0);
  }

  /** Deletes everything in the object, and remembers for a while that the generation has ended. */
  async end(generation: number, nowMs: number): Promise<void> {
    const ended = Math.max(generation, this.ended);
    await this.#storage.deleteAll();
    const untilMs = nowMs + MEMORY_MS;
    this.#storage.sql.exec("CREATE TABLE generation (ended INTEGER NOT NULL, until_ms INTEGER NOT NULL)");
    this.#storage.sql.exec("INSERT INTO generation (ended, until_ms) VALUES (?, ?)", ended, untilMs);
    this.#ended = ended;
    await this.#storage.setAlarm(untilMs);
  }

  /** When a generation that has ended is forgotten, in epoch milliseconds; `null` if there is none. */
  get nextMs(): number | null {
    if (!hasTable(this.#storage, "generation")) return null;
    const [{ until_ms } = {}] = this.#storage.sql.exec("SELECT until_ms FROM generation").toArray();
    return Number(until_ms ?? 0);
  }

  /**
   * Forgets that a generation has ended, if that is long ago. An alarm may ring for something else. An object that nobody has written to
   * since then stores nothing any more.
   */
  async forgetIfDue(nowMs: number): Promise<void> {
    if ((this.nextMs ?? Number.POSITIVE_INFINITY) > nowMs) return;
    const others =
      "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('generation') AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'";
    this.#ended = 0;
    if (this.#storage.sql.exec(others).toArray().length === 0) await this.#storage.deleteAll();
    else this.#storage.sql.exec("DROP TABLE IF EXISTS generation");
  }
}
