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
  /** When a request will have written it at the latest. */
  busyUntilMs: number;
  /** When the last write began. */
  writtenMs: number;
}

/**
 * What became of deliveries that stored nothing: refused ones, voice turns and so on. It is gathered here, and written to the account's
 * register once a second at most, so that a flood of forgeries costs little.
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
    let waiting = this.#waiting.get(account);
    if (waiting === undefined) {
      if (this.#waiting.size >= MOST && !this.#forgetWritten()) return;
      waiting = { tally: {}, busyUntilMs: 0, writtenMs: 0 };
      this.#waiting.set(account, waiting);
    }
    addTally(waiting.tally, tally);
    this.flush(account, context);
  }

  /** Has what is left of an account written, if no other request does it. */
  flush(account: string, context: ServiceContext): void {
    const waiting = this.#waiting.get(account);
    const now = this.#now();
    if (waiting === undefined || now < waiting.busyUntilMs || Object.keys(waiting.tally).length === 0) return;
    const pause = Math.max(0, waiting.writtenMs + PAUSE_MS - now);
    waiting.busyUntilMs = now + pause + WRITE_MS;
    context.waitUntil(this.#write(account, waiting, pause));
  }

  /** Forgets accounts of which everything is written. Whether there is room for another one. */
  #forgetWritten(): boolean {
    for (const [account, { tally, busyUntilMs }] of this.#waiting) {
      if (busyUntilMs === 0 && Object.keys(tally).length === 0) this.#waiting.delete(account);
    }
    return this.#waiting.size < MOST;
  }

  async #write(account: string, waiting: Waiting, pause: number): Promise<void> {
    const deadline = new Deadline(pause + WRITE_MS);
    try {
      if (pause > 0) await deadline.sleep(pause);
      while (Object.keys(waiting.tally).length > 0) {
        const { tally } = waiting;
        waiting.tally = {};
        waiting.writtenMs = this.#now();
        try {
          await this.#objects.register(account, deadline, (object) => object.registerAddTally(tally));
        } catch {
          addTally(waiting.tally, tally); // the next request writes it
          return;
        }
        if (Object.keys(waiting.tally).length > 0) await deadline.sleep(PAUSE_MS);
      }
    } catch {
      // The time is over. The next request writes the rest.
    } finally {
      waiting.busyUntilMs = 0;
      deadline.end();
    }
  }
}
