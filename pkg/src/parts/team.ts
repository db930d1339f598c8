// Threads that count parts, whatever the runtime's threads are.

import type { Answer, Task, Threads } from "./read-by-parts.js";

/** A thread of the runtime. It answers in the order of its tasks. */
export interface Thread<T = Task> {
  send(task: T): void;
  /** Says who is told of its answers, and of its end or failure. */
  listen(answered: (answer: Answer) => void, gone: () => void): void;
  end(): void;
}

/** A thread, and who waits for its answers. */
interface Member<T> {
  thread: Thread<T>;
  waiting: ((answer: Answer) => void)[];
}

/** Threads that count parts. A thread that fails only leaves parts uncounted. */
export class Team<T = Task> implements Threads<T> {
  #members: Member<T>[] = [];

  /**
   * Starts threads. Where the runtime refuses, the team has fewer of them, or none.
   *
   * @param count how many threads are wanted
   */
  constructor(count: number, start: () => Thread<T>) {
    try {
      while (this.#members.length < count) this.#add(start());
    } catch {
      // The runtime has no threads, or does not allow them here.
    }
  }

  #add(thread: Thread<T>): void {
    const member: Member<T> = { thread, waiting: [] };
    thread.listen(
      (answer) => member.waiting.shift()?.(answer),
      () => this.#remove(member),
    );
    this.#members.push(member);
  }

  get size(): number {
    return this.#members.length;
  }

  /** Counts a part on the thread with the fewest tasks. `undefined` means that the part has to be read in order. */
  count(task: T): Promise<Answer> {
    const [first, ...others] = this.#members;
    if (first === undefined) return Promise.resolve(undefined);
    const member = others.reduce((least, each) => (each.waiting.length < least.waiting.length ? each : least), first);
    return new Promise((resolve) => {
      member.waiting.push(resolve);
      try {
        member.thread.send(task);
      } catch {
        this.#remove(member); // its answers would be taken for those of other tasks
      }
    });
  }

  end(): void {
    for (const member of this.#members) this.#remove(member);
  }

  #remove(member: Member<T>): void {
    this.#members = this.#members.filter((each) => each !== member);
    for (const answered of member.waiting.splice(0)) answered(undefined);
    member.thread.end();
  }
}
