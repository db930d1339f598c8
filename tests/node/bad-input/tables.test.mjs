/** The tables that ids are looked up in: never too small, and of places that nobody can know. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { runModule } from "../../support/packed.mjs";

// In a process of its own: what never ends is ended, and is a failure.
test("many rows in few bytes", async () => {
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

// Were a table made for each as large as the answer, this would take many minutes.
test("rows that come again and again", async () => {
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

test("a new key each time the module starts", async () => {
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
