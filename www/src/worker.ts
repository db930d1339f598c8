/**
 * Where the work is done, so that the page never waits for it: the package is loaded here and nowhere else. One
 * question at a time; a newer one ends the one under way.
 */
import { timeZones, UsageAggregator, type UsageQuery, versions } from "usage-by-agent";
import { periodFacts, periodQuery } from "./calendar.js";
import { toFailure } from "./failure.js";
import type { Failure, FromWorker, Question, Result, ToWorker } from "./protocol.js";
import { openSource } from "./source.js";

/** Often enough for a smooth bar and a prompt "Cancel". */
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

/** Feeds the file to the aggregator, and frees both. `null`: no longer wanted. */
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
    // Not awaited: a file's stream may take its time to close, and nothing depends on it.
    reader?.cancel().catch(() => {});
    aggregator.free();
  }
}

/** A page of `GET /v1/agents`, compressed or not; its shape is for the package to judge. */
async function directory(file: Blob): Promise<NonNullable<UsageQuery["agents"]>> {
  const { stream, gzip } = await openSource(file);
  const text = await new Response(stream).text().catch((error: unknown) => {
    throw new ReadFailure(toFailure(error, "agents", gzip));
  });
  return JSON.parse(text);
}

/** Lets messages in: a stream that always has a chunk ready would keep them waiting until its end. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** A failure of the file rather than of what it says. */
class ReadFailure extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}
