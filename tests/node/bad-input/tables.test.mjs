/** The hash tables of ids: they never become too small, and nobody can predict their slots. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { runModule } from "../../support/packed.mjs";

// Runs in its own process, which is killed if it does not end.
test("many rows in few bytes are checked", async () => {
  const output = await runModule(`
    import { validateResponse } from "usage-by-agent";
    for (const [endpoint, name] of [["by-agent", "agentId"], ["by-number", "numberId"]]) {
      for (const rows of [1, 2, 3, 8, 40]) {
        const data = Array.from({ length: rows }, (_, n) => ({ [name]: String(n % 39) }));
        const { problems } = validateResponse(endpoint, JSON.stringify({ data }));
        console.log(rows, problems.filter(({ code }) => code === "duplicate_id").map(({ path }) => path).join());
      }
    }
  `);
  const want = (name) => ["1 ", "2 ", "3 ", "8 ", `40 /data/39/${name}`];
  assert.deepEqual(output.split("\n").slice(0, -1), [...want("agentId"), ...want("numberId")]);
});

// This would take many minutes if each check made a table as large as the response.
test("millions of repeated data keys are checked quickly", async () => {
  const output = await runModule(`
    import { validateResponse } from "usage-by-agent";
    for (const rows of ["[]", '[{"agentId":"a"}]']) {
      const { problems } = validateResponse("by-agent", "{" + ('"data":' + rows + ",").repeat(2_000_000) + '"data":[{}]}');
      console.log(problems.map(({ path }) => path).join());
    }
  `);
  const fields = ["agentId", "agentName", "messages", "calls", "totalSeconds"].map((name) => `/data/0/${name}`);
  assert.equal(output, `${[...fields, "/period", "/periodStart", "/periodEnd"]}\n`.repeat(2));
});

test("the module asks for one random key when it starts", async () => {
  const output = await runModule(`
    const { random } = Math;
    let asked = 0;
    Math.random = () => {
      asked += 1;
      return random();
    };
    const { usageByAgent } = await import("usage-by-agent");
    for (let n = 0; n < 3; n++) usageByAgent([], { period: "week" });
    console.log(asked);
  `);
  assert.equal(output, "1\n");
});
