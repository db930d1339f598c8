/** The fake vendor counts what it has as this project does, and answers as the vendor documents. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { usageByAgent, validateResponse } from "usage-by-agent";
import { FORBIDDEN_TOKEN, startVendor } from "./fake-vendor.mjs";

const NOW = "2025-06-18T12:34:56Z";
// Records lie exactly at the edges of the window. These are the first instants of the month and of the week, in UTC.
const window = { start: "2025-06-01T00:00:00Z", end: "2025-06-16T00:00:00Z" };

let vendor;
before(async () => {
  vendor = await startVendor({ now: NOW, window, seed: 3 });
});
after(() => vendor?.stop());

const json = async (path, init) => {
  const response = await vendor.get(path, init);
  assert.equal(response.status, 200, path);
  return response.json();
};

describe("usage is counted twice", () => {
  const rows = ({ data }) => new Map(data.map((row) => [row.agentId, row]));

  for (const period of ["week", "month", "year"]) {
    for (const tz of [undefined, "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]) {
      test(`${period} in ${tz}`, async () => {
        const query = new URLSearchParams({ period, ...(tz ? { tz } : {}) });
        const theirs = await json(`/v1/usage/by-agent?${query}`);
        const checked = validateResponse("by-agent", theirs, { period, tz, now: NOW });
        assert.ok(checked.ok, JSON.stringify(checked));
        const { data: agents } = await json("/v1/agents?limit=100");
        const ours = usageByAgent(await vendor.truth(), { period, tz, now: NOW, agents });
        assert.deepEqual(rows(theirs), rows(ours));
        assert.deepEqual([theirs.periodStart, theirs.periodEnd], [ours.periodStart, ours.periodEnd]);
        assert.ok(theirs.data.length > 3);
      });
    }
  }

  for (const [endpoint, query] of [
    ["usage", ""],
    ["daily", "?days=40"],
    ["monthly", "?months=3"],
    ["by-number", ""],
  ]) {
    test(`${endpoint} is valid`, async () => {
      const answer = await json(`/v1/usage${endpoint === "usage" ? "" : `/${endpoint}`}${query}`);
      const checked = validateResponse(endpoint, answer, { now: NOW });
      assert.ok(checked.ok, JSON.stringify(checked));
    });
  }
});

test("tokens: 401 without one and with a wrong one, 403 with one that may do nothing", async () => {
  for (const [token, status] of [
    ["", 401],
    ["wrong", 401],
    [FORBIDDEN_TOKEN, 403],
  ]) {
    const response = await vendor.get("/v1/calls", { token });
    assert.equal(response.status, status);
    assert.equal(typeof (await response.json()).error.message, "string");
  }
});
