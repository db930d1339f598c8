// What a thread does that counts parts.

import type { PartCounts } from "../counting/part.js";
import type { PartWork, Recipe } from "../counting/threads.js";
import type { Answer } from "../parts/read-by-parts.js";
import type { SentPart } from "./blob.js";

/** What is used of the entry `usage-by-agent/slim`. */
interface Slim {
  initSync(module: object): void;
  PartCounter: new (recipe: Recipe) => PartCounts;
  UsageError: new (...given: never[]) => Error;
}

/** Counts the parts that come as messages. The first message is the work. */
export class PartThread {
  readonly #slim: Slim;
  readonly #reply: (answer: Answer, transfer: ArrayBuffer[]) => void;
  #work: PartWork | undefined;

  constructor(slim: Slim, reply: (answer: Answer, transfer: ArrayBuffer[]) => void) {
    this.#slim = slim;
    this.#reply = reply;
  }

  /** @throws what means that the thread has to end, because the module may be in an unknown state */
  take(message: PartWork | SentPart): void {
    if ("module" in message) {
      this.#slim.initSync(message.module);
      this.#work = message;
    } else if (this.#work !== undefined) {
      const answer = this.#counted(this.#work, message);
      const memory = answer && [answer.place.buffer, answer.snapshot.buffer, answer.unknown.buffer];
      this.#reply(answer, memory ?? []);
    }
  }

  /**
   * Counts a part. What is wrong with it is not told, because the main thread then counts the part itself, and finds the words and the
   * places of reading in order.
   */
  #counted({ recipe, defaults }: PartWork, { start, bytes }: SentPart): Answer {
    const counts = new this.#slim.PartCounter(recipe);
    try {
      counts.beginPart(start, defaults).pushBytes(bytes);
      return counts.endPart();
    } catch (error) {
      if (error instanceof this.#slim.UsageError) return undefined;
      throw error;
    } finally {
      counts.free();
    }
  }
}
