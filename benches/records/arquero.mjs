// The report by Arquero. A loop writes each event as a row of its columns. Arquero then filters and counts the rows, which is its
// purpose. It does not compute the agents' names.

import { desc, op, table } from "arquero";
import { deliveryOf, time } from "./loop.mjs";

export function arquero(records, { startMs, endMs, dedupe }) {
  const columns = { agentId: [], kind: [], id: [], at: [], seconds: [] };
  for (const record of records) put(columns, record);
  const counted = table(columns)
    .params({ startMs, endMs })
    .filter((row, $) => row.at >= $.startMs && row.at < $.endMs);
  const data = (dedupe ? counted.dedupe("kind", "id") : counted)
    .groupby("agentId")
    .rollup({
      messages: (row) => op.sum(row.kind === "message" ? 1 : 0),
      calls: (row) => op.sum(row.kind === "call" ? 1 : 0),
      totalSeconds: (row) => op.sum(row.seconds),
    })
    .orderby((row) => row.agentId === null, desc("messages"), desc("calls"), desc("totalSeconds"))
    .objects();
  return { data };
}

/** Adds the rows of a record, because tables cannot represent the nesting of webhooks and pages. It judges as the loop does. */
function put(columns, record) {
  const { type, event } = record;
  if (record.test === true || record.conversationState?.testMode === true) return;
  const inner = record.data ?? {};
  if (Array.isArray(inner)) for (const item of inner) put(columns, item);
  else if (type === "message") message(columns, record, record.receivedAt, record.id || record.messageId);
  else if (type === "call") call(columns, record, record, record.id || record.callId, record.status);
  else if (event === "agent.message") {
    if (record.channel !== "voice")
      message(columns, record, inner.receivedAt ?? record.timestamp, idOf(inner.messageId || inner.id, record));
  } else if (event === "agent.call_ended") {
    call(columns, record, inner, idOf(inner.callId || inner.id, record), inner.status ?? "completed");
  } else if (event !== undefined && event !== null) return;
  else if (record.startedAt !== undefined) call(columns, record, record, record.id || record.callId, record.status);
  else if (record.receivedAt !== undefined) message(columns, record, record.receivedAt, record.id || record.messageId);
}

/** The id of a webhook, or that of its delivery with a mark, because the two are never compared. */
function idOf(id, record) {
  const delivery = id ? undefined : deliveryOf(record);
  return id || (delivery && `delivery ${delivery}`);
}

function message(columns, { agentId }, receivedAt, id) {
  event(columns, "message", agentId, id, time(receivedAt), 0);
}

function call(columns, { agentId }, { startedAt, endedAt, durationSeconds }, id, status) {
  if (status !== "completed") return;
  const at = time(startedAt);
  const ended = endedAt === undefined || endedAt === null ? at : time(endedAt);
  const seconds = typeof durationSeconds === "number" ? durationSeconds : (ended - at) / 1000;
  event(columns, "call", agentId, id, at, Math.floor(seconds));
}

function event(columns, kind, agentId, id, at, seconds) {
  columns.id.push(id || columns.id.length); // an event without an id is never a duplicate
  columns.agentId.push(agentId || null);
  columns.kind.push(kind);
  columns.at.push(at);
  columns.seconds.push(seconds);
}
