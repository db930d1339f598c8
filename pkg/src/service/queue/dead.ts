import { Deadline } from "../../handler/deadline.js";
import type { Objects } from "../objects.js";
import type { DurableStorage, MessageBatch } from "../platform.js";
import { hasTable } from "../tally.js";
import { queuedOf } from "./message.js";

/** How long a register may take, in milliseconds. */
const REGISTER_MS = 30_000;

/** The most deliveries of an account that are kept. */
const MOST = 100_000;

/** Keeps the deliveries of a dead-letter queue in the registers of their accounts, so that they can be tried again. */
export async function keepDead({ messages }: MessageBatch, objects: Objects): Promise<unknown[]> {
  const errors: unknown[] = [];
  for (const message of messages) {
    const queued = queuedOf(message.body);
    if (queued === null) {
      message.ack();
      continue;
    }
    const deadline = new Deadline(REGISTER_MS);
    try {
      const text = JSON.stringify(queued);
      await objects.register(queued.account, deadline, (object) => object.registerAddDead(text));
      message.ack();
    } catch (error) {
      errors.push(error);
      message.retry();
    } finally {
      deadline.end();
    }
  }
  return errors;
}

/** The deliveries of an account that a queue gave up. */
export class StoredDead {
  readonly #storage: DurableStorage;

  constructor(storage: DurableStorage) {
    this.#storage = storage;
  }

  /** How many there are. */
  get count(): number {
    if (!hasTable(this.#storage, "dead")) return 0;
    const [{ n } = {}] = this.#storage.sql.exec("SELECT count(*) AS n FROM dead").toArray();
    return Number(n);
  }

  add(text: string): void {
    const { sql } = this.#storage;
    sql.exec("CREATE TABLE IF NOT EXISTS dead (n INTEGER PRIMARY KEY AUTOINCREMENT, queued TEXT NOT NULL UNIQUE)");
    if (this.count >= MOST) throw new Error(`the account has ${MOST} deliveries that could not be stored`);
    sql.exec("INSERT OR IGNORE INTO dead (queued) VALUES (?)", text);
  }

  /** The first of them. */
  first(most: number): { n: number; text: string }[] {
    if (!hasTable(this.#storage, "dead")) return [];
    const rows = this.#storage.sql.exec("SELECT n, queued FROM dead ORDER BY n LIMIT ?", most).toArray();
    return rows.map(({ n, queued }) => ({ n: Number(n), text: String(queued) }));
  }

  /** Removes those that have been stored. */
  remove(numbers: readonly number[]): void {
    for (const n of numbers) this.#storage.sql.exec("DELETE FROM dead WHERE n = ?", n);
  }
}
