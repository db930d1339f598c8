import type { Generations } from "../generation.js";
import type { DurableStorage, SqlValue } from "../platform.js";
import { hasTable, StoredTally, type Tally } from "../tally.js";
import type { AccountSettings } from "./settings.js";

/** The most secrets and the most tokens of an account. */
export const MOST_SECRETS = 16;
export const MOST_TOKENS = 100;

/** What the Worker knows of an account in order to receive deliveries and to answer questions. */
export interface RegisterView {
  /** Grows when an account is made again after it was erased. */
  generation: number;
  /** Grows with each change of the settings. */
  version: number;
  shards: number;
  /** The account's own endpoint; `false` if it has none, and `null` if it has that of the service. */
  forward: string | false | null;
  secrets: string[];
  /** The SHA-256 of each token, in hexadecimal digits. */
  tokens: { hash: string; expiresMs: number | null; writes: boolean }[];
}

/** What the administrator sees of an account: no secret and no token. */
export interface RegisterEntry {
  settings: AccountSettings;
  createdMs: number;
  secrets: { id: string; createdMs: number }[];
  tokens: { id: string; name: string | null; createdMs: number; expiresMs: number | null; writes: boolean }[];
}

/** What a change of the settings has done. */
export type Put =
  | { done: "made" | "changed"; settings: AccountSettings }
  | { done: "other_shards"; shards: number }
  | { done: "erasing" };

/** Records that the account added itself, and can take back together. */
export interface Backfill {
  number: number;
  name: string;
  createdMs: number;
}

/** What has become of an addition. */
export type Addition = { done: "added" | "known"; id: string } | { done: "too_many" } | { done: "no_account" };

/** The settings, the secrets and the tokens of an account, and what became of deliveries that were not stored. */
export class Register {
  readonly #storage: DurableStorage;
  readonly #generations: Generations;
  readonly #tally: StoredTally;

  constructor(storage: DurableStorage, generations: Generations) {
    this.#storage = storage;
    this.#generations = generations;
    this.#tally = new StoredTally(storage);
  }

  /** What the Worker needs; `null` if there is no account. */
  view(): RegisterView | null {
    const row = this.#row();
    if (row === null || row.isErasing) return null;
    const { shards, forward } = row.settings;
    const tokens = this.#rows("SELECT hash, expires_ms, writes FROM tokens ORDER BY rowid");
    return {
      generation: row.generation,
      version: row.version,
      shards: shards ?? 1,
      forward: forward ?? null,
      secrets: this.#rows("SELECT secret FROM secrets ORDER BY rowid").map(({ secret }) => String(secret)),
      tokens: tokens.map(({ hash, expires_ms, writes }) => ({
        hash: String(hash),
        expiresMs: expires_ms as number | null,
        writes: writes === 1,
      })),
    };
  }

  /** What the administrator sees; `null` if there is no account. */
  entry(): RegisterEntry | null {
    const row = this.#row();
    if (row === null || row.isErasing) return null;
    const secrets = this.#rows("SELECT id, created_ms FROM secrets ORDER BY rowid");
    const tokens = this.#rows("SELECT id, name, created_ms, expires_ms, writes FROM tokens ORDER BY rowid");
    return {
      settings: row.settings,
      createdMs: row.generation,
      secrets: secrets.map(({ id, created_ms }) => ({ id: String(id), createdMs: Number(created_ms) })),
      tokens: tokens.map(({ id, name, created_ms, expires_ms, writes }) => ({
        id: String(id),
        name: name as string | null,
        createdMs: Number(created_ms),
        expiresMs: expires_ms as number | null,
        writes: writes === 1,
      })),
    };
  }

  /** Makes the account, or replaces its settings. The number of shards stays. */
  put(settings: AccountSettings, ifNoShards: number, nowMs: number): Put {
    return this.#storage.transactionSync(() => {
      const row = this.#row();
      if (row?.isErasing) return { done: "erasing" };
      const shards = row?.settings.shards ?? settings.shards ?? ifNoShards;
      if (settings.shards !== undefined && settings.shards !== shards) return { done: "other_shards", shards };
      const whole = { ...settings, shards };
      const text = JSON.stringify(whole);
      if (row === null) {
        this.#make();
        const generation = Math.max(nowMs, this.#generations.ended + 1);
        const insert = "INSERT INTO settings (json, generation, version, erasing) VALUES (?, ?, 1, 0)";
        this.#storage.sql.exec(insert, text, generation);
      } else this.#storage.sql.exec("UPDATE settings SET json = ?, version = version + 1", text);
      return { done: row === null ? "made" : "changed", settings: whole };
    });
  }

  addSecret(id: string, secret: string, nowMs: number): Addition {
    if (this.view() === null) return { done: "no_account" };
    const [{ id: known } = {}] = this.#rows("SELECT id FROM secrets WHERE secret = ?", secret);
    if (known !== undefined) return { done: "known", id: String(known) };
    if (this.#count("secrets") >= MOST_SECRETS) return { done: "too_many" };
    this.#storage.sql.exec("INSERT INTO secrets (id, secret, created_ms) VALUES (?, ?, ?)", id, secret, nowMs);
    return { done: "added", id };
  }

  addToken(
    token: { id: string; hash: string; name: string | null; expiresMs: number | null; writes: boolean },
    nowMs: number,
  ): Addition {
    if (this.view() === null) return { done: "no_account" };
    this.#storage.sql.exec("DELETE FROM tokens WHERE expires_ms <= ?", nowMs);
    if (this.#count("tokens") >= MOST_TOKENS) return { done: "too_many" };
    const { id, hash, name, expiresMs, writes } = token;
    const insert = "INSERT INTO tokens (id, hash, name, created_ms, expires_ms, writes) VALUES (?, ?, ?, ?, ?, ?)";
    this.#storage.sql.exec(insert, id, hash, name, nowMs, expiresMs, Number(writes));
    return { done: "added", id };
  }

  /** Removes a secret or a token. Whether there was one. */
  remove(table: "secrets" | "tokens", id: string): boolean {
    if (this.view() === null) return false;
    return this.#rows(`DELETE FROM ${table} WHERE id = ? RETURNING id`, id).length > 0;
  }

  /** The number of a backfill, a new one if there is none of this name. `null` if there is no account. */
  backfill(name: string, nowMs: number): number | null {
    if (this.view() === null) return null;
    const [{ number } = {}] = this.#rows("SELECT number FROM backfills WHERE name = ? AND removing = 0", name);
    if (number !== undefined) return Number(number);
    const insert = "INSERT INTO backfills (name, created_ms, removing) VALUES (?, ?, 0) RETURNING number";
    const [{ number: made } = {}] = this.#rows(insert, name, nowMs);
    return Number(made);
  }

  /** Begins to remove the backfills of a name, and gives their numbers. */
  removeBackfill(name: string): number[] {
    if (this.view() === null) return [];
    const rows = this.#rows("UPDATE backfills SET removing = 1 WHERE name = ? RETURNING number", name);
    return rows.map(({ number }) => Number(number));
  }

  /** Forgets a backfill that has been removed. */
  forgetBackfill(number: number): void {
    if (this.view() !== null) this.#storage.sql.exec("DELETE FROM backfills WHERE number = ?", number);
  }

  /** The backfills, the oldest first. */
  backfills(): Backfill[] {
    if (this.view() === null) return [];
    const rows = this.#rows("SELECT number, name, created_ms FROM backfills WHERE removing = 0 ORDER BY number");
    return rows.map(({ number, name, created_ms }) => {
      return { number: Number(number), name: String(name), createdMs: Number(created_ms) };
    });
  }

  /** Adds to the tally of an account that exists. */
  addTally(tally: Tally): void {
    const row = this.#row();
    if (row === null || row.isErasing || Object.keys(tally).length === 0) return;
    this.#storage.transactionSync(() => this.#tally.add(tally));
  }

  tally(): Tally {
    return this.#tally.read();
  }

  /** Begins to erase the account: from now on it does not exist. What has to be erased; `null` if there is nothing. */
  beginErasing(): { generation: number; shards: number } | null {
    const row = this.#row();
    if (row === null) return null;
    this.#storage.sql.exec("UPDATE settings SET erasing = 1");
    return { generation: row.generation, shards: row.settings.shards ?? 1 };
  }

  #make(): void {
    const { sql } = this.#storage;
    sql.exec(
      "CREATE TABLE settings (json TEXT NOT NULL, generation INTEGER NOT NULL, version INTEGER NOT NULL, erasing INTEGER NOT NULL)",
    );
    sql.exec("CREATE TABLE secrets (id TEXT PRIMARY KEY, secret TEXT NOT NULL UNIQUE, created_ms INTEGER NOT NULL)");
    sql.exec(
      "CREATE TABLE tokens (id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, name TEXT, created_ms INTEGER NOT NULL, expires_ms INTEGER, writes INTEGER NOT NULL)",
    );
    // The number of a backfill is never given again. Its name may be, once it is being removed.
    sql.exec(
      "CREATE TABLE backfills (number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, created_ms INTEGER NOT NULL, removing INTEGER NOT NULL)",
    );
  }

  #row(): { settings: AccountSettings; generation: number; version: number; isErasing: boolean } | null {
    if (!hasTable(this.#storage, "settings")) return null;
    const [row] = this.#rows("SELECT json, generation, version, erasing FROM settings");
    if (row === undefined) return null;
    const { json, generation, version, erasing } = row;
    const settings = JSON.parse(String(json)) as AccountSettings;
    return { settings, generation: Number(generation), version: Number(version), isErasing: erasing === 1 };
  }

  #count(table: "secrets" | "tokens"): number {
    const [{ n } = {}] = this.#rows(`SELECT count(*) AS n FROM ${table}`);
    return Number(n);
  }

  #rows(statement: string, ...values: unknown[]): Record<string, SqlValue>[] {
    return this.#storage.sql.exec(statement, ...values).toArray();
  }
}
