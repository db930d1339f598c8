// Checks of what a call throws. It must be a UsageError that reports the fault and its place. The next call must still work.

import assert from "node:assert/strict";
import { packed } from "./packed.mjs";

const { periodBounds, UsageError, usageByAgent } = packed;

/** A query for June 2024, and a moment in that month. */
export const JUNE = { period: "month", now: "2024-06-15T12:00:00Z" };
export const AT = "2024-06-15T12:00:00Z";

export const message = (fields) => ({ type: "message", receivedAt: AT, ...fields });
export const call = (fields) => ({ type: "call", status: "completed", startedAt: AT, durationSeconds: 60, ...fields });

/**
 * Compares a thrown value with `{code, path, line, byteOffset, message}`. The code and the places must be equal. A place that
 * is not given must be absent. The message must match the pattern.
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

/** Runs a call that must throw, and compares the thrown value with `expected`. */
export function assertThrows(run, expected, what) {
  let result;
  try {
    result = run();
  } catch (thrown) {
    assertFault(thrown, expected, what);
    return;
  }
  assert.fail(`${what ?? run}: did not throw, and returned ${JSON.stringify(result)}`);
}

/** Runs a call whose promise must be rejected, and compares the thrown value with `expected`. */
export async function assertRejects(run, expected, what) {
  let result;
  try {
    result = await run();
  } catch (thrown) {
    assertFault(thrown, expected, what);
    return;
  }
  assert.fail(`${what ?? run}: did not reject, and returned ${JSON.stringify(result)}`);
}

/** Checks that the module still gives correct results. It would not after a trap, or after a fault that damages memory. */
export function assertWorks(what) {
  assert.equal(periodBounds({ ...JUNE, tz: "america/new_york" }).startMs, Date.UTC(2024, 5, 1, 4), what);
  const { data } = usageByAgent([message({ agentId: "a" }), JSON.parse(JSON.stringify(call({ agentId: "a" })))], JUNE);
  const row = { agentId: "a", agentName: "a", messages: 1, calls: 1, totalSeconds: 60, isOrphan: false };
  assert.deepEqual(data, [row], what);
}

/** Returns the report and the diagnostics of records. Invalid records are skipped. */
export function skipping(records, query) {
  const usage = new packed.UsageAggregator({ ...JUNE, onInvalid: "skip", ...query });
  try {
    usage.push(records);
    return { report: usage.report(), diagnostics: usage.diagnostics() };
  } finally {
    usage.free();
  }
}
