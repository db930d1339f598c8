import {
  type PeriodQuery,
  periodBounds,
  type Records,
  UsageError,
  type UsageQuery,
  usageByAgent,
  usageByAgentStream,
} from "usage-by-agent";
import { type Answer, clientGone, errorAnswer } from "./answer.js";
import type { ReportOptions, UsageHandlerOptions } from "./options.js";
import type { Source } from "./source.js";

/** What callers are told about records that can't be reported. Records' own content is not theirs to see. */
const MESSAGES: Record<string, string> = {
  invalid_record: "A record is not valid.",
  invalid_json: "The records are not valid JSON.",
  overflow: "A sum is too large to be exact.",
};

/** Reports computed here, from the records that the handler's owner supplies. */
export function computedSource(
  records: NonNullable<UsageHandlerOptions["records"]>,
  options: UsageHandlerOptions,
): Source {
  const fixed = typeof options.query === "function" ? options.query : reusable(options.query);
  return async ({ request, query }) => {
    try {
      const report = typeof fixed === "function" ? await fixed(request) : fixed;
      // The clock is read once: the window and the report are of the same moment.
      const question: UsageQuery & PeriodQuery = { ...report, ...query, now: options.now?.() ?? Date.now() };
      const { startMs, endMs } = periodBounds(question);
      const source = await records({ startMs, endMs }, request);
      const answer = isStream(source)
        ? await usageByAgentStream(source, { ...question, signal: request.signal })
        : usageByAgent(source, question);
      return { status: 200, body: JSON.stringify(answer) };
    } catch (error) {
      if (request.signal.aborted) return clientGone();
      return failure(error);
    }
  };
}

/** A generator or an iterator of agents ends with its first use; these options are used by every request. */
function reusable(query: ReportOptions | undefined): ReportOptions | undefined {
  const agents = query?.agents;
  return agents !== undefined && Symbol.iterator in agents ? { ...query, agents: [...agents] } : query;
}

function isStream(source: Records | ReadableStream<Uint8Array>): source is ReadableStream<Uint8Array> {
  // By what it can do: streams of another realm, or a polyfill's, are no instances of this realm's class.
  return typeof source === "object" && typeof (source as Partial<ReadableStream>).getReader === "function";
}

/** A code and a place; never the error's own message, which may quote a record. */
function failure(error: unknown): Answer {
  if (!(error instanceof UsageError)) {
    return errorAnswer(500, "records_unavailable", "The records could not be read.");
  }
  const { code, path, line, byteOffset } = error;
  const place = [line !== undefined && `line ${line}`, byteOffset !== undefined && `byte ${byteOffset}`]
    .filter(Boolean)
    .join(", ");
  const message = MESSAGES[code] ?? "The report could not be computed.";
  const known = path !== undefined || place !== "";
  const details = known ? [{ field: path ?? "", message: place, type: code }] : [];
  return errorAnswer(500, code, message, { details });
}
