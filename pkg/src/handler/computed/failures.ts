// The answers to questions that could not be computed.

import { UsageError } from "usage-by-agent";
import { type Answer, errorAnswer, exhausted } from "../http/answer.js";
import { InvalidOption } from "../invalid-option.js";
import type { Question } from "../source.js";
import { wrongBreakdown } from "./breakdown.js";

/** The error messages that callers see. They do not quote the records, which callers may not be allowed to see. */
const MESSAGES: Record<string, string> = {
  invalid_record: "A record is not valid.",
  invalid_json: "The records are not valid JSON.",
  unknown_records: "None of the records is a call, a message or a webhook.",
  overflow: "A sum is too large to be exact.",
};

/** The answer for an error of the records, of the query or of the owner's functions. */
export function failed(error: unknown, question: Question): Answer {
  const wrong = wrongBreakdown(error, question);
  if (wrong !== undefined) return wrong;
  if (isOutOfRange(error, question)) return outOfRange(question);
  return exhausted(error) ?? { ...failure(error), error };
}

/** Whether the caller's `offset` leads to a period that can't be reported. Without it, the owner's clock is at fault. */
function isOutOfRange(error: unknown, { query }: Question): boolean {
  return error instanceof UsageError && error.code === "out_of_range" && (query.offset ?? 0) !== 0;
}

function outOfRange({ sent }: Question): Answer {
  const msg = "Value error, the period is outside the years 1970 to 2099";
  const { offset: input } = sent;
  const detail = [{ type: "value_error", loc: ["query", "offset"], msg, input }];
  return { status: 422, body: JSON.stringify({ detail }) };
}

/** Gives the code and the place of an error. The message of most errors is left out, because it may quote a record. */
function failure(error: unknown): Answer {
  if (!(error instanceof UsageError)) {
    return errorAnswer(500, "records_unavailable", "The records could not be read.");
  }
  const { code, path, line, byteOffset } = error;
  const place = [line !== undefined && `line ${line}`, byteOffset !== undefined && `byte ${byteOffset}`]
    .filter(Boolean)
    .join(", ");
  const message = error instanceof InvalidOption ? error.said : (MESSAGES[code] ?? "The report could not be computed.");
  // The empty path is the whole input, which is not a place.
  const known = Boolean(path) || place !== "";
  const details = known ? [{ field: path ?? "", message: place, type: code }] : [];
  return errorAnswer(500, code, message, { details });
}

/** The answer where the version has changed during each of several readings. */
export function changing(reads: number): Answer {
  const message = "The records changed while they were read. Try again later.";
  const error = new Error(`The version changed during each of ${reads} readings.`);
  return { ...errorAnswer(503, "records_changed", message, { headers: { "retry-after": "1" } }), error };
}

/** The answer at the time limit. */
export function tooLate(timeoutMs: number): Answer {
  const message = `The records were not read within ${timeoutMs} ms.`;
  return { ...errorAnswer(504, "records_timeout", message), error: new Error(message) };
}
