// The threads that count parts of a file.

import type { Worker } from "node:worker_threads";
import type { Answer, Task, Work } from "./task.js";

/** A thread, and who waits for its answers. It answers in the order of its tasks. */
interface Member {
  worker: Worker;
  waiting: ((answer: Answer) => void)[];
}

/** Threads that count parts. A thread that fails, or can't be started, only leaves parts uncounted. */
export class Team {
  #members: Member[] = [];

  /**
   * Starts threads. Where the runtime refuses, the team has fewer of them, or none.
   *
   * @param count how many threads are wanted
   */
  static async start(count: number, work: Work): Promise<Team> {
    const team = new Team();
    try {
      // Imported here, because only long files need it.
      const { Worker } = await import("node:worker_threads");
      const script = new URL("./command-worker.js", import.meta.url);
      while (team.#members.length < count) team.#add(new Worker(script, { workerData: work }));
    } catch {
      // The runtime has no threads, or does not allow them here.
    }
    return team;
  }

  #add(worker: Worker): void {
    const member: Member = { worker, waiting: [] };
    const gone = () => this.#remove(member);
    worker.on("message", (answer: Answer) => member.waiting.shift()?.(answer));
    worker.on("messageerror", gone);
    worker.on("error", gone);
    worker.on("exit", gone);
    this.#members.push(member);
  }

  /** The number of threads that can count. */
  get size(): number {
    return this.#members.length;
  }

  /** Counts a part on the thread with the fewest tasks. `undefined` means that the part has to be read in order. */
  count(task: Task): Promise<Answer> {
    const [first, ...others] = this.#members;
    if (first === undefined) return Promise.resolve(undefined);
    const member = others.reduce((least, each) => (each.waiting.length < least.waiting.length ? each : least), first);
    return new Promise((resolve) => {
      member.waiting.push(resolve);
      member.worker.postMessage(task);
    });
  }

  /** Ends all threads at once. */
  end(): void {
    for (const member of this.#members) this.#remove(member);
  }

  #remove(member: Member): void {
    this.#members = this.#members.filter((each) => each !== member);
    for (const answered of member.waiting.splice(0)) answered(undefined);
    void member.worker.terminate();
  }
}
