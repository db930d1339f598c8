import type { Answer, FromWorker, Question, ToWorker } from "./protocol.js";

type Ready = Extract<FromWorker, { kind: "ready" }>;

/** The page's connection to the worker. It drops answers to all questions except the latest. */
export class Engine {
  #worker: Worker | null = null;
  #id = 0;

  constructor(
    readonly onReady: (ready: Ready) => void,
    readonly onAnswer: (answer: Answer) => void,
  ) {}

  /** Starts the worker, also after it has died, for example for lack of memory. */
  start(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.kind === "ready") this.onReady(data);
      else if (data.id === this.#id) this.onAnswer(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      worker.terminate();
      this.#worker = null;
      const message = event.message || "The worker that counts could not start, or it stopped. Reload the page.";
      this.onAnswer({ kind: "failed", id: this.#id, failure: { where: "period", code: "unexpected", message } });
    };
    this.#worker = worker;
    return worker;
  }

  ask(question: Question, records: Blob | null, agents: Blob | null): void {
    this.#id += 1;
    this.#post({ kind: "ask", id: this.#id, question, records, agents });
  }

  cancel(): void {
    this.#id += 1;
    this.#post({ kind: "cancel" });
  }

  #post(message: ToWorker): void {
    this.start().postMessage(message);
  }
}
