import { type Settlement, UsageRollup } from "usage-by-agent";

/** The counts of a shard in memory, without ids. */
export class Counts {
  readonly #rollup = new UsageRollup({ dedupe: false, onInvalid: "skip" });

  /** Counts a record, unless the known record of its key goes on counting. */
  settle(known: string | null, record: string): Settlement {
    return this.#rollup.settle(known, record);
  }

  /** Takes a record back that counts. */
  retract(record: string): void {
    this.#rollup.retract(record);
  }

  /** Whether the first of two records of one key counts, and not the second one. */
  isFuller(a: string, b: string): boolean {
    return this.#rollup.isFuller(a, b);
  }

  /** Adds what a snapshot has counted. */
  merge(snapshot: Uint8Array): void {
    this.#rollup.merge(snapshot);
  }

  /** The counts as bytes. */
  snapshot(): Uint8Array<ArrayBuffer> {
    return this.#rollup.snapshot() as Uint8Array<ArrayBuffer>;
  }

  /** How many records count. */
  get counted(): number {
    return this.#rollup.diagnostics().counted;
  }

  /** Whether the counts are lost with their instance of the module. */
  get isLost(): boolean {
    return this.#rollup.isTerminated;
  }

  free(): void {
    this.#rollup.free();
  }
}
