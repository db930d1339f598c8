/** The Worker computes reports from an object in R2. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { EXAMPLE, exampleDirectory, exampleRecords, ndjson } from "./example.mjs";
import { errorOf, startWorker, TOKEN } from "./support.mjs";

const QUERY = "?period=month&tz=America%2FNew_York";
const CLOCK = { NOW: "2024-06-15T12:00:00Z" };
const SECRET = "+15550001111";

/** The rows without the agents' names, which come from the directory. */
const counts = ({ data }) => data.map(({ messages, calls, totalSeconds }) => [messages, calls, totalSeconds]);

describe("records", () => {
  let worker;
  before(async () => {
    const objects = { "records.ndjson": ndjson(exampleRecords()), "agents.json": JSON.stringify(exampleDirectory()) };
    worker = await startWorker({ vars: { ...CLOCK, API_TOKENS: TOKEN, BOUNDS_AS: "wall-clock" }, objects });
  });
  after(() => worker?.stop());

  /** Stores other records for one request, then the valid ones, which must work again. */
  const withRecords = async (body, options, run) => {
    await worker.put("records.ndjson", body, options);
    await run(await worker.request(QUERY));
    await worker.put("records.ndjson", ndjson(exampleRecords()));
    assert.equal((await worker.request(QUERY)).text, JSON.stringify(EXAMPLE));
  };

  test("the records give the vendor's example", async () => {
    const answer = await worker.request(QUERY);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.text, JSON.stringify(EXAMPLE));
  });

  test("other zones and periods have other bounds", async () => {
    const utc = (await worker.request("?period=month")).json();
    assert.equal(utc.periodStart, "2024-06-01T00:00:00Z");
    assert.notDeepEqual(counts(utc), counts(EXAMPLE));
    const year = (await worker.request("?period=year&tz=America%2FNew_York")).json();
    assert.equal(year.periodEnd, "2024-12-31T23:59:59Z");
    const week = (await worker.request("?period=week&tz=America%2FNew_York")).json();
    assert.equal(week.periodStart, "2024-06-10T00:00:00Z");
  });

  test("a breakdown has the report's counts, and series that are arrays", async () => {
    const path = "/v1/usage/breakdown";
    const { rows, steps, totals } = (await worker.request(`${QUERY}&by=agent&step=day`, { path })).json();
    const days = ({ series }) => Object.values(series).map((values) => values.reduce((sum, value) => sum + value));
    assert.deepEqual(counts({ data: rows }), counts(EXAMPLE));
    assert.deepEqual(rows.map(days), counts(EXAMPLE));
    assert.equal(steps.length, 30);
    assert.deepEqual(
      Object.values(totals),
      counts(EXAMPLE).reduce((a, b) => a.map((n, i) => n + b[i])),
    );
    const refused = await worker.request("?from=2024-06-01", { path });
    assert.deepEqual([refused.status, refused.json().detail[0].loc], [422, ["query", "to"]]);
  });

  test("an array, a page and gzip data give the report", async () => {
    const records = exampleRecords();
    const gzipped = { httpMetadata: { contentEncoding: "gzip" } };
    for (const [body, options] of [
      [JSON.stringify(records)],
      [JSON.stringify({ data: records, hasMore: false, total: records.length }, null, 2)],
      [gzipSync(ndjson(records)), gzipped],
      [gzipSync(JSON.stringify(records)), gzipped],
    ]) {
      await withRecords(body, options, (answer) => assert.equal(answer.text, JSON.stringify(EXAMPLE)));
    }
  });

  test("an empty object is a report without rows", async () => {
    await withRecords("", undefined, (answer) => assert.deepEqual(answer.json(), { ...EXAMPLE, data: [] }));
  });

  /** What is wrong, the whole object, the code, and the place in the message. */
  const good = JSON.stringify({ id: "m1", type: "message", receivedAt: "2024-06-10T00:00:00Z" });
  const BAD = [
    [
      "a bad timestamp",
      `${good}\n${JSON.stringify({ id: "m2", type: "message", body: SECRET, receivedAt: SECRET })}\n`,
      { code: "invalid_record", field: "/1/receivedAt", line: "line 2" },
    ],
    [
      "a negative duration",
      `${good}\n\n${JSON.stringify({ id: SECRET, status: "completed", startedAt: "2024-06-10T00:00:00Z", durationSeconds: -5 })}\n`,
      { code: "invalid_record", field: "/1/durationSeconds", line: "line 3" },
    ],
    ["a scalar", `${good}\n"${SECRET}"\n`, { code: "invalid_record", field: "/1", line: "line 2" }],
    ["broken JSON", `${good}\n{"body": "${SECRET}", oops}\n`, { code: "invalid_json", line: "line 2" }],
    ["a value left open", `${good}\n{"body": "${SECRET}`, { code: "invalid_json" }],
  ];
  for (const [what, body, expected] of BAD) {
    test(`${what} is a 500 that names the place and quotes nothing`, async () => {
      await withRecords(body, undefined, (answer) => {
        const { details } = errorOf(answer, 500, expected.code);
        assert.equal(details.length, 1, answer.text);
        assert.equal(details[0].type, expected.code);
        if (expected.field !== undefined) assert.equal(details[0].field, expected.field);
        if (expected.line !== undefined) assert.match(details[0].message, new RegExp(`^${expected.line}\\b`));
        assert.ok(!answer.text.includes(SECRET));
        assert.match(worker.logs(), new RegExp(`/v1/usage/by-agent: ${expected.code}`));
        assert.ok(!worker.logs().includes(SECRET));
      });
    });
  }

  test("records that are not understood are a 500, and the log says what they look like without a quotation", async () => {
    for (const [body, look] of [
      [`{"detail":"No key ${SECRET}"}`, 'an error body: "…"; wanted calls'],
      [`{"event":"${SECRET}"}\n{"rows":1}`, 'a webhook of the event "…", which is not documented; wanted calls'],
      [
        `{"data":[{"id":"a1","name":"${SECRET}","voiceMode":"x"}],"hasMore":false}`,
        "an agent, of GET /v1/agents; wanted",
      ],
      [gzipSync(`{"rows":"${SECRET}"}`), "an object with the key rows; wanted calls"],
    ]) {
      await withRecords(body, undefined, async (answer) => {
        for (const [path, query] of [
          ["/v1/usage/by-agent", QUERY],
          ["/v1/usage/daily", ""],
          ["/v1/usage/by-number", ""],
        ]) {
          const answered = path === "/v1/usage/by-agent" ? answer : await worker.request(query, { path });
          assert.deepEqual(errorOf(answered, 500, "unknown_records").details, []);
          const logged = `${path}: unknown_records: nothing of the input is understood: it looks like ${look}`;
          assert.ok(worker.logs().includes(logged), logged);
          assert.ok(!answered.text.includes(SECRET));
        }
        assert.ok(!worker.logs().includes(SECRET));
      });
    }
  });

  test("warnings are logged, without a quotation, and change no response", async () => {
    const page = JSON.stringify({ data: exampleRecords(), hasMore: true, total: 10_000 });
    const missing = 10_000 - exampleRecords().length;
    for (const [body, logged] of [
      [page, `warning incomplete_page: 1 list is not complete: ${missing} items are missing; include every page`],
      [
        `${ndjson(exampleRecords())}{"error":"${SECRET}"}`,
        'is of an unknown kind; the first looks like an error body: "…"',
      ],
    ]) {
      await withRecords(body, undefined, (answer) => {
        assert.equal(answer.text, JSON.stringify(EXAMPLE));
        assert.ok(worker.logs().includes(logged), logged);
        assert.match(worker.logs(), /\/v1\/usage\/by-agent: warning /);
        assert.ok(!worker.logs().includes(SECRET));
      });
    }
  });

  test("gzip data of several members is read whole, whatever its metadata say, and damaged data is an error", async () => {
    const text = ndjson(exampleRecords());
    const parts = [text.slice(0, 1000), "", text.slice(1000)].map((part) => gzipSync(part));
    const gzipped = { httpMetadata: { contentEncoding: "gzip" } };
    for (const options of [undefined, gzipped]) {
      await withRecords(Buffer.concat(parts), options, (answer) => assert.equal(answer.text, JSON.stringify(EXAMPLE)));
    }
    await withRecords(text, gzipped, (answer) => assert.equal(answer.text, JSON.stringify(EXAMPLE)));
    for (const bytes of [Buffer.concat(parts).subarray(0, -9), Buffer.concat([...parts, Buffer.from("more")])]) {
      await withRecords(bytes, undefined, (answer) => errorOf(answer, 500, "invalid_json"));
    }
  });

  test("the directory may be gzip data of several members", async () => {
    const names = JSON.stringify(exampleDirectory());
    const parts = [names.slice(0, 40), names.slice(40)].map((part) => gzipSync(part));
    await worker.put("agents.json", Buffer.concat(parts));
    assert.equal((await worker.request(QUERY)).text, JSON.stringify(EXAMPLE));
    await worker.put("agents.json", Buffer.concat(parts).subarray(0, -1));
    errorOf(await worker.request(QUERY), 500, "records_unavailable");
    await worker.put("agents.json", names);
  });

  test("a missing object is an error, not an empty report", async () => {
    await worker.bucket.delete("records.ndjson");
    errorOf(await worker.request(QUERY), 500, "records_unavailable");
    assert.match(worker.logs(), /no object named records\.ndjson/);
    await withRecords("", undefined, () => {});
  });

  test("the directory is read for each request, and may be missing or invalid", async () => {
    await worker.put("agents.json", JSON.stringify([{ id: EXAMPLE.data[0].agentId, name: "Renamed" }]));
    assert.equal((await worker.request(QUERY)).json().data[0].agentName, "Renamed");
    await worker.bucket.delete("agents.json");
    const unnamed = (await worker.request(QUERY)).json();
    assert.deepEqual(counts(unnamed), counts(EXAMPLE));
    assert.equal(unnamed.data[0].agentName, unnamed.data[0].agentId);
    await worker.put("agents.json", `{${SECRET}`);
    errorOf(await worker.request(QUERY), 500, "records_unavailable");
    assert.match(worker.logs(), /object agents\.json .* is not JSON/);
    assert.ok(!worker.logs().includes(SECRET));
    await worker.put("agents.json", "5");
    assert.equal(errorOf(await worker.request(QUERY), 500, "invalid_option").details[0].field, "/agents");
    await worker.put("agents.json", `[${" ".repeat(9 * 1024 * 1024)}]`);
    errorOf(await worker.request(QUERY), 500, "records_unavailable");
    await worker.put("agents.json", JSON.stringify(exampleDirectory()));
    assert.equal((await worker.request(QUERY)).text, JSON.stringify(EXAMPLE));
  });

  test("the other endpoints use the records and the account", async () => {
    const ask = async (path, query = "") => {
      const answer = await worker.request(query, { path: `/v1/usage${path}` });
      assert.equal(answer.status, 200, answer.text);
      return answer.json();
    };
    const local = exampleRecords().map((record) => {
      const time = record.receivedAt ?? record.startedAt;
      const counts = record.type === "message" || record.status === "completed";
      return { date: time.slice(0, 10), kind: record.type === "message" ? "messages" : "calls", counts };
    });
    const count = (kind, from, to = from) =>
      local.filter((one) => one.counts && one.kind === kind && one.date >= from && one.date <= to).length;

    errorOf(await worker.request("", { path: "/v1/usage" }), 404, "account_unknown");
    const account = {
      plan: { name: "Pro" },
      numbers: { used: 1, limit: 2, remaining: 1 },
      stats: { totalWebhookDeliveries: 3 },
      webhooks: { "2024-06-15": 4, "2024-06-01": 1 },
      phoneNumbers: { data: [{ id: "num_1", phoneNumber: "+1", country: "US", status: "active" }], total: 1 },
    };
    await worker.put("account.json", JSON.stringify(account));

    const { data, days } = await ask("/daily", "?days=20");
    assert.equal(days, 20);
    for (const { date, messages, calls, webhooks } of data) {
      const want = [count("messages", date), count("calls", date), account.webhooks[date] ?? 0];
      assert.deepEqual([messages, calls, webhooks], want, date);
    }
    const months = await ask("/monthly", "?months=2");
    assert.deepEqual(months.data, [
      { month: "2024-05", messages: 0, calls: count("calls", "2024-05-01", "2024-05-31"), webhooks: 0 },
      {
        month: "2024-06",
        messages: count("messages", "2024-06-01", "2024-06-30"),
        calls: count("calls", "2024-06-01", "2024-06-30"),
        webhooks: 5,
      },
    ]);
    const totals = [count("messages", "2000", "3000"), count("calls", "2000", "3000")];
    assert.deepEqual((await ask("/by-number")).data, [
      { numberId: "num_1", phoneNumber: "+1", country: "US", status: "active", messages: 0, calls: 0 },
      { numberId: "", phoneNumber: "", country: "", status: "", messages: totals[0], calls: totals[1] },
    ]);
    const usage = await ask("");
    assert.deepEqual([usage.plan, usage.numbers], [account.plan, account.numbers]);
    const { totalMessages, totalCalls, totalWebhookDeliveries, failedWebhookDeliveries } = usage.stats;
    assert.deepEqual([totalMessages, totalCalls], totals);
    assert.deepEqual([totalWebhookDeliveries, failedWebhookDeliveries], [3, 0]);
    assert.equal(usage.periodEnd, "2024-06-30T23:59:59Z");

    for (const [body, code] of [
      [`{"plan": "${SECRET}"}`, "invalid_option"],
      [`{"plan": ${SECRET}`, "records_unavailable"],
      [JSON.stringify({ plan: { name: "x".repeat(9 * 1024 * 1024) } }), "records_unavailable"],
    ]) {
      await worker.put("account.json", body);
      const answer = await worker.request("", { path: "/v1/usage/daily" });
      errorOf(answer, 500, code);
      assert.ok(!answer.text.includes(SECRET));
      assert.equal((await worker.request(QUERY)).text, JSON.stringify(EXAMPLE));
    }
    await worker.bucket.delete("account.json");
  });

  test("concurrent requests get equal reports", async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => worker.request(QUERY)));
    for (const answer of answers) assert.equal(answer.text, JSON.stringify(EXAMPLE));
  });
});

test("keys, week start and the format of bounds are settings", async () => {
  const objects = {
    "2024/all.json": ndjson(exampleRecords()),
    "who.json": JSON.stringify(exampleDirectory()),
    "me.json": JSON.stringify({ plan: { name: "Pro" }, numbers: { used: 0, limit: 1, remaining: 1 } }),
  };
  const vars = {
    ...CLOCK,
    API_TOKENS: TOKEN,
    RECORDS_KEY: "2024/all.json",
    AGENTS_KEY: "who.json",
    ACCOUNT_KEY: "me.json",
    TIME_ZONE: "Pacific/Kiritimati",
    WEEK_START: "sunday",
  };
  const worker = await startWorker({ vars, objects });
  const month = (await worker.request(QUERY)).json();
  assert.deepEqual(month, { ...EXAMPLE, periodStart: "2024-06-01T04:00:00Z", periodEnd: "2024-07-01T03:59:59Z" });
  const week = (await worker.request("?period=week&tz=UTC")).json();
  assert.equal(week.periodStart, "2024-06-09T00:00:00Z");
  // In Kiritimati it is already Sunday the 16th.
  const local = (await worker.request("?period=week")).json();
  assert.equal(local.periodStart, "2024-06-15T10:00:00Z");
  const daily = (await worker.request("?days=1", { path: "/v1/usage/daily" })).json();
  assert.equal(daily.data[0].date, "2024-06-16");
  const usage = (await worker.request("", { path: "/v1/usage" })).json();
  assert.deepEqual([usage.plan.name, usage.periodStart], ["Pro", "2024-05-31T10:00:00Z"]);
  await worker.stop();
});

test("without NOW the current time is used", async () => {
  const worker = await startWorker({ vars: { API_TOKENS: TOKEN }, objects: { "records.ndjson": "" } });
  const { periodStart, periodEnd } = (await worker.request("?period=year")).json();
  assert.ok(Date.parse(periodStart) <= Date.now() && Date.now() < Date.parse(periodEnd) + 1000);
  await worker.stop();
});

test("a missing or invalid setting is named in every response", async () => {
  for (const [vars, named] of [
    [{}, /API_TOKENS/],
    [{ API_TOKENS: " , " }, /API_TOKENS/],
    [{ API_TOKENS: TOKEN, WEEK_START: "someday" }, /WEEK_START/],
    [{ API_TOKENS: TOKEN, BOUNDS_AS: "fuzzy" }, /BOUNDS_AS/],
    [{ API_TOKENS: TOKEN, NOW: "noon" }, /NOW/],
    [{ API_TOKENS: TOKEN, TIME_ZONE: "Mars/Olympus" }, /TIME_ZONE/],
    [{ API_TOKENS: TOKEN, CORS_ORIGINS: "https://ok.example, https://app.example/" }, /CORS_ORIGINS/],
  ]) {
    const worker = await startWorker({ vars, objects: { "records.ndjson": "" } });
    try {
      for (const token of [TOKEN, null]) {
        assert.match(errorOf(await worker.request(QUERY, { token }), 503, "not_configured").message, named);
      }
    } finally {
      await worker.stop();
    }
  }
});
