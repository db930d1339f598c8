/** Work that is being done, by the key of its question: equal questions get one result. */
export class Shared<T> {
  readonly #running = new Map<string, Running<T>>();
  readonly #maxMs: number;

  /** @param maxMs the longest time that work takes; older work was cancelled with its request, and nobody joins it */
  constructor(maxMs: number) {
    this.#maxMs = maxMs;
  }

  /**
   * Does the work, or waits for equal work that is being done. If that work failed because its own request has ended, it is done
   * again.
   *
   * @param key what makes questions equal; `null` for a question that is not shared
   * @param signal ends with the request
   */
  async do(key: string | null, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (key === null) return work();
    for (;;) {
      const running = this.#running.get(key);
      if (running === undefined || Date.now() - running.since > this.#maxMs) return this.#start(key, signal, work);
      try {
        return await unlessAborted(running.result, signal);
      } catch (error) {
        if (signal.aborted || !running.signal.aborted) throw error;
      }
    }
  }

  async #start(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const running = { signal, since: Date.now(), result: work() };
    this.#running.set(key, running);
    try {
      return await running.result;
    } finally {
      if (this.#running.get(key) === running) this.#running.delete(key);
    }
  }
}

interface Running<T> {
  /** The signal of the request that does the work. */
  signal: AbortSignal;
  /** When it began, in epoch milliseconds. */
  since: number;
  result: Promise<T>;
}

/** The result, or a rejection as soon as the signal is aborted. */
async function unlessAborted<T>(result: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop);
  });
  try {
    return await Promise.race([result, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
