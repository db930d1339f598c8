// Shows how much of the inputs has been read.

import type { Input } from "./input.js";
import { clearProgress, progress } from "./terminal/output.js";

const MIB = 1 << 20;

/** Smaller inputs are read before anyone could see the progress. */
const WORTH_SHOWING = 16 * MIB;

/** The progress of reading some inputs one after the other. */
export class Progress {
  /** The bytes of all inputs; `undefined` if that is not known. */
  readonly #total: number | undefined;
  #before = 0;
  #now = 0;

  constructor(inputs: readonly Input[]) {
    const sizes = inputs.map(({ size }) => size);
    this.#total = sizes.includes(undefined) ? undefined : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  }

  /** Shows that so many bytes of the present input have been read. */
  show({ name }: Input, bytes: number): void {
    this.#now = this.#before + bytes;
    if ((this.#total ?? this.#now) < WORTH_SHOWING) return;
    const done =
      this.#total === undefined
        ? `${Math.floor(this.#now / MIB)} MiB`
        : `${Math.floor((100 * this.#now) / this.#total)} %`;
    progress(`${done} read, ${name}`);
  }

  /** The next input begins. */
  next(): void {
    this.#before = this.#now;
  }

  /** Shows no more. */
  end(): void {
    clearProgress();
  }
}
