import { type AgentPage, type NumberPage, UsageError, type UsageErrorCode } from "usage-by-agent";
import { callPages, callsAgain, openCalls } from "./calls.js";
import { Client, TooLong } from "./client.js";
import { completenessOf } from "./completeness.js";
import { conversationPages } from "./conversations.js";
import { readDirectory } from "./directory.js";
import { IdSet } from "./id-set.js";
import { laterRecords } from "./later.js";
import { checkOptions, type Options } from "./options.js";
import { newProgress, type Progress } from "./progress.js";
import type { Pages, Run } from "./run.js";
import { readState, type Saved, type Seen, writeState } from "./state.js";
import type { CollectedPage, Collection, CollectOptions, Completeness, ListName } from "./types.js";
import { readEvidence, readReleased, verifyMessages } from "./verify.js";

/** The collection that `collect` gives. */
export class Collecting implements Collection {
  readonly #options: Options;
  readonly #progress: Progress;
  readonly #seen: Seen;
  readonly #isResumed: boolean;
  readonly #agents: Run["agents"] = new Map();
  readonly #numbers: Run["numbers"] = new Map();
  readonly #held: Run["held"] = new Map();
  #requests = 0;
  #isRunning = false;

  constructor(given: CollectOptions) {
    this.#options = checkOptions(given);
    const { resume } = this.#options;
    const saved: Saved | undefined = resume === undefined ? undefined : readState(resume, this.#options);
    this.#progress = saved?.progress ?? newProgress();
    this.#isResumed = saved !== undefined;
    this.#seen = {
      conversations: new IdSet(saved?.recent.conversations),
      versions: new IdSet(saved?.recent.versions),
      messages: new IdSet(saved?.recent.messages),
      calls: new IdSet(saved?.recent.calls),
    };
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<CollectedPage, void, void> {
    if (this.#isRunning) {
      throw new UsageError("invalid_option", "the collection is being iterated already; wanted one loop at a time", {
        path: "",
      });
    }
    this.#isRunning = true;
    const { signal } = this.#options;
    const controller = new AbortController();
    const stop = () => controller.abort();
    signal?.addEventListener("abort", stop);
    if (signal?.aborted) stop();
    try {
      const client = new Client(this.#options, controller.signal);
      for await (const page of this.#pages(this.#run(client), client)) {
        yield page;
        if (signal?.aborted) throw new Error("aborted"); // also where the next page has been asked for ahead
      }
    } catch (error) {
      if (signal?.aborted) throw new UsageError("aborted", "the collection was aborted", { cause: signal.reason });
      throw this.#explained(error);
    } finally {
      signal?.removeEventListener("abort", stop);
      stop(); // ends what was asked for ahead
      this.#isRunning = false;
    }
  }

  #run(client: Client): Run {
    const before = this.#requests;
    const { onProgress } = this.#options;
    const lists = this.#progress.lists;
    return {
      client,
      options: this.#options,
      progress: this.#progress,
      seen: this.#seen,
      isResumed: this.#isResumed,
      agents: this.#agents,
      numbers: this.#numbers,
      held: this.#held,
      report: (list: ListName) => {
        this.#requests = before + client.requests;
        const given = lists.messages.given + lists.calls.given;
        const { listed, total } = lists[list];
        onProgress?.({ list, listed, total, given, requests: this.#requests });
      },
    };
  }

  /** Reads one part after the other. Each part may be ended anywhere, and goes on from what is remembered. */
  async *#pages(run: Run, client: Client): Pages {
    const progress = this.#progress;
    if (progress.stage === "done" && this.#agents.size + this.#numbers.size > 0) return;
    const signal = this.#options.signal;
    if (signal?.aborted) throw new Error("aborted");
    await readDirectory(run);
    const parts: Record<Exclude<Progress["stage"], "done">, () => Pages | Promise<void>> = {
      conversations: () => conversationPages(run),
      calls: () => callPages(run),
      again: () => callsAgain(run),
      later: () => laterRecords(run),
      open: () => openCalls(run),
      verify: async function* () {
        await readReleased(run);
        if (run.options.verify) yield* verifyMessages(run);
      } as () => Pages,
      evidence: () => readEvidence(run),
    };
    const names = Object.keys(parts) as (keyof typeof parts)[];
    if (progress.stage === "done") await readReleased(run);
    for (const [at, name] of names.entries()) {
      if (progress.stage !== name) continue;
      const part = parts[name]();
      if (part instanceof Promise) await part;
      else yield* part;
      progress.stage = names[at + 1] ?? "done";
    }
    this.#requests = Math.max(this.#requests, client.requests);
  }

  /** An error of the vendor, with what had not been collected. */
  #explained(error: unknown): unknown {
    if (error instanceof TooLong) {
      const got = `GET ${error.message}: the answer is longer than 8 MiB`;
      return new UsageError("upstream_invalid", `${got}; wanted a shorter one: is \`baseUrl\` right?`);
    }
    if (!(error instanceof UsageError) || !OF_VENDOR.has(error.code)) return error;
    const open = this.completeness().lists.filter(({ read }) => read === "open");
    const names = open.map(({ list }) => list);
    const problems = open.map(({ list, listed, total }) => ({
      path: "",
      code: "incomplete_page",
      message: `${list}: ${listed} of ${total ?? "an unknown number"} were read`,
      severity: "error" as const,
    }));
    const message = `${error.message} (not wholly collected: ${names.join(", ") || "nothing"})`;
    return new UsageError(error.code, message, { path: error.path, problems });
  }

  state(): string {
    return writeState(this.#options, this.#progress, this.#seen);
  }

  agents(): AgentPage {
    return { data: [...this.#agents.values()] as unknown as { id: string; name: string }[] };
  }

  numbers(): NumberPage {
    return { data: [...this.#numbers.values()] as unknown as Iterable<never> };
  }

  completeness(): Completeness {
    return completenessOf(this.#options, this.#progress);
  }
}

const OF_VENDOR: ReadonlySet<UsageErrorCode> = new Set([
  "unauthorized",
  "forbidden",
  "rate_limited",
  "upstream_unreachable",
  "upstream_invalid",
] as const);
