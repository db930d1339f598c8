/** Usage over the counts of files, which a worker keeps. The page's own thread opens no file and computes nothing. */
import type { AgentUsageResponse, Breakdown } from "usage-by-agent";
import type { Recognised } from "../account/recognise.js";
import type { AuditFound } from "../audit/request.js";
import { Asking, lost } from "./asking.js";
import type {
  Answer,
  Collected,
  CollectionAsked,
  CollectionProgress,
  FromWorker,
  Given,
  Order,
  Question,
  Saved,
  ToWorker,
} from "./messages.js";
import {
  type About,
  type BreakdownQuestion,
  type CountState,
  type DaysQuestion,
  type PeriodQuestion,
  READING,
  type Reading,
  Refusal,
  type ReportQuestion,
  type SourceFacts,
  type Span,
  type Usage,
  type WindowFacts,
} from "./usage.js";

/** A file that the user gave, or a text that has a name. */
export interface Chosen {
  name: string;
  blob: Blob;
}

interface Open {
  resolve(answer: Answer | Collected): void;
  reject(error: Refusal | DOMException): void;
  onProgress?(progress: CollectionProgress): void;
}

export class LocalUsage implements Usage {
  #worker: Worker | null = null;
  #lastId = 0;
  /** The questions that the worker has not answered. */
  readonly #open = new Map<number, Open>();
  readonly #asking = new Asking<Question, Answer>((question) => this.#ask(question));
  readonly #listeners: ((state: CountState) => void)[] = [];
  #state: CountState = { kind: "empty", sources: [] };
  /** What the user gave, so that a new worker can count it again. */
  #given: Given[] = [];
  #reading: Reading = READING;
  /** Whether the worker has said anything, and whether it took the place of one that ended since the user's last change. */
  #hasAnswered = false;
  #isReplaced = false;
  /** What audits, with a worker of its own. */
  #auditor: LocalUsage | null = null;

  about(): Promise<About> {
    return this.#asking.ask("about", { kind: "about", query: null }) as Promise<About>;
  }

  offsets(): Promise<string[]> {
    return this.#asking.ask("offsets", { kind: "offsets", query: null }) as Promise<string[]>;
  }

  breakdown(query: BreakdownQuestion, place = "breakdown"): Promise<Breakdown> {
    return this.#asking.ask(`breakdown ${place}`, { kind: "breakdown", query }) as Promise<Breakdown>;
  }

  report(query: ReportQuestion, place = "report"): Promise<AgentUsageResponse> {
    return this.#asking.ask(`report ${place}`, { kind: "report", query }) as Promise<AgentUsageResponse>;
  }

  span(): Promise<Span | null> {
    return this.#asking.ask("span", { kind: "span", query: null }) as Promise<Span | null>;
  }

  bounds(query: PeriodQuestion | DaysQuestion, place = "bounds"): Promise<WindowFacts> {
    return this.#asking.ask(`bounds ${place}`, { kind: "bounds", query }) as Promise<WindowFacts>;
  }

  /** Everything that is counted, as it can be kept and given again as a file. */
  saved(): Promise<Saved> {
    return this.#asking.ask("saved", { kind: "saved", query: null }) as Promise<Saved>;
  }

  onChange(listener: (state: CountState) => void): void {
    this.#listeners.push(listener);
    listener(this.#state);
  }

  /** Adds files. The worker finds out what each of them is. Returns their ids, in the order of the files. */
  add(files: readonly Chosen[]): number[] {
    const given = files.map(({ name, blob }) => ({ id: ++this.#lastId, name, blob }));
    if (given.length === 0) return [];
    // Said at once, so that nothing takes the counts for whole until the worker has answered.
    const waiting = given.map(({ id, name, blob }) => waitingSource(id, name, blob.size));
    const total = given.reduce((sum, { blob }) => sum + blob.size, 0);
    this.#show({ kind: "counting", sources: [...this.#state.sources, ...waiting], read: 0, total });
    this.#change({ kind: "add", files: given });
    this.#given.push(...given);
    return given.map(({ id }) => id);
  }

  /** Takes sources out of the counts and out of the directory. */
  remove(ids: readonly number[]): void {
    this.#given = this.#given.filter(({ id }) => !ids.includes(id));
    this.#change({ kind: "remove", ids: [...ids] });
  }

  removeAll(): void {
    this.remove(this.#state.sources.map(({ id }) => id));
  }

  /** What files are, before they are added. */
  recognise(files: readonly Chosen[]): Promise<Recognised[]> {
    return this.#ask({ kind: "recognise", query: files.map(({ blob }) => blob) }) as Promise<Recognised[]>;
  }

  /**
   * Audits an answer of the vendor with the counted files, in a worker of its own, so that the page goes on meanwhile. A newer audit
   * takes the place of an older one, which rejects with an `AbortError`.
   */
  audit(body: string, asked: { tz: string; weekStart: string }): Promise<AuditFound> {
    this.endAudit();
    const blobs = (...kinds: SourceFacts["kind"][]) => {
      const ids = this.#state.sources.filter(({ kind, state }) => state === "counted" && kinds.includes(kind));
      return this.#given.filter(({ id }) => ids.some((source) => source.id === id)).map(({ blob }) => blob);
    };
    const query = {
      body,
      records: blobs("records"),
      snapshots: blobs("snapshot"),
      agents: blobs("agents"),
      reading: this.#reading,
      ...asked,
    };
    const auditor = new LocalUsage();
    this.#auditor = auditor;
    return (auditor.#ask({ kind: "audit", query }) as Promise<AuditFound>).finally(() => auditor.#close());
  }

  /** Ends the audit that is going on. */
  endAudit(): void {
    if (this.#auditor !== null) this.#auditor.#close();
    this.#auditor = null;
  }

  /** Ends the worker, and all questions that it has not answered. */
  #close(): void {
    this.#worker?.terminate();
    this.#worker = null;
    for (const { reject } of this.#open.values()) reject(new DOMException("The question was given up.", "AbortError"));
    this.#open.clear();
  }

  /** Changes how records are read. */
  read(reading: Reading): void {
    if (JSON.stringify(reading) === JSON.stringify(this.#reading)) return;
    this.#reading = reading;
    this.#change({ kind: "read", reading });
  }

  /**
   * Collects an account's records. It can be stopped, and does not fail: the failure is a part of what has been collected. The token
   * is passed to the worker and kept nowhere.
   */
  collect(asked: CollectionAsked, onProgress: (progress: CollectionProgress) => void): Promise<Collected> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#open.set(id, { resolve: (answer) => resolve(answer as Collected), reject, onProgress });
      this.#post({ kind: "collect", id, asked });
    });
  }

  stopCollecting(): void {
    this.#post({ kind: "stop-collecting" });
  }

  /** Stops the counting. What was counted stays, except for the parts of a source. */
  stop(): void {
    this.#order({ kind: "stop" });
  }

  /** Counts the sources that were stopped. */
  resume(): void {
    this.#order({ kind: "resume" });
  }

  #ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#open.set(id, { resolve: (answer) => resolve(answer as Answer), reject });
      this.#post({ kind: "ask", id, question });
    });
  }

  /** What the user orders. After a worker has ended, the new one gets all sources first. */
  #change(order: Order): void {
    const hasEnded = this.#worker === null && this.#isReplaced;
    this.#isReplaced = false;
    if (hasEnded) this.#begin();
    this.#order(order);
  }

  #begin(): void {
    this.#order({ kind: "begin", reading: this.#reading, files: [...this.#given] });
  }

  #order(order: Order): void {
    this.#post({ kind: "order", order });
  }

  #post(message: ToWorker): void {
    this.#started().postMessage(message);
  }

  /** The worker. If the last one has ended, for example for lack of memory, a new one counts again what the user gave. */
  #started(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(new URL("../worker/worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#take(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#end(event.message || "The worker that counts could not start, or it stopped. Reload the page.");
    };
    this.#worker = worker;
    return worker;
  }

  #take(message: FromWorker): void {
    this.#hasAnswered = true;
    if (message.kind === "state") {
      this.#show(message.state);
      return;
    }
    const open = this.#open.get(message.id);
    if (message.kind === "collecting") {
      open?.onProgress?.(message.progress);
      return;
    }
    this.#open.delete(message.id);
    if (message.kind === "answer") open?.resolve(message.answer);
    else open?.reject(new Refusal(message.failure));
  }

  /** Takes a new worker in place of one that has ended. If that one ends too before the user changes something, nothing is counted. */
  #end(message: string): void {
    this.#worker?.terminate();
    this.#worker = null;
    const refusal = lost(message);
    for (const { reject } of this.#open.values()) reject(refusal);
    this.#open.clear();
    const isFirst = this.#hasAnswered && !this.#isReplaced;
    this.#hasAnswered = false;
    this.#isReplaced = true;
    if (isFirst) this.#begin();
    else this.#show({ kind: "failed", sources: this.#state.sources, failure: refusal.failure });
  }

  #show(state: CountState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }
}

function waitingSource(id: number, name: string, bytes: number): SourceFacts {
  return {
    id,
    name,
    kind: "unknown",
    state: "waiting",
    bytes,
    textBytes: null,
    items: null,
    failure: null,
    problems: [],
  };
}
