// The input of the command's bench: calls and messages as the vendor's lists give them, one a line, in one form of time. All
// programs can read them with few rules. The values are the generator's.

import { closeSync, openSync, writeSync } from "node:fs";
import { generate } from "../../tools/generate.mjs";
import { readTimestamp } from "../../tools/oracle.mjs";

/** How many records are generated. A longer file repeats them with other ids. */
const GENERATED = 60_000;

const LISTED = new Set(["api call", "api message", "typed call", "typed message"]);

/** The period that is reported, in UTC. Some records are outside it. */
export const PERIOD = { period: "month", tz: "UTC", now: "2024-06-15T12:00:00Z" };
export const [FROM, TO] = ["2024-06-01T00:00:00.000Z", "2024-07-01T00:00:00.000Z"];
const [START, END] = ["2024-05-20T00:00:00Z", "2024-07-05T00:00:00Z"];

/**
 * Writes at least so many bytes of records.
 *
 * @returns {{records: number, bytes: number}}
 */
export function writeRecords(path, size) {
  const lines = listed();
  const file = openSync(path, "w");
  let [records, bytes] = [0, 0];
  for (let turn = 0; bytes < size; turn++) {
    for (let at = 0; at < lines.length && bytes < size; at += 1000) {
      const some = lines.slice(at, at + 1000);
      bytes += writeSync(file, some.map(([before, after]) => `${before}${turn}-${after}\n`).join(""));
      records += some.length;
    }
  }
  closeSync(file);
  return { records, bytes };
}

/** Each record as the text before and after the beginning of its id. One in fifty is listed twice, as pages that overlap do. */
function listed() {
  const options = { records: GENERATED * 2, seed: 77, agents: 200, start: START, end: END, pages: false, forms: false };
  const lines = [];
  for (const { shape, value } of generate(options)) {
    if (!LISTED.has(shape)) continue;
    const text = JSON.stringify(asListed(value, lines.length), wellFormed);
    lines.push([text.slice(0, text.indexOf("@")), text.slice(text.indexOf("@") + 1)]);
    if (lines.length % 50 === 0) lines.push(lines[lines.length - 40]);
    if (lines.length >= GENERATED) break;
  }
  return lines;
}

/** Text without halves of surrogate pairs, which DuckDB and jq refuse. */
const wellFormed = (_, value) => (typeof value === "string" ? value.replace(/\p{Surrogate}/gu, "\ufffd") : value);

/** A record with an id of its own, and with times and durations as the vendor writes them. */
function asListed({ id, callId, messageId, agentId, agentName, startedAt, receivedAt, ...rest }, n) {
  const isCall = startedAt !== undefined;
  const time = (value) => new Date(readTimestamp(value)).toISOString();
  const record = { id: `@${isCall ? "call" : "msg"}_${n.toString(36)}`, agentId: agentId || null };
  if (agentId && agentName) record.agentName = agentName.replace(/\p{Cc}/gu, " ");
  if (!isCall) return { ...record, ...rest, receivedAt: time(receivedAt) };
  const { status, endedAt, durationSeconds, ...more } = rest;
  const isOver = status === "completed";
  const seconds = isOver ? Math.floor(durationSeconds ?? n % 600) : null;
  const ended = isOver ? time(readTimestamp(startedAt) + seconds * 1000) : null;
  return {
    ...record,
    ...more,
    startedAt: time(startedAt),
    status: status ?? "",
    endedAt: ended,
    durationSeconds: seconds,
  };
}
