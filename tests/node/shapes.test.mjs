/**
 * Objects of random fields, most of them no record that anybody would send: the rules decide what each is, and the oracle and the
 * package must agree. The generator's records are all sensible, so they try few of these combinations.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../tools/generate.mjs";
import { report as oracle, Tally } from "../../tools/oracle.mjs";
import { assertPlaced } from "../support/conserved.mjs";
import { packed } from "../support/packed.mjs";

const { UsageAggregator, UsageRollup } = packed;
const QUERY = { period: "month", now: "2024-06-15T12:00:00Z", onInvalid: "skip" };
const DEFAULTS = { agentId: "d", agentName: "D", phoneNumberId: "p", channel: " MMS" };

const TIMES = ["2024-06-02T00:00:00Z", "2024-06-03T10:20:00+02:00", 1_717_243_200_000];
const ODD_TIMES = [
  "2024-05-02T00:00:00Z",
  "2024-06-03T10:20:00",
  1e14,
  1e14 + 1,
  1_717_243_200,
  1.5,
  "?",
  "",
  null,
  {},
];
const ODD_TEXTS = ["", null, 5, {}, [], true, "z"];
const HEADERS = [
  { "x-webhook-id": "d" },
  { "X-Webhook-ID": "e" },
  { "x-webhook-id": "d", "X-WEBHOOK-ID": "e" },
  { "x-webhook-id": "", "X-webhook-id": "e" },
  { "x-webhook-id": ["d"], "x-webhook-id2": "e" },
  {},
  [],
  null,
  5,
];
const STATES = [
  { testMode: true },
  { test_mode: true },
  { testMode: null, test_mode: true },
  {},
  [{ testMode: true }],
  null,
];
const CHANNELS = ["sms", "voice", " RCS\n", "other", "x".repeat(65), "", 5, null];

const time = (random) => (random.chance(0.88) ? random.pick(TIMES) : random.pick(ODD_TIMES));
const text =
  (...usual) =>
  (random) =>
    random.chance(0.88) ? random.pick(usual) : random.pick(ODD_TEXTS);
const anyOf = (values) => (random) => random.pick(values);

/** How the value of each field is made. `depth` bounds what is nested. */
const FIELDS = {
  startedAt: time,
  receivedAt: time,
  endedAt: time,
  timestamp: time,
  id: text("i", "j"),
  callId: text("i", "j"),
  messageId: text("i", "j"),
  agentId: text("a", "b", "c"),
  agentName: text("A", "B"),
  status: text("completed", "completed", "failed"),
  durationSeconds: anyOf([1, 2, 60.5, -0, null, -1, "5"]),
  phoneNumberId: anyOf(["n", "m", "", null, 5]),
  numberId: anyOf(["n", "o", "", null, {}]),
  phoneNumber: anyOf(["+12125550101", null, 5]),
  direction: anyOf(["inbound", "outbound", "web", "Web", null, 5]),
  channel: anyOf(CHANNELS),
  type: anyOf(["call", "message", "pstn", " WEB ", "Message", null, 5]),
  event: text("agent.message", "agent.call_ended", "agent.reaction", "agent.contact_shared", "agent.created"),
  test: anyOf([true, false, "true", 1, null]),
  conversationState: anyOf(STATES),
  deliveryId: text("d", "e"),
  webhookId: anyOf(["d"]),
  headers: anyOf(HEADERS),
  messageCount: anyOf([0, 1, 3, "2", null]),
  data: (random, depth) =>
    random.weighted([
      [6, () => object(random, depth - 1, random.pick(DATA))],
      [1, () => random.pick([null, 5, "x"])],
      [2, () => list(random, depth)],
    ])(),
  body: (random, depth) =>
    random.weighted([
      [6, () => object(random, depth - 1)],
      [1, () => random.pick([null, "text", 5])],
      [1, () => list(random, depth)],
    ])(),
  messages: (random, depth) => (random.chance(0.9) ? list(random, depth) : random.pick([null, 5, {}])),
};
const DATA = [
  ["startedAt", "callId", "status", "durationSeconds", "numberId", "direction", "type"],
  ["startedAt", "endedAt"],
  ["receivedAt", "messageId", "numberId", "direction"],
  ["receivedAt"],
];
const RECORDS = [
  ["startedAt", "id", "agentId", "status", "durationSeconds", "type", "direction", "phoneNumberId"],
  ["receivedAt", "id", "agentId", "agentName", "channel", "direction", "numberId"],
  ["event", "channel", "data", "timestamp", "agentId", "headers", "id", "deliveryId"],
  ["event", "data", "timestamp"],
  ["body", "headers", "id", "deliveryId"],
  ["messages", "agentId", "agentName", "phoneNumberId", "numberId", "channel", "messageCount"],
  ["data", "hasMore"],
];

const inSnakeCase = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const list = (random, depth) =>
  depth <= 0
    ? []
    : Array.from({ length: random.below(4) }, () =>
        random.chance(0.92) ? object(random, depth - 1) : random.pick([5, null, [], "x"]),
      );

/** An object of most of some fields, and of some others, in any order and in either spelling, or in both. */
function object(random, depth, usual = random.pick(RECORDS)) {
  const names = new Set(usual.filter((name) => name in FIELDS && random.chance(0.85)));
  while (random.chance(0.25)) names.add(random.pick(Object.keys(FIELDS)));
  if (depth <= 0) for (const name of ["body", "messages"]) names.delete(name);
  const made = {};
  for (const name of random.shuffled([...names])) {
    const spelled = () => (random.chance(0.3) ? inSnakeCase(name) : name);
    made[spelled()] = FIELDS[name](random, depth);
    if (random.chance(0.05)) made[spelled()] = FIELDS[name](random, depth);
  }
  return made;
}

const SCALARS = Object.keys(FIELDS).filter((name) => !["data", "body", "messages", "headers"].includes(name));

/** JSON text in which some fields come twice. The last one counts. */
function written(value, random) {
  if (Array.isArray(value)) return `[${value.map((item) => written(item, random)).join()}]`;
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? "-0" : JSON.stringify(value);
  const fields = Object.entries(value).map(([name, inner]) => {
    const field = `${JSON.stringify(name)}:${written(inner, random)}`;
    const isTwice = SCALARS.includes(name) && random.chance(0.03);
    return isTwice ? `${JSON.stringify(name)}:${random.pick(["5", '"z"', "null", "true"])},${field}` : field;
  });
  return `{${fields.join()}}`;
}

/** A copy in which some fields of objects are undefined, which is as if they were absent. */
function withUndefined(value, random) {
  if (Array.isArray(value)) return value.map((item) => withUndefined(item, random));
  if (typeof value !== "object" || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withUndefined(inner, random)]));
  for (const name of Object.keys(FIELDS)) if (random.chance(0.05) && !(name in copy)) copy[name] = undefined;
  return copy;
}

/** The places of invalid records. Of several wrong fields of one record, no rule says which is reported. */
const places = (problems) =>
  problems.filter(({ severity }) => severity !== "warning").map(({ path }) => path.replace(/(\/[^/\d][^/]*)+$/, ""));

function* sets(seed, count) {
  const random = new Random(seed);
  for (let n = 0; n < count; n++) {
    const records = Array.from({ length: 1 + random.below(5) }, () => object(random, 3));
    yield { records, random };
  }
}

for (const defaults of [undefined, DEFAULTS]) {
  const what = defaults ? "with defaults" : "without defaults";

  test(`random objects count as the oracle says, ${what}`, () => {
    for (const { records, random } of sets(71, 4000)) {
      const query = { ...QUERY, ...(random.chance(0.3) && { naiveTimestamps: "utc" }), dedupe: random.chance(0.9) };
      const { report, diagnostics } = oracle(records, query, { defaults });
      const { problems, ...counts } = diagnostics;
      const shown = JSON.stringify(records);
      const array = `[${records.map((record) => written(record, random)).join()}]`;
      for (const pushed of [records, withUndefined(records, random), array, new TextEncoder().encode(array)]) {
        const usage = new UsageAggregator(query).push(pushed, defaults);
        const { problems: found, ...ours } = usage.diagnostics();
        assert.deepEqual(usage.report(), report, shown);
        usage.free();
        assert.deepEqual(ours, counts, shown);
        assert.deepEqual(places(found), places(problems), shown);
        assertPlaced(ours, shown);
      }
    }
  });

  test(`a rollup counts random objects by the oracle's phone numbers, ${what}`, () => {
    for (const { records } of sets(72, 1500)) {
      // All times that are near enough are of one year, so a year holds all that the rollup counts.
      const tally = new Tally({ ...QUERY, period: "year" }, { defaults });
      for (const [index, record] of records.entries()) tally.value(record, `/${index}`);
      const rows = new Map();
      for (const { kind, number, seconds } of tally.counted()) {
        const row = rows.get(number ?? "") ?? { messages: 0, calls: 0 };
        rows.set(number ?? "", row);
        row[kind === "message" ? "messages" : "calls"] += 1;
        assert.ok(kind === "call" || seconds === undefined);
      }
      const rollup = new UsageRollup({ onInvalid: "skip" }).push(records, defaults);
      const { data } = rollup.byNumber();
      rollup.free();
      const found = new Map(data.map(({ numberId, messages, calls }) => [numberId, { messages, calls }]));
      assert.deepEqual(found, rows, JSON.stringify(records));
    }
  });
}

test("random objects are of every kind", () => {
  const sum = { counted: 0, outsidePeriod: 0, duplicates: 0, invalid: 0, withoutId: 0, withoutDuration: 0 };
  const ignored = { voiceTurns: 0, reactions: 0, events: 0, tests: 0, other: 0 };
  for (const { records } of sets(71, 4000)) {
    const { diagnostics } = oracle(records, QUERY);
    for (const name of Object.keys(sum)) sum[name] += diagnostics[name];
    for (const name of Object.keys(ignored)) ignored[name] += diagnostics.ignored[name];
  }
  for (const [name, count] of Object.entries({ ...sum, ...ignored })) assert.ok(count > 20, `${name}: ${count}`);
});
