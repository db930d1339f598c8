// A second, naive count that makes mistakes, for the tests of `reconcile`. What a record means is the oracle's.

import assert from "node:assert/strict";
import { generate } from "../../tools/generate.mjs";
import { get, isObject } from "../../tools/oracle/fields.mjs";
import { bounds, judge, open, readTimestamp } from "../../tools/oracle.mjs";

export const FIELDS = ["messages", "calls", "totalSeconds"];
export const MONTH = { period: "month", tz: "America/New_York", now: "2024-06-15T12:00:00Z", onInvalid: "skip" };
export const WEEK = { ...MONTH, period: "week" };

/** Values with a list page among them, and the records in these values. */
export function made(seed, options) {
  const span = { start: "2024-05-01T00:00:00Z", end: "2024-07-31T00:00:00Z" };
  const values = [
    ...generate({ records: 4000, seed, agents: 12, transcripts: { share: 0 }, forms: false, ...span, ...options }),
  ];
  const flat = (value) => (Array.isArray(value.data) ? value.data.flatMap(flat) : [value]);
  return {
    values: values.map(({ value }) => value),
    texts: values.map(({ text }) => text),
    records: values.flatMap(({ value }) => flat(value)),
  };
}

/** The records in values, each with what it takes from its conversation. */
function opened(values, defaults = {}) {
  return values.flatMap((value) => {
    const list = open(value, "", defaults);
    return list ? opened(list.items, list.defaults) : [{ record: value, defaults }];
  });
}

const judgedBefore = new WeakMap();

/** The records in values with their verdicts. Values that are counted with many mistakes are judged once, and must not change. */
function judged(values) {
  const known = judgedBefore.get(values);
  if (known !== undefined) return known;
  const made = opened(values).map(({ record, defaults }) => {
    return { record, defaults, verdict: judge(record, "", { defaults }) };
  });
  judgedBefore.set(values, made);
  return made;
}

const isEnvelope = (record) => get(record, "event") == null && isObject(record.body) && record.body.event != null;

/** Changes a record, or the webhook in an envelope. */
const changed = (record, change) =>
  isEnvelope(record) ? { ...record, body: change(record.body) } : isObject(record) ? change(record) : record;

const unmarked = ({ test, conversationState, conversation_state, ...record }) => record;

/** A call's seconds with their fraction, or null. With `span` they are those from its start to its end, if the end is known. */
function exactSeconds(record, span) {
  const webhook = isEnvelope(record) ? record.body : record;
  const call = webhook.event == null || webhook.type === "call" ? webhook : webhook.data;
  const duration = get(call, "durationSeconds");
  const endedAt = get(call, "endedAt");
  if (typeof duration === "number" && !(span && endedAt != null)) return duration;
  const seconds = endedAt == null ? null : (readTimestamp(endedAt) - readTimestamp(get(call, "startedAt"))) / 1000;
  return seconds < 0 ? null : seconds;
}

const fullest = (a, b) =>
  Number(b.agentId !== null) - Number(a.agentId !== null) ||
  (b.seconds ?? -1) - (a.seconds ?? -1) ||
  (a.agentId < b.agentId ? -1 : 1);

const floor = (seconds) => Math.floor(seconds);

/**
 * The rows of a period, counted with mistakes.
 *
 * @param {unknown[]} values records, list pages and conversations
 * @param {object} query
 * @param {object} [mistakes]
 */
export function rowsBy(values, query, mistakes = {}) {
  const { failed, voice, tests, leave, dedupe = true, redeliveries, span, rounded, deleted = [] } = mistakes;
  const { sum = (seconds) => seconds } = mistakes;
  const { startMs, endMs } = bounds(query);
  const events = new Map();
  for (const [n, { record: given, defaults, verdict: first }] of judged(values).entries()) {
    const record = tests ? changed(given, unmarked) : given;
    let verdict = tests ? judge(record, "", { defaults }) : first;
    if (voice && verdict.is === "voiceTurn") {
      verdict = judge(
        changed(record, (turn) => ({ ...turn, channel: "sms" })),
        "",
        { defaults },
      );
    }
    if (verdict.is !== "message" && verdict.is !== "call") continue;
    if (verdict.is === "call" && verdict.status !== null && !failed?.(verdict.status)) continue;
    if (verdict.time < startMs || verdict.time >= endMs) continue;
    if (verdict.is === "message" && leave && verdict.direction === leave) continue;
    let { seconds } = verdict;
    if (verdict.is === "call" && seconds !== null && (rounded || span)) {
      const exact = exactSeconds(record, span);
      seconds = exact === null ? null : (rounded ?? floor)(exact);
    }
    const delivery = redeliveries ? null : verdict.delivery;
    const id = verdict.id === null ? delivery && `delivery ${delivery}` : `id ${verdict.id}`;
    const key = dedupe && id !== null ? `${verdict.is} ${id}` : n;
    const event = { ...verdict, seconds };
    const known = events.get(key);
    events.set(key, known ? [known, event].sort(fullest)[0] : event);
  }
  const rows = new Map();
  for (const { is, agentId: named, seconds } of events.values()) {
    const agentId = deleted.includes(named) ? null : named;
    const row = rows.get(agentId) ?? { messages: 0, calls: 0, totalSeconds: 0 };
    rows.set(agentId, row);
    row[is === "message" ? "messages" : "calls"] += 1;
    row.totalSeconds += seconds ?? 0;
  }
  return [...rows].map(([agentId, row]) => ({
    agentId,
    agentName: agentId ?? "Unassigned",
    ...row,
    totalSeconds: sum(row.totalSeconds),
    isOrphan: agentId === null,
  }));
}

/** Our own report with the names of the naive count, so that names do not differ. */
export const named = (report) => ({
  ...report,
  data: report.data.map((row) => ({ ...row, agentName: row.agentId ?? "Unassigned" })),
});

export const shownOf = ({ causes }) => causes.filter(({ certainty }) => certainty === "shown");
export const codesOf = (result) => shownOf(result).map(({ code, with: others = [] }) => [code, ...others].join(" + "));

/** Asserts that each cause and all deltas are consistent. */
export function assertSound(result, ours, theirs) {
  for (const { code, message, certainty, fields } of result.causes) {
    assert.ok(typeof code === "string" && message.length > 10 && fields.length > 0);
    assert.ok(certainty === "shown" || certainty === "possible");
    assert.equal(new Set(fields).size, fields.length);
  }
  const ids = new Set([...ours.data, ...theirs.data].map(({ agentId }) => agentId));
  assert.deepEqual(new Set(result.agents.map(({ agentId }) => agentId)), ids);
  assert.equal(result.agents.length, ids.size);
  for (const field of FIELDS) {
    const sum = (side) => result.agents.reduce((total, row) => total + row[field][side], 0);
    assert.deepEqual(result.totals[field], { ours: sum("ours"), theirs: sum("theirs"), delta: sum("delta") });
    assert.equal(
      sum("ours"),
      ours.data.reduce((total, row) => total + row[field], 0),
    );
    assert.equal(
      sum("theirs"),
      theirs.data.reduce((total, row) => total + row[field], 0),
    );
  }
  for (const row of result.agents) {
    assert.equal(
      row.equal,
      FIELDS.every((field) => row[field].delta === 0),
    );
    for (const field of FIELDS) assert.equal(row[field].delta, row[field].theirs - row[field].ours);
  }
}

/** Rounds up to a multiple of `step`. */
export const up = (step) => (seconds) => Math.ceil(seconds / step) * step;

/** Rounds to the nearest second. */
export const nearest = (seconds) => Math.floor(seconds + 0.5);

/** Accepts any status. */
export const any = () => true;

const to3 = (seconds) => Math.round(seconds * 1000) / 1000; // sums of fractions are not exact

/** Rounds only the sum of an agent's seconds. */
export const afterSum = (round) => ({ rounded: (seconds) => seconds, sum: (seconds) => round(to3(seconds)) });

/** Values in every way in which `reconcile` takes records. */
export const doorsOf = (values) => ({
  objects: values,
  page: { data: values },
  text: JSON.stringify(values),
  lines: values.map((value) => JSON.stringify(value)).join("\n"),
  bytes: new TextEncoder().encode(JSON.stringify(values, null, 1)),
});

/**
 * The mistakes of numbers, each as the code of its cause and what it does to {@link rowsBy}.
 *
 * @param {import("../../tools/generate/random.mjs").Random} random
 * @param {string[]} ids the agents, of which some are deleted
 * @param {number[]} [units] the units to which calls may be rounded up, in seconds
 */
export function mistakesOf(random, ids, units = [1, 6, 60]) {
  return [
    ["failed_calls_counted", { failed: any }],
    ["duplicates_counted", { dedupe: false }],
    ["redeliveries_counted", { redeliveries: true }],
    ["tests_counted", { tests: true }],
    ["voice_turns_counted", { voice: true }],
    ["outbound_messages_missing", { leave: "outbound" }],
    ["inbound_messages_missing", { leave: "inbound" }],
    ["span_billed", { span: true }],
    ["rounded_up_per_call", { rounded: up(random.pick(units)) }],
    ["rounded_to_nearest", { rounded: nearest }],
    ["agent_deleted", { deleted: random.shuffled(ids).slice(0, 1 + random.below(3)) }],
  ];
}

/** Whether a mistake can be made together with others. If every id counts each time, the ids of deliveries do too. */
export function canJoin([code, what], others) {
  const codes = [code, ...others.map(([other]) => other)];
  const isCovered = codes.includes("duplicates_counted") && codes.includes("redeliveries_counted");
  return !isCovered && others.every(([, other]) => Object.keys(other)[0] !== Object.keys(what)[0]);
}
