import { UsageRollup } from "usage-by-agent";
import type { Part } from "../shard/shard.js";

/** Asks a shard what has changed since a change; 0 for everything. */
export type AskShard = (shard: number, since: number) => Promise<Part>;

/** How many accounts have their counts in memory. */
const MOST_ACCOUNTS = 8;

/** How often the shards are asked again because another request has changed the counts meanwhile. */
const MOST_TRIES = 5;

/** The counts of an account: those of its shards together, without ids. */
interface Merged {
  rollup: UsageRollup;
  /** The number of the last change that is counted, for each shard. */
  ends: number[];
}

/**
 * The counts of whole accounts, which are kept between requests. A question asks each shard what has changed since the last one, so the
 * cost of a question is in proportion to the changes. Records of one id are in one shard, so counts without ids can be added.
 *
 * Requests share values only: each asks the shards by itself, and applies what it gets if no other request has done so meanwhile.
 */
export class MergedCounts {
  readonly #kept = new Map<string, Merged>();
  /** Counts that were replaced. A request may be about to read them. */
  readonly #replaced: UsageRollup[] = [];

  /**
   * The counts of an account, up to date.
   *
   * @param account what the account is known by; another text when it is made again
   * @param shards how many shards it has
   */
  async of(account: string, shards: number, ask: AskShard): Promise<UsageRollup> {
    for (let tries = 1; ; tries++) {
      const known = this.#usable(account);
      const ends = known === undefined ? new Array<number>(shards).fill(0) : [...known.ends];
      const parts = await Promise.all(ends.map(async (end, shard) => received(await ask(shard, end))));
      const isCurrent = this.#usable(account) === known && (known === undefined || sameEnds(known.ends, ends));
      if (!isCurrent && tries < MOST_TRIES) continue;
      const applied = isCurrent ? this.#apply(account, known, ends, parts) : undefined;
      if (applied !== undefined) return applied;
      if (tries >= MOST_TRIES) return this.#alone(shards, ask);
      this.forget(account);
    }
  }

  /** Forgets the counts of an account. */
  forget(account: string): void {
    const known = this.#kept.get(account);
    this.#kept.delete(account);
    if (known !== undefined) this.#free(known.rollup);
  }

  /** The counts that are kept, unless they were lost with their instance of the module. */
  #usable(account: string): Merged | undefined {
    const known = this.#kept.get(account);
    if (!known?.rollup.isTerminated) return known;
    this.forget(account);
    return undefined;
  }

  /** Adds parts to the counts. `undefined` if a shard has given everything, and a part of it is counted already. */
  #apply(account: string, known: Merged | undefined, ends: number[], parts: ReceivedPart[]): UsageRollup | undefined {
    const isAgain = parts.some(({ snapshot }, shard) => snapshot !== undefined && ends[shard] !== 0);
    if (isAgain) return undefined;
    const merged = known ?? { rollup: emptyCounts(), ends };
    try {
      for (const [shard, part] of parts.entries()) {
        add(merged.rollup, part);
        merged.ends[shard] = part.n;
      }
    } catch (error) {
      // A part may have been added in part.
      if (known === undefined) merged.rollup.free();
      else this.forget(account);
      throw error;
    }
    this.#kept.delete(account);
    this.#kept.set(account, merged); // the last one is the one that was used last
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_ACCOUNTS) break;
      this.forget(oldest);
    }
    return merged.rollup;
  }

  /** Counts that no other request knows. */
  async #alone(shards: number, ask: AskShard): Promise<UsageRollup> {
    const rollup = emptyCounts();
    for (let shard = 0; shard < shards; shard++) add(rollup, await received(await ask(shard, 0)));
    this.#free(rollup);
    return rollup;
  }

  /** Frees counts, but not those that were replaced last. */
  #free(rollup: UsageRollup): void {
    this.#replaced.push(rollup);
    if (this.#replaced.length > MOST_ACCOUNTS) this.#replaced.shift()?.free();
  }
}

/** A part whose bytes have come. */
interface ReceivedPart extends Omit<Part, "snapshot"> {
  snapshot?: Uint8Array;
}

async function received({ n, changes, snapshot }: Part): Promise<ReceivedPart> {
  if (snapshot === undefined) return { n, ...(changes && { changes }) };
  return { n, snapshot: new Uint8Array(await new Response(snapshot).arrayBuffer()) };
}

const emptyCounts = () => new UsageRollup({ dedupe: false, onInvalid: "skip" });

function add(rollup: UsageRollup, { changes = [], snapshot }: ReceivedPart): void {
  if (snapshot !== undefined) rollup.merge(snapshot);
  for (const [known, record] of changes) {
    if (record !== null) rollup.settle(known, record);
    else if (known !== null) rollup.retract(known);
  }
}

const sameEnds = (a: number[], b: number[]) => a.every((end, shard) => end === b[shard]);
