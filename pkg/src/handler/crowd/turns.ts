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
   * Waits until other work of the program has been done. A long computation is called right after it: so requests that need none are
   * answered between two computations.
   */
  pause(): Promise<void>;
  /** Does a long computation, and measures how long other work has waited for it. */
  measured<T>(work: () => T): T;
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
  /** How long other work has waited since the latest pause, in milliseconds. In Workers the clock stands still meanwhile, so it is 0. */
  #took = 0;

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
      measured: (work) => {
        const began = Date.now();
        try {
          return work();
        } finally {
          this.#took += Date.now() - began;
        }
      },
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
    // Requests that have arrived but are not read yet are not known here, so even the only question waits for a round.
    // All that wait for a round run in it, one after another. If another question was computed in it, this one waits for the next.
    let before: number;
    do {
      before = this.#pauses;
      await rest(Math.min(this.#took * REST, MAX_REST_MS));
    } while (before !== this.#pauses);
    this.#pauses++;
    this.#took = 0;
  }
}

/** The part of the time of a computation that is left for other work after it, and the most of it in milliseconds. */
const REST = 0.1;
const MAX_REST_MS = 100;

/**
 * Leaves some time for other work, at least one round of the event loop. After a long computation one round is not enough: to accept
 * a connection, to read the request and to send the response each take a round.
 */
async function rest(milliseconds: number): Promise<void> {
  const { setImmediate } = globalThis as { setImmediate?: (call: () => void) => unknown };
  if (typeof setImmediate === "function") {
    // In Node a timer that is started in the callback of another one may end without a round between them.
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (milliseconds < 1) return;
  }
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** How long a turn may take beyond its time limit, for the answer itself. */
const GRACE_MS = 10_000;
