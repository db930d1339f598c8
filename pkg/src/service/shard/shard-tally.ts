import type { DurableStorage } from "../platform.js";
import { addTally, type Tally } from "../tally.js";
import type { Log } from "./log.js";

/** The tally of a shard. The last change of a transaction has it, or a row of its own if nothing has changed but the tally. */
export class ShardTally {
  readonly #storage: DurableStorage;
  readonly #log: Log;
  /** What is stored; `undefined` if that is not known. */
  #sum: Tally | undefined;

  constructor(storage: DurableStorage, log: Log) {
    this.#storage = storage;
    this.#log = log;
    storage.sql.exec(
      "CREATE TABLE IF NOT EXISTS tally (one INTEGER PRIMARY KEY, n INTEGER NOT NULL, json TEXT NOT NULL)",
    );
  }

  /** Adds a tally, after the changes that it is about and in their transaction. */
  add(tally: Tally): void {
    this.#sum ??= this.read();
    addTally(this.#sum, tally);
    const json = JSON.stringify(this.#sum);
    if (this.#log.note(json)) return;
    const put = "INSERT OR REPLACE INTO tally (one, n, json) VALUES (1, ?, ?)";
    this.#storage.sql.exec(put, this.#log.last, json);
  }

  /** Forgets what is in memory, after a transaction has failed. */
  forget(): void {
    this.#sum = undefined;
  }

  read(): Tally {
    const [{ n = -1, json } = {}] = this.#storage.sql.exec("SELECT n, json FROM tally").toArray();
    const note = this.#log.lastNote ?? { n: 0, text: "{}" };
    return JSON.parse(Number(n) >= note.n ? String(json) : note.text) as Tally;
  }
}
