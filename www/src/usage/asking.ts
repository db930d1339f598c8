/** Keeps questions in order: each place has one question on its way, and the newest one waits for it. */
import { Refusal } from "./usage.js";

interface Waiting<Q, A> {
  question: Q;
  resolve(answer: A): void;
  reject(error: unknown): void;
}

interface Place<Q, A> {
  asked: Waiting<Q, A>;
  next: Waiting<Q, A> | null;
}

/**
 * Questions to one who answers slowly. While a question of a place is on its way, only the newest further one of the place waits. So
 * keys that are held down ask no more than can be answered.
 */
export class Asking<Q, A> {
  readonly #places = new Map<string, Place<Q, A>>();

  /** @param send asks a question. It is called again for a place only after the promise of the question before has settled. */
  constructor(readonly send: (question: Q) => Promise<A>) {}

  /** Asks a question. If a newer one takes its place, the promise rejects with an `AbortError`. */
  ask(place: string, question: Q): Promise<A> {
    return new Promise((resolve, reject) => {
      const waiting = { question, resolve, reject };
      const present = this.#places.get(place);
      if (present === undefined) return this.#send(place, waiting);
      present.asked.reject(replaced());
      present.next?.reject(replaced());
      present.next = waiting;
    });
  }

  #send(name: string, asked: Waiting<Q, A>): void {
    const place: Place<Q, A> = { asked, next: null };
    this.#places.set(name, place);
    const goOn = () => {
      this.#places.delete(name);
      if (place.next !== null) this.#send(name, place.next);
    };
    this.send(asked.question).then(asked.resolve, asked.reject).finally(goOn);
  }
}

const replaced = () => new DOMException("A newer question took the place of this one.", "AbortError");

/** The error for a worker that has ended by itself. */
export function lost(message: string): Refusal {
  return new Refusal({ where: "period", code: "unexpected", message });
}
