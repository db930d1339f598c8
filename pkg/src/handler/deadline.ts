/**
 * One time limit for several steps. It also ends when the client closes the connection. `AbortSignal.any` could do this, but the
 * first releases of Node 20 do not have it.
 */
export class Deadline {
  /** Whether the time is over. */
  over = false;
  /** Whether steps have to end: the time is over, the client has closed the connection, or `stop` was called. */
  isStopped = false;
  #controller: AbortController | undefined;
  /** What ends each step that is waiting. */
  readonly #waiting = new Set<() => void>();
  readonly #end: number;
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #parent: AbortSignal | undefined;

  /**
   * @param milliseconds the time limit, from now
   * @param parent the client's signal
   */
  constructor(milliseconds: number, parent?: AbortSignal) {
    this.#end = Date.now() + milliseconds;
    this.#timer = setTimeout(() => {
      this.over = true;
      this.stop();
    }, milliseconds);
    this.#parent = parent;
    parent?.addEventListener("abort", this.stop);
    if (parent?.aborted) this.stop();
  }

  /** Aborts when steps have to end. It is made when it is first needed, because that takes as long as a small response. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.isStopped) this.#controller.abort();
    return this.#controller.signal;
  }

  /** Ends every step that is still waiting or reading. */
  readonly stop = (): void => {
    if (this.isStopped) return;
    this.isStopped = true;
    for (const end of this.#waiting) end();
    this.#controller?.abort();
  };

  /** The time that is left, in milliseconds. */
  remaining(): number {
    return this.#end - Date.now();
  }

  /** Waits for `work` until the time limit at most, even if `work` ignores the signal. Rejects at the limit. */
  wait<T>(work: Promise<T>): Promise<T> {
    return this.#unlessStopped((resolve, reject) => {
      work.then(resolve, reject);
      return () => {};
    });
  }

  /** Waits for some milliseconds. Rejects at the time limit. */
  sleep(milliseconds: number): Promise<void> {
    return this.#unlessStopped((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      return () => clearTimeout(timer);
    });
  }

  /** A promise that is rejected at the time limit. `start` gives what then ends the step. */
  #unlessStopped<T>(start: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = () => this.#waiting.delete(stop);
      const end = start(
        (value) => {
          settle();
          resolve(value);
        },
        (error) => {
          settle();
          reject(error);
        },
      );
      const stop = () => {
        settle();
        end();
        reject(new Error("stopped"));
      };
      if (this.isStopped) stop();
      else this.#waiting.add(stop);
    });
  }

  /** Clears the timer and stops listening to the client's signal. */
  end(): void {
    clearTimeout(this.#timer);
    this.#parent?.removeEventListener("abort", this.stop);
  }
}
