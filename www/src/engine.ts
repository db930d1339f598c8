import type { FromWorker, Question, ToWorker } from "./protocol.js";

type Answer = Exclude<FromWorker, { kind: "ready" }>;
type Ready = Extract<FromWorker, { kind: "ready" }>;

/** The page's end of the worker. Answers to anything but the latest question are dropped here. */
export class Engine {
  #worker: Worker | null = null;
  #id = 0;

  constructor(
    readonly onReady: (ready: Ready) => void,
    readonly onAnswer: (answer: Answer) => void,
  ) {}

  /** Also brings the worker back after it died, of a lack of memory, say. */
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
      const message = event.message || "The part of the page that counts could not start, or stopped. Reload the page.";
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
