/** How often something is looked at that may change: often while it changes or while the reader is there, and ever more seldom otherwise. */

/** What shows that the reader is there. */
const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel"];

/** The part of the quiet time that a pause takes. In a quiet time nothing has changed, and the reader has done nothing. */
const PART_OF_QUIET = 1 / 20;

export interface PaceOptions {
  /** The shortest pause between two looks, in milliseconds. */
  leastMs: number;
  /** The longest pause. */
  mostMs: number;
}

/** Looks in turns. Nothing is looked at while the page is hidden, and at once when it is shown again. */
export class Pace {
  readonly #options: PaceOptions;
  #look: () => Promise<boolean> = async () => false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isLooking = false;
  /** Whether another look was asked for during a look. */
  #isAgain = false;
  #lastSign = performance.now();

  constructor(options: PaceOptions) {
    this.#options = options;
  }

  /** Begins. `look` gives whether something has changed. */
  start(look: () => Promise<boolean>): void {
    this.#look = look;
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.hurry();
    });
    for (const sign of SIGNS) addEventListener(sign, () => this.#noteSign(), { capture: true, passive: true });
    this.hurry();
  }

  /** Looks at once. */
  hurry(): void {
    this.#lastSign = performance.now();
    void this.#turn();
  }

  get #pauseMs(): number {
    const { leastMs, mostMs } = this.#options;
    return Math.min(Math.max((performance.now() - this.#lastSign) * PART_OF_QUIET, leastMs), mostMs);
  }

  #noteSign(): void {
    if (this.#pauseMs > this.#options.leastMs) this.hurry();
    else this.#lastSign = performance.now();
  }

  async #turn(): Promise<void> {
    if (this.#isLooking) {
      this.#isAgain = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#isLooking = true;
    try {
      if (await this.#look()) this.#lastSign = performance.now();
    } finally {
      this.#isLooking = false;
      this.#plan();
    }
  }

  #plan(): void {
    this.#timer = setTimeout(() => this.#next(), this.#isAgain ? 0 : this.#pauseMs);
    this.#isAgain = false;
  }

  #next(): void {
    if (!document.hidden) void this.#turn();
  }
}
