/**
 * The worker that counts, so that the page never waits. Only the worker loads the package. It handles one question at a time; a newer
 * question ends the current one.
 */
import { timeZones, UsageAggregator, type UsageQuery, versions } from "usage-by-agent";
import { periodFacts, periodQuery } from "./calendar.js";
import { toFailure } from "./failure.js";
import type { Failure, FromWorker, Question, Result, ToWorker } from "./protocol.js";
import { openSource } from "./source.js";

/** The time between two reports of progress in milliseconds: short enough for a smooth bar and a quick "Cancel". */
const BREATH_MS = 40;

const send = (message: FromWorker) => self.postMessage(message);

let wanted = 0;

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  wanted = data.kind === "ask" ? data.id : 0;
  if (data.kind === "ask") void answer(data);
};

send({ kind: "ready", zones: timeZones(), versions: versions() });

async function answer({ id, question, records, agents }: Extract<ToWorker, { kind: "ask" }>): Promise<void> {
  let where: Failure["where"] = "period";
  try {
    const query: UsageQuery = { ...periodQuery(question, Date.now()), ...reading(question) };
    send({ kind: "period", id, period: periodFacts(query) });
    if (records === null) return;
    if (agents !== null) {
      where = "agents";
      query.agents = await directory(agents);
    }
    const aggregator = new UsageAggregator(query);
    where = "records";
    const result = await count(id, aggregator, records);
    if (result !== null) send({ kind: "report", id, result });
  } catch (error) {
    send({ kind: "failed", id, failure: error instanceof ReadFailure ? error.failure : toFailure(error, where) });
  }
}

function reading({ includeIdle, dedupe, onInvalid, naiveTimestamps }: Question): Partial<UsageQuery> {
  return { includeIdle, dedupe, onInvalid, naiveTimestamps };
}

/** Counts the file, and frees the aggregator. Gives `null` if the question was replaced by a newer one. */
async function count(id: number, aggregator: UsageAggregator, file: Blob): Promise<Result | null> {
  const started = performance.now();
  let fileBytes = 0;
  let jsonBytes = 0;
  let breathed = started;
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  try {
    const source = await openSource(file, (bytes) => {
      fileBytes = bytes;
    });
    reader = source.stream.getReader();
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        throw new ReadFailure(toFailure(error, "records", source.gzip));
      });
      if (wanted !== id) return null;
      if (done) break;
      jsonBytes += value.byteLength;
      aggregator.pushBytes(value);
      if (performance.now() - breathed > BREATH_MS) {
        send({ kind: "progress", id, read: fileBytes, total: file.size });
        await nextTask();
        breathed = performance.now();
      }
    }
    aggregator.finish();
    const report = aggregator.report();
    const diagnostics = aggregator.diagnostics();
    return { report, diagnostics, fileBytes, jsonBytes, milliseconds: performance.now() - started };
  } finally {
    // Not awaited, because closing may take long and nothing depends on it.
    reader?.cancel().catch(() => {});
    aggregator.free();
  }
}

/** Parses a page of `GET /v1/agents`, compressed or not. The package checks its shape. */
async function directory(file: Blob): Promise<NonNullable<UsageQuery["agents"]>> {
  const { stream, gzip } = await openSource(file);
  const text = await new Response(stream).text().catch((error: unknown) => {
    throw new ReadFailure(toFailure(error, "agents", gzip));
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
