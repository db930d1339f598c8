/** The Worker's response for 100,000 records equals that of a second implementation, which shares no code with it. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { agentsPage, generate, render } from "../../tools/generate.mjs";
import { Tally } from "../../tools/oracle.mjs";
import { startWorker, TOKEN } from "./support.mjs";

const NOW = "2024-11-03T12:00:00Z"; // the day when New York's clocks go back
const QUESTIONS = [
  { period: "month" },
  { period: "week", tz: "America/New_York" },
  { period: "month", tz: "America/New_York" },
  { period: "year", tz: "Asia/Kolkata" },
  { period: "week", tz: "Australia/Lord_Howe" },
  { period: "year", tz: "Pacific/Apia" },
];

describe("100,000 records", () => {
  let worker;
  let text = "";
  const expected = new Map();
  before(async () => {
    const time = { start: Date.parse("2023-12-25T00:00:00Z"), end: Date.parse("2025-01-05T00:00:00Z") };
    const options = {
      records: 100_000,
      invalid: 0,
      seed: 7,
      agents: 40,
      transcripts: { share: 0.002, size: 5000 },
      ...time,
    };
    const agents = agentsPage(options);
    const tallies = QUESTIONS.map((query) => new Tally({ ...query, now: NOW, agents: agents.data }));
    const values = function* () {
      let index = 0;
      for (const generated of generate({ ...options, multiline: false })) {
        for (const tally of tallies) tally.value(generated.value, `/${index}`);
        index += 1;
        yield generated;
      }
    };
    for (const piece of render(values(), { format: "ndjson", seed: options.seed })) text += piece;
    QUESTIONS.forEach((query, index) => {
      expected.set(query, JSON.stringify(tallies[index].report()));
    });
    const objects = { "records.ndjson": text, "agents.json": JSON.stringify(agents) };
    // However busy the machine is, no request is refused.
    const vars = { API_TOKENS: TOKEN, NOW, LIMIT_WAIT_MS: "300000", LIMIT_TIMEOUT_MS: "3600000" };
    worker = await startWorker({ vars, objects });
  });
  after(() => worker?.stop());

  for (const query of QUESTIONS) {
    test(`the report of a ${query.period} in ${query.tz ?? "no zone"} equals the oracle's`, async () => {
      const answer = await worker.request(`?${new URLSearchParams(query)}`);
      assert.equal(answer.status, 200, answer.text);
      assert.ok(answer.json().data.length > 30);
      assert.equal(answer.text, expected.get(query));
    });
  }

  test("several requests at once read gzip records", async () => {
    await worker.put("records.ndjson", gzipSync(text), { httpMetadata: { contentEncoding: "gzip" } });
    const answers = await Promise.all(QUESTIONS.map((query) => worker.request(`?${new URLSearchParams(query)}`)));
    QUESTIONS.forEach((query, index) => {
      assert.equal(answers[index].text, expected.get(query));
    });
  });
});
