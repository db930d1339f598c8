import { Deadline } from "../../handler/deadline.js";
import type { Objects } from "../objects.js";
import type { ServiceContext } from "../platform.js";
import { addTally, type Tally } from "../tally.js";

/** The shortest time between two writes for one account, in milliseconds. */
const PAUSE_MS = 1000;

/** The longest time that a write may take, in milliseconds. After it, another request writes. */
const WRITE_MS = 10_000;

/** The most accounts whose tallies are kept in memory at once. */
const MOST = 10_000;

interface Waiting {
  tally: Tally;
  /** Whether a shard may have changed, of which the register has not heard. */
  hasChanged: boolean;
  /** When a request will have written it at the latest. */
  busyUntilMs: number;
  /** When the last write began. */
  writtenMs: number;
}

/**
 * What the account's register hears of deliveries: what became of those that stored nothing, such as refused ones and voice turns, and that
 * a shard has changed. It is gathered here, and told once a second at most, so that a flood of forgeries or of deliveries costs little.
 */
export class Gathered {
  readonly #objects: Objects;
  readonly #now: () => number;
  readonly #waiting = new Map<string, Waiting>();

  constructor(objects: Objects, now: () => number) {
    this.#objects = objects;
    this.#now = now;
  }

  /** Adds to the tally of an account. */
  add(account: string, tally: Tally, context: ServiceContext): void {
    const waiting = this.#of(account);
    if (waiting === undefined) return;
    addTally(waiting.tally, tally);
    this.flush(account, context);
  }

  /** Notes that a shard of an account has changed, or may have. */
  noteChange(account: string, context: ServiceContext): void {
    const waiting = this.#of(account);
    if (waiting === undefined) return;
    waiting.hasChanged = true;
    this.flush(account, context);
  }

  /** What waits for an account; `undefined` if there is no room. */
  #of(account: string): Waiting | undefined {
    const known = this.#waiting.get(account);
    if (known !== undefined) return known;
    if (this.#waiting.size >= MOST && !this.#forgetWritten()) return;
    const waiting = { tally: {}, hasChanged: false, busyUntilMs: 0, writtenMs: 0 };
    this.#waiting.set(account, waiting);
    return waiting;
  }

  /** Has what is left of an account written, if no other request does it. */
  flush(account: string, context: ServiceContext): void {
    const waiting = this.#waiting.get(account);
    const now = this.#now();
    if (waiting === undefined || now < waiting.busyUntilMs || isWritten(waiting)) return;
    const pause = Math.max(0, waiting.writtenMs + PAUSE_MS - now);
    waiting.busyUntilMs = now + pause + WRITE_MS;
    context.waitUntil(this.#write(account, waiting, pause));
  }

  /** Forgets accounts of which everything is written. Whether there is room for another one. */
  #forgetWritten(): boolean {
    for (const [account, waiting] of this.#waiting) {
      if (waiting.busyUntilMs === 0 && isWritten(waiting)) this.#waiting.delete(account);
    }
    return this.#waiting.size < MOST;
  }

  async #write(account: string, waiting: Waiting, pause: number): Promise<void> {
    const deadline = new Deadline(pause + WRITE_MS);
    try {
      if (pause > 0) await deadline.sleep(pause);
      while (!isWritten(waiting)) {
        const { tally } = waiting;
        waiting.tally = {};
        waiting.hasChanged = false;
        waiting.writtenMs = this.#now();
        try {
          await this.#objects.register(account, deadline, (object) => object.registerAddTally(tally));
        } catch {
          addTally(waiting.tally, tally); // the next request writes it
          waiting.hasChanged = true;
          return;
        }
        if (!isWritten(waiting)) await deadline.sleep(PAUSE_MS);
      }
    } catch {
      // The time is over. The next request writes the rest.
    } finally {
      waiting.busyUntilMs = 0;
      deadline.end();
    }
  }
}

const isWritten = ({ tally, hasChanged }: Waiting) => !hasChanged && Object.keys(tally).length === 0;
