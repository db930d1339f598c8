import { trimRecords } from "usage-by-agent";
import type { CollectedPage, Collection } from "usage-by-agent/collect";
import { AgentNames } from "../../collect/agent-names.js";
import { type OwnShards, Removed } from "./own-shards.js";

/** The backfill of what is collected, which can be taken back as any other. */
const BACKFILL = "collect";

/** The pages of a collection on their way to the shards. */
export class Pages {
  readonly #shards: OwnShards;
  readonly #nowMs: number;
  readonly #names = new AgentNames();

  constructor(shards: OwnShards, nowMs: number) {
    this.#shards = shards;
    this.#nowMs = nowMs;
  }

  /** Adds the records of a page to their shards. How many of them were new. */
  async add({ records }: CollectedPage, collection: Collection): Promise<number> {
    const source = this.#shards.source(BACKFILL, this.#nowMs);
    const trimmed = trimRecords(records.map((record) => this.#names.named(record, collection))).records;
    let counted = 0;
    await this.#shards.each(trimmed, async (object, arrivals, generation) => {
      const added = await object.addBackfill(arrivals, source, generation);
      if (added === null) throw new Removed();
      counted += added.counted;
    });
    return counted;
  }
}
