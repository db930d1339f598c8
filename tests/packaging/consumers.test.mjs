/**
 * Uses the packed package in other tools: those that take seconds. `npm run consumers` runs all of them. The tools are installed
 * once, from the registry of npm.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { prove } from "../consumers/prove.mjs";
import { consumers } from "../consumers/table.mjs";

for (const consumer of consumers.filter(({ quick }) => quick)) {
  test(consumer.name, async () => {
    const { ok, said } = await prove(consumer);
    assert.ok(ok, said);
  });
}
