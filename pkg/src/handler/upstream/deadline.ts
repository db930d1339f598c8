/**
 * One time limit over several steps, which the client's leaving ends too. `AbortSignal.any` would say the same, and is
 * missing in the first releases of Node 20.
 */
export class Deadline {
  /** For `fetch`: aborted when the time is over, the client is gone, or `stop` was called. */
  readonly signal: AbortSignal;
  /** `true` once the time is over. */
  over = false;
  readonly #controller = new AbortController();
  readonly #end: number;
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #parent: AbortSignal | undefined;
  /** Ends whatever still waits or reads. */
  readonly stop = () => this.#controller.abort();
  readonly #stopped: Promise<never>;

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

  /** Milliseconds left. */
  remaining(): number {
    return this.#end - Date.now();
  }

  /** Waits for `work` no longer than the limit allows, whether or not `work` listens to the signal. */
  wait<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#stopped]);
  }

  /** Lets time pass, inside the limit. */
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

  /** Lets go of the timer and of the client's signal. */
  end(): void {
    clearTimeout(this.#timer);
    this.#parent?.removeEventListener("abort", this.stop);
  }
}
