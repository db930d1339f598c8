/**
 * The worker that counts, so that the page never waits. Only the worker loads the package. It handles one question at a time; a newer
 * question ends the current one.
 */
import { init, timeZones, UsageAggregator, UsageError, type UsageQuery, versions } from "usage-by-agent";
import { periodFacts, periodQuery } from "./calendar.js";
import { toFailure } from "./failure.js";
import type { Failure, FromWorker, Question, Result, ToWorker } from "./protocol.js";
import { openSource, readText } from "./source.js";

/** The time between two reports of progress in milliseconds: short enough for a smooth bar and a quick "Cancel". */
const BREATH_MS = 40;

const send = (message: FromWorker) => self.postMessage(message);

let current = new AbortController();

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  current.abort();
  current = new AbortController();
  if (data.kind === "ask") void answer(data, current.signal);
};

/** Where the module is a file of its own, it has to be fetched first. */
const loaded = init();
loaded.then(() => send({ kind: "ready", zones: timeZones(), versions: versions() })).catch(reportError);

type Ask = Extract<ToWorker, { kind: "ask" }>;

async function answer({ id, question, records, agents }: Ask, signal: AbortSignal): Promise<void> {
  let where: Failure["where"] = "period";
  try {
    await loaded;
    const query: UsageQuery = { ...periodQuery(question, Date.now()), ...reading(question) };
    send({ kind: "period", id, period: periodFacts(query) });
    if (records === null) return;
    if (agents !== null) {
      where = "agents";
      query.agents = await directory(agents);
    }
    const aggregator = new UsageAggregator(query);
    where = "records";
    const result = await count(id, aggregator, records, signal);
    if (result !== null) send({ kind: "report", id, result });
  } catch (error) {
    send({ kind: "failed", id, failure: error instanceof ReadFailure ? error.failure : toFailure(error, where) });
  }
}

function reading({ includeIdle, dedupe, onInvalid, naiveTimestamps }: Question): Partial<UsageQuery> {
  return { includeIdle, dedupe, onInvalid, naiveTimestamps };
}

/** Counts the file, and frees the aggregator. Gives `null` if the question was replaced by a newer one. */
async function count(id: number, aggregator: UsageAggregator, file: Blob, signal: AbortSignal): Promise<Result | null> {
  const started = performance.now();
  let fileBytes = 0;
  let jsonBytes = 0;
  let breathed = started;
  const breathe = new TransformStream<Uint8Array, Uint8Array>({
    async transform(chunk, out) {
      jsonBytes += chunk.byteLength;
      out.enqueue(chunk);
      if (performance.now() - breathed <= BREATH_MS) return;
      if (!signal.aborted) send({ kind: "progress", id, read: fileBytes, total: file.size });
      await nextTask();
      breathed = performance.now();
    },
  });
  try {
    const source = openSource(file, (bytes) => {
      fileBytes = bytes;
    });
    await aggregator.pushStream(source.pipeThrough(breathe), { signal });
    if (signal.aborted) return null;
    aggregator.checkUnderstood();
    const report = aggregator.report();
    const diagnostics = aggregator.diagnostics();
    return { report, diagnostics, fileBytes, jsonBytes, milliseconds: performance.now() - started };
  } catch (error) {
    if (signal.aborted) return null;
    // The package throws an error of the stream as it is.
    throw error instanceof UsageError ? error : new ReadFailure(toFailure(error, "records"));
  } finally {
    aggregator.free();
  }
}

/** Parses a page of `GET /v1/agents`, compressed or not. The package checks its shape. */
async function directory(file: Blob): Promise<NonNullable<UsageQuery["agents"]>> {
  const text = await readText(file).catch((error: unknown) => {
    throw new ReadFailure(toFailure(error, "agents"));
  });
  return JSON.parse(text);
}

/** Lets the worker receive messages. If every chunk is ready at once, they would otherwise wait until the end of the stream. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** Whether reading the file failed, rather than its content being wrong. */
class ReadFailure extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}
