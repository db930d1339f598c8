import type { TrimmedRecord } from "usage-by-agent";
import { Deadline } from "../../handler/deadline.js";
import { shardOf } from "../names.js";
import type { Objects, RemoteObject } from "../objects.js";
import type { Register, RegisterView } from "../register/register.js";

/** How long a shard may take, in milliseconds. */
const SHARD_MS = 30_000;

/** The account has been erased, or its backfill is being taken back. */
export class Removed extends Error {}

/** The shards of the account of a register, seen from the register. */
export class OwnShards {
  readonly #register: Register;
  readonly #objects: Objects;
  readonly #account: string;

  constructor(register: Register, objects: Objects, account: string) {
    this.#register = register;
    this.#objects = objects;
    this.#account = account;
  }

  /** What the register knows now. */
  get view(): RegisterView {
    const view = this.#register.view();
    if (view === null) throw new Removed();
    return view;
  }

  /** The number of a backfill. */
  source(name: string, nowMs: number): number {
    const source = this.#register.backfill(name, nowMs);
    if (source === null) throw new Removed();
    return source;
  }

  /** Asks one shard. */
  async ask<T>(shard: number, ask: (object: RemoteObject) => Promise<T>): Promise<T> {
    const deadline = new Deadline(SHARD_MS);
    try {
      return await this.#objects.shard(this.#account, shard, deadline, ask);
    } finally {
      deadline.end();
    }
  }

  /** Asks each shard that has some of the records. */
  async each<T extends Pick<TrimmedRecord, "key">>(
    records: readonly T[],
    ask: (object: RemoteObject, own: T[], generation: number) => Promise<void>,
  ): Promise<void> {
    const { shards, generation } = this.view;
    const byShard = new Map<number, T[]>();
    for (const record of records) {
      const shard = shardOf(record.key?.[0], shards);
      byShard.set(shard, [...(byShard.get(shard) ?? []), record]);
    }
    for (const [shard, own] of byShard) await this.ask(shard, (object) => ask(object, own, generation));
  }
}
