/**
 * One time limit for several steps. It also ends when the client closes the connection. `AbortSignal.any` could do this, but the
 * first releases of Node 20 do not have it.
 */
export class Deadline {
  /** Aborts when the time is over, when the client has closed the connection, or after `stop`. */
  readonly signal: AbortSignal;
  /** Whether the time is over. */
  over = false;
  readonly #controller = new AbortController();
  readonly #end: number;
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #parent: AbortSignal | undefined;
  /** Ends every step that is still waiting or reading. */
  readonly stop = () => this.#controller.abort();
  readonly #stopped: Promise<never>;

  /**
   * @param milliseconds the time limit, from now
   * @param parent the client's signal
   */
  constructor(milliseconds: number, parent?: AbortSignal) {
    this.signal = this.#controller.signal;
    this.#end = Date.now() + milliseconds;
    this.#timer = setTimeout(() => {
      this.over = true;
      this.stop();
    }, milliseconds);
    this.#parent = parent;
    parent?.addEventListener("abort", this.stop);
    this.#stopped = new Promise((_, reject) => {
      this.signal.addEventListener("abort", () => reject(new Error("stopped")));
    });
    this.#stopped.catch(() => {});
    if (parent?.aborted) this.stop();
  }

  /** The time that is left, in milliseconds. */
  remaining(): number {
    return this.#end - Date.now();
  }

  /** Waits for `work` until the time limit at most, even if `work` ignores the signal. Rejects at the limit. */
  wait<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#stopped]);
  }

  /** Waits for some milliseconds, until the time limit at most. */
  async sleep(milliseconds: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      await this.wait(
        new Promise<void>((resolve) => {
          timer = setTimeout(resolve, milliseconds);
        }),
      );
    } finally {
      clearTimeout(timer);
    }
  }

  /** Clears the timer and stops listening to the client's signal. */
  end(): void {
    clearTimeout(this.#timer);
    this.#parent?.removeEventListener("abort", this.stop);
  }
}
