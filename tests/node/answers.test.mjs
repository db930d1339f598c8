/** Random valid responses of the five endpoints. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../tools/generate/random.mjs";
import { answers, spelled } from "../support/answers.mjs";
import { packed } from "../support/packed.mjs";

const { periodBounds, timeZones, validateResponse } = packed;

test("ten thousand valid responses in different spellings have no problems", () => {
  const random = new Random(2);
  const source = answers(1, periodBounds, timeZones());
  const counts = {};
  for (let n = 0; n < 10_000; n++) {
    const { endpoint, body, expect } = source.next().value;
    const text = spelled(body, random);
    JSON.parse(text); // it is JSON
    const found = validateResponse(endpoint, new TextEncoder().encode(text), expect);
    const reported = found.ok ? found.warnings : found.problems;
    const wanted = endpoint === "usage" && !("plan" in body) ? ["warning /plan missing"] : [];
    const said = reported.map(({ severity, path, code }) => `${severity} ${path} ${code}`);
    assert.deepEqual(said, wanted, `${endpoint} ${JSON.stringify(expect)} ${text}`);
    const { value } = validateResponse(endpoint, body, expect);
    for (const [key, expected] of Object.entries(body)) {
      if (key !== "data" || endpoint !== "by-agent") assert.deepEqual(value[key], expected);
    }
    counts[endpoint] = (counts[endpoint] ?? 0) + 1;
  }
  assert.deepEqual(new Set(Object.values(counts)), new Set([2000]));
});
