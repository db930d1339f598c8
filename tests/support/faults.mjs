// What a call throws: always a UsageError that says what is wrong and where, and never one that breaks the next call.

import assert from "node:assert/strict";
import { packed } from "./packed.mjs";

const { periodBounds, UsageError, usageByAgent } = packed;

/** A question about June 2024, and a moment in it. */
export const JUNE = { period: "month", now: "2024-06-15T12:00:00Z" };
export const AT = "2024-06-15T12:00:00Z";

export const message = (fields) => ({ type: "message", receivedAt: AT, ...fields });
export const call = (fields) => ({ type: "call", status: "completed", startedAt: AT, durationSeconds: 60, ...fields });

/**
 * Holds a thrown value against `{code, path, line, byteOffset, message}`: the code exactly, the places exactly too (one not
 * given must not be there), the message by a pattern.
 */
export function assertFault(thrown, { code, path, line, byteOffset, message = /wanted/ }, what = "") {
  assert.ok(thrown instanceof UsageError, `${what}: not a UsageError: ${String(thrown?.stack ?? thrown)}`);
  assert.ok(thrown instanceof Error);
  assert.equal(thrown.name, "UsageError", what);
  const got = { code: thrown.code, path: thrown.path, line: thrown.line, byteOffset: thrown.byteOffset };
  assert.deepEqual(got, { code, path, line, byteOffset }, `${what}: ${thrown.message}`);
  assert.match(thrown.message, message, what);
  assertWorks(what);
}

/** Runs a call that must throw, and holds what it throws against `expected`. */
export function assertThrows(run, expected, what) {
  let result;
  try {
    result = run();
  } catch (thrown) {
    assertFault(thrown, expected, what);
    return;
  }
  assert.fail(`${what ?? run}: threw nothing and gave ${JSON.stringify(result)}`);
}

/** The same of a call whose promise must be rejected. */
export async function assertRejects(run, expected, what) {
  let result;
  try {
    result = await run();
  } catch (thrown) {
    assertFault(thrown, expected, what);
    return;
  }
  assert.fail(`${what ?? run}: gave ${JSON.stringify(result)}`);
}

/** The module answers as ever: a trap, or memory lost to a fault, would show here. */
export function assertWorks(what) {
  assert.equal(periodBounds({ ...JUNE, tz: "america/new_york" }).startMs, Date.UTC(2024, 5, 1, 4), what);
  const { data } = usageByAgent([message({ agentId: "a" }), JSON.parse(JSON.stringify(call({ agentId: "a" })))], JUNE);
  const row = { agentId: "a", agentName: "a", messages: 1, calls: 1, totalSeconds: 60, isOrphan: false };
  assert.deepEqual(data, [row], what);
}

/** The diagnostics and the report of records, invalid ones passed over. */
export function skipping(records, query) {
  const usage = new packed.UsageAggregator({ ...JUNE, onInvalid: "skip", ...query });
  try {
    usage.push(records);
    return { report: usage.report(), diagnostics: usage.diagnostics() };
  } finally {
    usage.free();
  }
}
