/** How many questions are computed at once, and how many may wait. */
export interface TurnLimits {
  /** The most questions that are computed at once. */
  computing: number;
  /** The most questions that wait. */
  waiting: number;
  /** The longest time that a question waits, in milliseconds. */
  waitMs: number;
  /** The longest time that a turn takes, in milliseconds. */
  timeoutMs: number;
}

/** The error of a question that gets no turn, because too many others wait or because it has waited too long. */
export class Busy extends Error {}

/** The turn of a question. */
export interface Turn {
  /**
   * Waits until other work of the program has been done, if other questions are computed too. A long computation is called right
   * after it: so requests that need none are answered between two computations.
   */
  pause(): Promise<void>;
  /** Ends the turn. The next question begins. */
  end(): void;
}

interface Waiter {
  signal: AbortSignal;
  start: (turn: Turn) => void;
}

/** A queue: questions are computed in the order in which they came, a few at once. */
export class Turns {
  readonly #limits: TurnLimits;
  readonly #waiting: Waiter[] = [];
  /** When the turns that go on have begun. */
  readonly #held = new Map<Turn, number>();
  /** How many pauses have ended. */
  #pauses = 0;

  constructor(limits: TurnLimits) {
    this.#limits = limits;
  }

  /**
   * Waits for a turn. An aborted signal leaves the queue.
   *
   * @throws {Busy} if the queue is full, or the wait is too long
   */
  async take(signal: AbortSignal): Promise<Turn> {
    signal.throwIfAborted();
    if (this.#waiting.length === 0 && this.#hasRoom()) return this.#begin();
    if (this.#waiting.length >= this.#limits.waiting) throw new Busy("too many requests wait");
    const waiter: Waiter = { signal, start: () => {} };
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stop = () => {};
    try {
      // The timer belongs to this request. In Workers one request can't clear the timer of another.
      return await new Promise<Turn>((resolve, reject) => {
        waiter.start = resolve;
        this.#waiting.push(waiter);
        timer = setTimeout(() => {
          this.#next();
          reject(new Busy("the request has waited too long"));
        }, this.#limits.waitMs);
        stop = () => reject(signal.reason);
        signal.addEventListener("abort", stop);
      });
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      const at = this.#waiting.indexOf(waiter);
      if (at >= 0) this.#waiting.splice(at, 1);
    }
  }

  #begin(): Turn {
    const turn: Turn = {
      pause: () => this.#pause(),
      end: () => {
        if (this.#held.delete(turn)) this.#next();
      },
    };
    this.#held.set(turn, Date.now());
    return turn;
  }

  #next(): void {
    while (this.#hasRoom()) {
      const waiter = this.#waiting.shift();
      if (waiter === undefined) return;
      if (!waiter.signal.aborted) waiter.start(this.#begin());
    }
  }

  /** A turn that is older than the time limit has ended without a word: its request was cancelled by the runtime. */
  #hasRoom(): boolean {
    const { computing, timeoutMs } = this.#limits;
    if (this.#held.size < computing) return true;
    const over = Date.now() - timeoutMs - GRACE_MS;
    for (const [turn, since] of this.#held) if (since < over) this.#held.delete(turn);
    return this.#held.size < computing;
  }

  async #pause(): Promise<void> {
    if (this.#held.size + this.#waiting.length <= 1) return;
    // All that wait for a round run in it, one after another. If another question was computed in it, this one waits for the next.
    let before: number;
    do {
      before = this.#pauses;
      await nextRound();
    } while (before !== this.#pauses);
    this.#pauses++;
  }
}

/** Waits for the next round of the event loop. Where there is `setImmediate`, it takes microseconds, and a timer takes a millisecond. */
function nextRound(): Promise<void> {
  const { setImmediate } = globalThis as { setImmediate?: (call: () => void) => unknown };
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}

/** How long a turn may take beyond its time limit, for the answer itself. */
const GRACE_MS = 10_000;
