/** Text of any script and any length is unchanged in the report, through every function. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { JUNE, message } from "../support/faults.mjs";
import { packed } from "../support/packed.mjs";

const { UsageAggregator, usageByAgent } = packed;
const utf8 = new TextEncoder();

/** Asserts that the report has this agent in every form, and that a repeated id is a duplicate. */
function assertKept(agentId, what) {
  const records = [message({ id: agentId, agentId, agentName: agentId }), message({ id: agentId, agentId })];
  const text = JSON.stringify(records);
  const inPieces = new UsageAggregator(JUNE);
  const bytes = utf8.encode(text);
  for (let at = 0; at < bytes.length; at += 65_521) inPieces.pushBytes(bytes.subarray(at, at + 65_521));
  const reports = {
    objects: usageByAgent(records, JUNE),
    string: usageByAgent(text, JUNE),
    bytes: usageByAgent(bytes, JUNE),
    pieces: inPieces.finish().report(),
    directory: usageByAgent([message({ agentId })], { ...JUNE, agents: [{ id: agentId, name: agentId }] }),
    defaults: new UsageAggregator(JUNE).push([message({})], { agentId, agentName: agentId }).report(),
  };
  inPieces.free();
  for (const [door, { data }] of Object.entries(reports)) {
    assert.ok(data.length === 1 && data[0].agentId === agentId, `${what} as ${door}: the id is another`);
    assert.ok(data[0].agentName === agentId, `${what} as ${door}: the name is another`);
    assert.equal(data[0].messages, 1, `${what} as ${door}`);
  }
}

// Characters of one, two, three and four bytes in UTF-8, and characters that JSON escapes.
const characters = [
  "a",
  "é",
  "漢",
  "😀",
  "\u{10ffff}",
  "\ud7ff",
  "\uffff",
  "\u0000",
  "\u007f",
  "\u2028",
  '"',
  "\\",
  "\n",
  "\ufeff",
];

for (const character of characters) {
  const name = `U+${character.codePointAt(0).toString(16)}`;
  test(`${name}: short texts and texts longer than any buffer are unchanged`, () => {
    for (const length of [1, 2, 3, 1000, 30_000, 120_000]) assertKept(character.repeat(length), `${length} × ${name}`);
  });
}

test("a surrogate pair at every buffer boundary is unchanged", () => {
  for (let before = 0; before < 4; before++) assertKept("x".repeat(before) + "😀".repeat(100_000), `${before} before`);
});

test("many long texts in one list are unchanged", () => {
  const records = Array.from({ length: 300 }, (_, i) => {
    const agentId = "漢".repeat(500 + i * 7);
    return message({ agentId, agentName: "é".repeat(i * 11) || undefined });
  });
  const { data } = usageByAgent(records, JUNE);
  assert.equal(data.length, 300);
  const names = new Map(data.map((row) => [row.agentId, row.agentName]));
  for (const { agentId, agentName } of records) assert.ok(names.get(agentId) === (agentName ?? agentId));
});
