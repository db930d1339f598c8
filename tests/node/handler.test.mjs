/** `createUsageHandler` without a server: what it computes, and how it checks requests and options. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { report } from "../../tools/oracle.mjs";
import { call, message } from "../support/faults.mjs";
import { installed, packed } from "../support/packed.mjs";
import { importSource } from "../support/source.mjs";

const { createUsageHandler } = await import(pathToFileURL(join(installed, "dist/handler.js")).href);
const { timeZones, UsageRollup } = packed;

const NOW = "2024-10-31T12:00:00Z";
const TZ = "Australia/Lord_Howe"; // its clocks go forward by half an hour in that month
const at = (i) => Date.UTC(2024, 0, 1) + i * 4_567_891;
const RECORDS = Array.from({ length: 6000 }, (_, i) =>
  (i % 3 ? message : call)({
    id: `id-${i % 5900}`,
    agentId: i % 11 ? `agent-${i % 17}` : null,
    agentName: `Agent ${i % 4}`,
    phoneNumberId: i % 4 ? `number-${i % 5}` : null,
    phoneNumber: `+1555000${i % 5}`,
    durationSeconds: i % 100,
    receivedAt: at(i % 5900),
    startedAt: at(i % 5900),
  }),
);
/** The records without duplicates: one of each kind for each id. */
const COUNTED = [...new Map(RECORDS.map((record) => [`${record.type} ${record.id}`, record])).values()];
const ACCOUNT = {
  plan: { name: "Pro" },
  numbers: { used: 6, limit: 10, remaining: 4 },
  stats: { totalMessages: 5, totalWebhookDeliveries: 30, smsSegmentsLast30d: null },
  webhooks: { "2024-10-31": 7, "2024-10-01": 5, "2024-09-30": 3 },
  phoneNumbers: {
    data: [
      { id: "number-1", phoneNumber: "+44", country: "GB", status: "active", agentId: "agent-1" },
      { id: "number-2", phoneNumber: "", country: "US", status: "released", agentId: null },
      { id: "unused", phoneNumber: "+49", country: "DE", status: "active" },
    ],
  },
};
const agents = [{ id: "agent-1", name: "Support" }];
const MOST = Number.MAX_SAFE_INTEGER;
const open = { authorize: (token) => token === "good", now: () => NOW, query: { tz: TZ, agents }, account: ACCOUNT };

const PATHS = [
  "/v1/usage/by-agent?period=month",
  "/v1/usage",
  "/v1/usage/daily",
  "/v1/usage/monthly",
  "/v1/usage/by-number",
];

async function ask(handler, path, { headers = {}, ...init } = {}) {
  const request = new Request(`https://edge.example${path}`, {
    headers: { authorization: "Bearer good", ...headers },
    ...init,
  });
  const response = await handler(request);
  const text = await response.text();
  assert.ok(!text.includes("hunter2"), text);
  return { status: response.status, headers: response.headers, text, body: text && JSON.parse(text) };
}

/** Asserts that a response is a 200 and valid, and returns its body. */
async function answer(handler, path) {
  const { status, text, body } = await ask(handler, path);
  assert.equal(status, 200, text);
  const asked = new URL(path, "https://edge.example").searchParams;
  const expect = asked.has("period") ? { period: asked.get("period"), tz: asked.get("tz") ?? TZ } : {};
  const checked = packed.validateResponse(endpointOf(path), text, expect);
  assert.ok(checked.ok, JSON.stringify(checked.problems));
  return body;
}

const endpointOf = (path) => path.split("?")[0].split("/").at(-1);

/** Bytes in chunks that end anywhere. */
function streamOf(records, { end = (controller) => controller.close(), cancel = () => {} } = {}) {
  const bytes = new TextEncoder().encode(records.map((record) => JSON.stringify(record)).join("\n"));
  let from = 0;
  return new ReadableStream({
    pull(controller) {
      if (from >= bytes.length) return end(controller);
      controller.enqueue(bytes.subarray(from, from + 9973));
      from += 9973;
    },
    cancel,
  });
}

async function* chunksOf(records) {
  for (const record of records) yield new TextEncoder().encode(`${JSON.stringify(record)}\n`);
}

const tally = (rows) => ({
  messages: rows.filter(({ type }) => type === "message").length,
  calls: rows.filter(({ type }) => type === "call").length,
});

describe("the parameters of a breakdown", () => {
  const windows = [];
  const handler = createUsageHandler({
    ...open,
    query: { ...open.query, includeIdle: true, agents: [{ id: "idle", name: "Idle" }] },
    records: (window) => windows.push(window) && [],
  });
  const at = (query) => ask(handler, `/v1/usage/breakdown${query}`);

  test("wrong ones are a 422 that names the parameter", async () => {
    for (const [query, names] of [
      ["?by=agents", ["by"]],
      ["?by=agent,agent", ["by"]],
      ["?by=agent,", ["by"]],
      ["?by=", ["by"]],
      ["?step=year&period=decade&week_start=Mon&tz=Mars", ["step", "period", "tz", "week_start"]],
      ["?offset=1&period=week", ["offset"]],
      ["?offset=-1", ["period"]],
      ["?from=2024-06-01", ["to"]],
      ["?to=2024-06-01", ["from"]],
      ["?from=2024-06-02&to=2024-06-01", ["to"]],
      ["?from=2024-06-02&to=2024-06-03T00:00:00Z", ["to"]],
      ["?from=yesterday&to=today", ["from"]],
      ["?from=2024-06-01&to=2024-06-02&period=week", ["period"]],
      ["?from=2024-06-01&to=2024-06-02&offset=0", ["offset"]],
      ["?from=1960-01-01&to=2024-06-02", ["from"]],
      ["?from=2024-06-01T00:01:00Z&to=2024-06-02T00:00:00Z", ["from"]],
      ["?from=1971-06-01T00:00:00Z&to=1971-06-02T00:00:00Z&tz=Africa%2FMonrovia&step=day", ["tz"]],
      ["?period=month&offset=-1200", ["offset"]],
    ]) {
      const { status, body, text } = await at(query);
      assert.equal(status, 422, `${query} ${text}`);
      assert.deepEqual(
        body.detail.map(({ loc }) => loc),
        names.map((name) => ["query", name]),
        query,
      );
      for (const { msg, type } of body.detail) assert.ok(msg && type, text);
    }
  });

  test("the records of the window are asked for, or all of them", async () => {
    windows.length = 0;
    await at("?from=2024-06-01&to=2024-06-02&tz=UTC");
    await at("");
    assert.deepEqual(windows, [
      { startMs: Date.UTC(2024, 5, 1), endMs: Date.UTC(2024, 5, 2) },
      packed.recordsWindow("usage"),
    ]);
  });

  test("agents without usage have rows by agent alone", async () => {
    const ids = async (by) => (await at(`?period=week&by=${by}`)).body.rows.map(({ agentId }) => agentId);
    assert.deepEqual(await ids("agent"), ["idle"]);
    assert.deepEqual(await ids("agent,channel"), []);
  });

  test("unknown parameters are named, and a handler in front of a server has no breakdown", async () => {
    assert.equal((await at("?granularity=day")).headers.get("x-ignored-parameters"), "granularity");
    const proxy = createUsageHandler({ upstream: { baseUrl: "https://upstream.example" } });
    assert.equal((await ask(proxy, "/v1/usage/breakdown")).status, 404);
    const document = (await ask(proxy, "/openapi.json")).body;
    assert.ok(!("/v1/usage/breakdown" in document.paths));
    assert.ok("/v1/usage/breakdown" in (await ask(handler, "/openapi.json")).body.paths);
  });
});

describe("computed responses", () => {
  const rollup = new UsageRollup().push(RECORDS);
  const DOORS = {
    "records, objects": { records: async () => RECORDS },
    "records, a stream": { records: () => streamOf(RECORDS) },
    "records, a response": { records: async () => new Response(streamOf(RECORDS)) },
    "records, a blob": { records: () => new Blob([JSON.stringify(RECORDS)]) },
    "records, an async iterable": { records: () => ({ [Symbol.asyncIterator]: () => chunksOf(RECORDS) }) },
    "a rollup": { rollup },
    "a rollup of the request": { rollup: async () => rollup },
  };
  const format = new Intl.DateTimeFormat("en-CA", { timeZone: TZ });
  const dates = new Map(COUNTED.map((record) => [record, format.format(record.receivedAt)]));

  for (const [door, source] of Object.entries(DOORS)) {
    const handler = createUsageHandler({ ...open, ...source });

    test(`usage by agent is computed from ${door}`, async () => {
      for (const [path, query] of [
        ["/v1/usage/by-agent?period=month", { period: "month", tz: TZ }],
        ["/v1/usage/by-agent?period=year&tz=Asia%2FKolkata", { period: "year", tz: "Asia/Kolkata" }],
      ]) {
        assert.deepEqual(await answer(handler, path), report(RECORDS, { ...query, now: NOW, agents }).report);
      }
    });

    test(`usage by day and month is computed from ${door}`, async () => {
      const { data, days } = await answer(handler, "/v1/usage/daily?days=365");
      assert.equal(days, 365);
      assert.equal(data.length, 365);
      for (const { date, ...row } of data) {
        const want = {
          ...tally(COUNTED.filter((record) => dates.get(record) === date)),
          webhooks: ACCOUNT.webhooks[date] ?? 0,
        };
        assert.deepEqual(row, want, date);
      }
      assert.deepEqual([data.at(-1).date, data.at(-1).webhooks], ["2024-10-31", 7]);
      assert.equal((await answer(handler, "/v1/usage/daily")).days, 30);

      const months = await answer(handler, "/v1/usage/monthly");
      const want = ["05", "06", "07", "08", "09", "10"].map((month) => ({
        month: `2024-${month}`,
        ...tally(COUNTED.filter((record) => dates.get(record).startsWith(`2024-${month}`))),
        webhooks: { "09": 3, 10: 12 }[month] ?? 0,
      }));
      assert.deepEqual(months, { data: want, months: 6 });
    });

    test(`a breakdown is computed from ${door}`, async () => {
      const path = "/v1/usage/breakdown?by=agent,channel&step=week&week_start=sunday&period=month&offset=-1";
      const { status, text, body } = await ask(handler, path);
      assert.equal(status, 200, text);
      const query = { by: ["agent", "channel"], step: "week", weekStart: "sunday", period: "month", offset: -1 };
      const want = rollup.breakdown({ ...query, tz: TZ, now: NOW, agents });
      const plain = (_, value) => (ArrayBuffer.isView(value) ? [...value] : value);
      assert.deepEqual(body, JSON.parse(JSON.stringify(want, plain)));
      assert.ok(body.rows.length > 10 && body.steps.length === 5);
      const all = await ask(handler, "/v1/usage/breakdown?from=2024-06-01&to=2024-06-03&tz=Asia%2FKolkata");
      const { startMs, endMs, rows, totals } = all.body;
      assert.deepEqual([startMs, endMs], [Date.UTC(2024, 4, 31, 18, 30), Date.UTC(2024, 5, 2, 18, 30)]);
      assert.deepEqual(rows, [totals]);
      const { messages, calls } = totals;
      const inside = COUNTED.filter(({ receivedAt: t }) => t >= startMs && t < endMs);
      assert.deepEqual({ messages, calls }, tally(inside));
      const whole = await ask(handler, "/v1/usage/breakdown");
      assert.deepEqual(tally(COUNTED), { messages: whole.body.totals.messages, calls: whole.body.totals.calls });
    });

    test(`usage by number is computed from ${door}`, async () => {
      const of = (number) => tally(COUNTED.filter(({ phoneNumberId }) => phoneNumberId === number));
      const unknown = { country: "", status: "" };
      const rows = [
        { numberId: "number-0", phoneNumber: "+15550000", ...unknown, ...of("number-0") },
        // The agent's name comes from the directory.
        {
          numberId: "number-1",
          phoneNumber: "+44",
          country: "GB",
          status: "active",
          agentId: "agent-1",
          agentName: "Support",
        },
        {
          numberId: "number-2",
          phoneNumber: "+15550002",
          country: "US",
          status: "released",
          agentId: null,
          agentName: null,
        },
        { numberId: "number-3", phoneNumber: "+15550003", ...unknown },
        { numberId: "number-4", phoneNumber: "+15550004", ...unknown },
      ].map((row) => ({ ...row, ...of(row.numberId) }));
      rows.sort((a, b) => b.messages - a.messages || b.calls - a.calls || (a.numberId < b.numberId ? -1 : 1));
      const { data } = await answer(handler, "/v1/usage/by-number");
      assert.deepEqual(data, [
        ...rows,
        { numberId: "unused", phoneNumber: "+49", country: "DE", status: "active", messages: 0, calls: 0 },
        { numberId: "", phoneNumber: data.at(-1).phoneNumber, ...unknown, ...of(null) },
      ]);
    });

    test(`the account's usage is computed from ${door}`, async () => {
      const end = Date.parse("2024-10-31T12:15:00Z"); // the end of the quarter hour that contains now
      const last = (days) => tally(COUNTED.filter(({ receivedAt: t }) => t < end && t >= end - days * 86_400_000));
      const [day, week, month, all] = [last(1), last(7), last(30), tally(COUNTED)];
      assert.deepEqual(await answer(handler, "/v1/usage"), {
        plan: ACCOUNT.plan,
        numbers: ACCOUNT.numbers,
        stats: {
          totalMessages: all.messages,
          messagesLast24h: day.messages,
          messagesLast7d: week.messages,
          messagesLast30d: month.messages,
          totalCalls: all.calls,
          callsLast24h: day.calls,
          callsLast7d: week.calls,
          callsLast30d: month.calls,
          totalWebhookDeliveries: 30,
          successfulWebhookDeliveries: 0,
          failedWebhookDeliveries: 0,
        },
        periodStart: "2024-09-30T13:30:00Z",
        periodEnd: "2024-10-31T12:59:59Z",
      });
    });
  }

  test("a rollup is not freed, and records that are pushed later count", async () => {
    const own = new UsageRollup();
    const handlers = [createUsageHandler({ ...open, rollup: own }), createUsageHandler({ ...open, rollup: () => own })];
    for (let count = 1; count <= 3; count++) {
      own.push([message({ id: `later-${count}`, receivedAt: NOW })]);
      for (const handler of handlers) {
        for (const path of PATHS) await answer(handler, path);
        assert.equal((await answer(handler, "/v1/usage/daily?days=1")).data[0].messages, count);
      }
    }
    own.free();
    assert.equal((await ask(handlers[0], "/v1/usage/daily")).body.error.code, "invalid_option");
  });
});

test("the window contains exactly the requested days and months, in any zone", async () => {
  let window;
  const records = (given) => {
    window = given;
    return [];
  };
  for (const [i, tz] of timeZones().entries()) {
    const now = new Date(Date.UTC(2001 + (i % 24), i % 12, 1 + (i % 28), i % 24, 17)).toISOString();
    const [days, months] = [1 + (i % 365), 1 + (i % 24)];
    const handler = createUsageHandler({ ...open, query: { tz }, now: () => now, records });
    for (const [path, kind] of [
      [`/v1/usage/daily?days=${days}`, "daily"],
      [`/v1/usage/monthly?months=${months}`, "monthly"],
    ]) {
      await answer(handler, path);
      const { startMs, endMs } = window;
      const edges = [startMs - 1, startMs, endMs - 1, endMs].map((receivedAt, n) =>
        message({ id: `${n}`, receivedAt }),
      );
      const rollup = new UsageRollup().push(edges);
      const { data } = rollup[kind]({ days, months, tz, now });
      rollup.free();
      const counts = data.map((row) => row.messages);
      const want = data.map(() => 0);
      want[0] += 1;
      want[want.length - 1] += 1;
      assert.deepEqual(counts, want, `${path} ${tz} ${now}`);
    }
  }
});

test("the first and the last supported days have their windows, and usage of all time has all time", async () => {
  for (const [now, path, from, to] of [
    ["2099-12-31T12:00:00Z", "/v1/usage/daily?days=2", "2099-12-30", "2100-01-01"],
    ["1970-01-02T12:00:00Z", "/v1/usage/daily?days=2", "1970-01-01", "1970-01-03"],
    [NOW, "/v1/usage", "1969-12-31", "2100-01-02"],
    [NOW, "/v1/usage/by-number", "1969-12-31", "2100-01-02"],
  ]) {
    const windows = [];
    const records = (window) => {
      windows.push(window);
      return [message({ id: "1", receivedAt: now })];
    };
    const handler = createUsageHandler({ ...open, query: {}, now: () => now, records });
    const { data } = await answer(handler, path);
    if (path.includes("daily")) {
      const counts = data.map((row) => row.messages);
      assert.deepEqual(counts, [0, 1]);
    }
    assert.deepEqual(windows, [{ startMs: Date.parse(from), endMs: Date.parse(to) }], path);
  }
  const early = createUsageHandler({ ...open, now: () => "1970-01-02T12:00:00Z", records: () => [] });
  assert.equal((await ask(early, "/v1/usage/daily?days=30")).body.error.code, "out_of_range");
});

/**
 * Texts of `days`, each with its value or the type of its error. All were checked against pydantic 2.14 (pydantic-core 2.50) with
 * FastAPI 0.165, and so were 195,450 other texts when `integer.ts` was written.
 */
const INTEGERS = [
  ["7", 7],
  [" 7\t\n", 7],
  ["\u00857", 7],
  ["\u00a0\u30007\u2028", 7],
  ["+7", 7],
  ["007", 7],
  ["+007", 7],
  ["7.0", 7],
  ["7.000", 7],
  ["1_0", 10],
  ["0_7", 7],
  ["0__7", 7],
  ["1_0.0", 10],
  [`${"0".repeat(5000)}7`, 7],
  [`7.${"0".repeat(5000)}`, 7],
  ["1", 1],
  ["365", 365],
  ["", "int_parsing"],
  [" ", "int_parsing"],
  ["x", "int_parsing"],
  ["7.", "int_parsing"],
  [".0", "int_parsing"],
  ["7.5", "int_parsing"],
  ["7.0_0", "int_parsing"],
  ["7.0.0", "int_parsing"],
  ["1e2", "int_parsing"],
  ["0x10", "int_parsing"],
  ["１", "int_parsing"],
  ["٣", "int_parsing"],
  ["_7", "int_parsing"],
  ["7_", "int_parsing"],
  ["1__0", "int_parsing"],
  ["0_", "int_parsing"],
  ["+", "int_parsing"],
  ["-", "int_parsing"],
  ["+-7", "int_parsing"],
  ["++7", "int_parsing"],
  ["- 7", "int_parsing"],
  ["-_7", "int_parsing"],
  ["0-07", "int_parsing"],
  ["\ufeff7", "int_parsing"],
  ["\u200b7", "int_parsing"],
  ["\u001c7", "int_parsing"],
  ["7\u0000", "int_parsing"],
  ["1 2", "int_parsing"],
  ["1,0", "int_parsing"],
  ["true", "int_parsing"],
  ["null", "int_parsing"],
  ["Infinity", "int_parsing"],
  ["NaN", "int_parsing"],
  [` ${"9".repeat(4301)}`, "int_parsing"],
  [`${"1_".repeat(4300)}1`, "int_parsing"],
  ["9".repeat(4301), "int_parsing_size"],
  [`-${"9".repeat(4301)}`, "int_parsing_size"],
  [`${"9".repeat(4301)}x`, "int_parsing_size"],
  ["0", "greater_than_equal"],
  ["-0", "greater_than_equal"],
  ["-1", "greater_than_equal"],
  ["-7.0", "greater_than_equal"],
  ["0-7", "greater_than_equal"],
  ["0-_7", "greater_than_equal"],
  ["-0__7", "greater_than_equal"],
  ["00.00", "greater_than_equal"],
  [`-${"9".repeat(4300)}`, "greater_than_equal"],
  ["366", "less_than_equal"],
  ["9223372036854775808", "less_than_equal"],
  ["9".repeat(4300), "less_than_equal"],
];

const FAULTS = (least, most) => ({
  int_parsing: { msg: "Input should be a valid integer, unable to parse string as an integer" },
  int_parsing_size: { msg: "Unable to parse input string as an integer, exceeded maximum size" },
  greater_than_equal: { msg: `Input should be greater than or equal to ${least}`, ctx: { ge: least } },
  less_than_equal: { msg: `Input should be less than or equal to ${most}`, ctx: { le: most } },
});

test("a function that gives another value than a rollup is named in the response", async () => {
  for (const [value, name] of [
    [undefined, "undefined"],
    [{ rows: [] }, "an object with the key rows"],
    [[], "an array"],
  ]) {
    const handler = createUsageHandler({ ...open, rollup: () => value });
    const { status, body } = await ask(handler, "/v1/usage/daily");
    const { code, message } = body.error;
    assert.deepEqual([status, code], [500, "invalid_option"]);
    assert.equal(message, `\`rollup\` gave ${name}: wanted a UsageRollup`);
  }
});

test("the options `query` and `account` are not lists, maps or promises", () => {
  for (const value of [[], new Map(), Promise.resolve({}), new Date()]) {
    for (const option of ["query", "account"]) {
      const make = () => createUsageHandler({ ...open, rollup: new UsageRollup(), [option]: value });
      assert.throws(make, { code: "invalid_option", path: `/${option}` });
    }
  }
});

test("days and months are read as FastAPI reads them", async () => {
  const handler = createUsageHandler({ ...open, rollup: new UsageRollup() });
  for (const [name, kind, most] of [
    ["days", "daily", 365],
    ["months", "monthly", 24],
  ]) {
    for (const [input, is] of INTEGERS) {
      const want = typeof is === "number" && is > most ? "less_than_equal" : is;
      const { status, text, body } = await ask(
        handler,
        `/v1/usage/${kind}?${name}=1&${new URLSearchParams({ [name]: input })}`,
      );
      if (typeof want === "number") assert.equal(body[name], want, JSON.stringify(input));
      else {
        const { msg, ctx } = FAULTS(1, most)[want];
        const detail = [{ type: want, loc: ["query", name], msg, input, ...(ctx && { ctx }) }];
        assert.equal(text, JSON.stringify({ detail }));
        assert.equal(status, 422);
      }
    }
  }
});

test("only an Accept that excludes JSON gives a 406", async () => {
  const handler = createUsageHandler({ ...open, rollup: new UsageRollup() });
  for (const [accept, acceptable] of [
    ["application/json", true],
    ["APPLICATION/JSON; charset=utf-8", true],
    ["*/*", true],
    ["application/*;q=0.1", true],
    ["text/html, application/xml;q=0.9, */*;q=0.8", true],
    ["application/json, */*;q=0", true],
    ["application/json;q=0, application/json;profile=x", true],
    ["text/html;q=0", false],
    ["", true],
    [",, ,", true],
    ["nonsense", true],
    ["text/html, nonsense", true],
    ["application/json;q=none", true],
    ["application/json;q=0.001", true],
    ['text/html;x=",;q=0", application/json;x=";q=0"', true],
    ["text/html", false],
    ["text/html, image/*", false],
    ["application/xml", false],
    ["application/problem+json", false],
    ["application/json;q=0", false],
    ["application/json; Q=0.000", false],
    ["application/json;q=0, */*", false],
    ["application/*;q=0, */*", false],
    ["*/*;q=0", false],
    [`text/html${"; ".repeat(2000)}x`, true], // malformed, and rejected without delay
  ]) {
    for (const path of [...PATHS, "/openapi.json"]) {
      const { status, body } = await ask(handler, path, { headers: { accept } });
      assert.equal(status, acceptable ? 200 : 406, `${accept.slice(0, 80)} ${path}`);
      if (!acceptable) assert.equal(body.error.code, "not_acceptable");
    }
  }
});

test("path, method, Accept, token and parameters are checked in this order", async () => {
  const handler = createUsageHandler({ ...open, records: () => assert.fail("nothing is read") });
  const headers = { accept: "text/html", authorization: "Bearer bad" };
  const code = async (...args) => (await ask(handler, ...args)).body.error?.code;
  assert.equal(await code("/v1/usage/weekly?days=0", { headers, method: "POST" }), "not_found");
  for (const path of ["/v1/usage/by-agent", "/v1/usage/daily?days=0", "/v1/usage/monthly?months=0"]) {
    assert.equal(await code(path, { headers, method: "POST" }), "method_not_allowed");
    assert.equal(await code(path, { headers }), "not_acceptable");
    assert.equal(await code(path, { headers: { authorization: "Bearer bad" } }), "invalid_token");
    assert.equal((await ask(handler, path)).status, 422);
  }
});

test("the OpenAPI document needs no token, and shared caches may keep it", async () => {
  const handler = createUsageHandler({
    ...open,
    rollup: new UsageRollup(),
    cors: { origins: ["https://app.example"] },
  });
  const headers = { authorization: "", origin: "https://app.example" };
  const got = await ask(handler, "/openapi.json", { headers });
  assert.equal(got.status, 200);
  const paths = [...PATHS.map((path) => path.split("?")[0]), "/v1/usage/breakdown"];
  assert.deepEqual(Object.keys(got.body.paths ?? {}).sort(), paths.sort());
  assert.match(got.headers.get("cache-control"), /^public, max-age=\d+$/);
  assert.equal(got.headers.get("vary"), "Origin");
  assert.equal(got.headers.get("access-control-allow-origin"), "https://app.example");
  const etag = got.headers.get("etag");
  assert.equal((await ask(handler, "/openapi.json", { headers: { "if-none-match": etag } })).status, 304);
  const head = await ask(handler, "/openapi.json", { method: "HEAD", headers });
  assert.deepEqual([head.status, head.text, head.headers.get("etag")], [200, "", etag]);
  const { status, body } = await ask(handler, "/openapi.json", { method: "POST" });
  assert.deepEqual([status, body.error.code], [405, "method_not_allowed"]);
});

describe("the account's data", () => {
  const noRecords = { ...open, records: () => [] };
  const { plan, numbers } = ACCOUNT;

  test("without numbers the response is a 404, and no record is read", async () => {
    for (const account of [undefined, {}, { plan }, { plan, numbers: null }, async () => ({ plan }), () => undefined]) {
      const handler = createUsageHandler({ ...open, account, records: () => assert.fail("nothing is read") });
      const { status, body } = await ask(handler, "/v1/usage");
      assert.deepEqual([status, body.error.code], [404, "account_unknown"]);
    }
    const handler = createUsageHandler({ ...noRecords, account: undefined });
    for (const path of PATHS.filter((path) => path !== "/v1/usage")) await answer(handler, path);
  });

  test("without a plan the response has none", async () => {
    for (const account of [{ numbers }, { numbers, plan: null }, async () => ({ numbers })]) {
      const body = await answer(createUsageHandler({ ...noRecords, account }), "/v1/usage");
      assert.deepEqual(Object.keys(body), ["numbers", "stats", "periodStart", "periodEnd"]);
    }
  });

  test("the account function is called once for each request that needs it", async () => {
    let asked = 0;
    const account = async (request) => {
      asked += 1;
      return { plan: { name: request.headers.get("x-plan") }, numbers };
    };
    const handler = createUsageHandler({ ...noRecords, account });
    await answer(handler, PATHS[0]);
    assert.equal(asked, 0);
    assert.equal((await ask(handler, "/v1/usage", { headers: { "x-plan": "Team" } })).body.plan.name, "Team");
    assert.equal(asked, 1);
  });

  test("numbers from a generator are read once", async () => {
    function* phoneNumbers() {
      yield { id: "b" };
      yield { id: "a", phoneNumber: "old" };
      yield { id: "a", phoneNumber: "+1", agentId: "" };
    }
    const handler = createUsageHandler({ ...noRecords, account: { phoneNumbers: phoneNumbers() } });
    const unused = { country: "", status: "", messages: 0, calls: 0 };
    for (let time = 0; time < 2; time++) {
      assert.deepEqual((await answer(handler, "/v1/usage/by-number")).data, [
        { numberId: "a", phoneNumber: "+1", agentId: null, agentName: null, ...unused },
        { numberId: "b", phoneNumber: "", ...unused },
      ]);
    }
  });

  test("the largest numbers are exact", async () => {
    const account = {
      plan,
      numbers: { used: 0, limit: MOST, remaining: MOST },
      stats: { totalWebhookDeliveries: MOST, successfulWebhookDeliveries: MOST },
      webhooks: { "2024-10-01": 1, "2024-10-31": MOST - 1, "2024-09-30": MOST },
    };
    const handler = createUsageHandler({ ...noRecords, account });
    const { numbers, stats } = await answer(handler, "/v1/usage");
    assert.deepEqual([numbers.limit, stats.totalWebhookDeliveries], [MOST, MOST]);
    const { data } = await answer(handler, "/v1/usage/monthly?months=2");
    assert.deepEqual(
      data.map(({ webhooks }) => webhooks),
      [MOST, MOST],
    );
  });

  /** Wrong accounts. Those with a text contain `hunter2`, which must not be in any response. */
  const BAD = [
    ["", "hunter2"],
    ["/plan", { plan: "hunter2" }],
    ["/plan/name", { plan: { name: 5, hunter2: 1 } }],
    ["/plan/limits/numbers", { plan: { name: "Pro", limits: { numbers: "hunter2" } } }],
    ["/numbers/limit", { numbers: { used: 1, limit: -1, hunter2: 1 } }],
    ["/stats/failedWebhookDeliveries", { stats: { failedWebhookDeliveries: 0.5, hunter2: 1 } }],
    ["/stats/totalWebhookDeliveries", { stats: { totalWebhookDeliveries: 5, failedWebhookDeliveries: 6, hunter2: 1 } }],
    ["/stats/totalWebhookDeliveries", { stats: { successfulWebhookDeliveries: MOST, failedWebhookDeliveries: 1 } }],
    ["/webhooks", { webhooks: "hunter2" }],
    ["/webhooks/31~110~12024", { webhooks: { "31/10/2024": 1, hunter2: 1 } }],
    ["/webhooks/2024-10-31", { webhooks: { "2024-10-31": "hunter2" } }],
    ["/webhooks/2024-10-02", { webhooks: { "2024-10-01": MOST, "2024-10-02": 1 } }],
    ["/webhooks/2023-02-29", { webhooks: { "2024-02-29": 1, "2023-02-29": 1 } }],
    ["/phoneNumbers", { phoneNumbers: { hunter2: [] } }],
    ["/phoneNumbers/1", { phoneNumbers: [{ id: "a" }, "hunter2"] }],
    ["/phoneNumbers/0/id", { phoneNumbers: [{ id: "", phoneNumber: "hunter2" }] }],
    ["/phoneNumbers/0/country", { phoneNumbers: [{ id: "a", country: ["hunter2"] }] }],
    ["/phoneNumbers/0/agentId", { phoneNumbers: [{ id: "a", agentId: { hunter2: 1 } }] }],
  ];
  for (const [place, account] of BAD) {
    test(`an error at /account${place} names the place`, async () => {
      const path = `/account${place}`;
      const make = () => createUsageHandler({ ...noRecords, account });
      assert.throws(
        make,
        (error) => error.code === "invalid_option" && error.path === path && !error.message.includes("hunter2"),
      );
      const handler = createUsageHandler({ ...noRecords, account: async () => account });
      for (const question of PATHS.slice(1)) {
        const { status, body } = await ask(handler, question);
        assert.deepEqual([status, body.error.code, body.error.details[0].field], [500, "invalid_option", path]);
      }
      await answer(handler, PATHS[0]);
    });
  }

  test("an account function that throws gives an error without its message", async () => {
    const handler = createUsageHandler({ ...noRecords, account: () => Promise.reject(new Error("hunter2")) });
    assert.equal((await ask(handler, "/v1/usage")).body.error.code, "records_unavailable");
  });
});

describe("streams", () => {
  test("a stream that fails or has a bad record gives an error at every endpoint", async () => {
    for (const [records, code] of [
      [() => streamOf(RECORDS, { end: (controller) => controller.error(new Error("hunter2")) }), "records_unavailable"],
      [() => streamOf([...RECORDS, message({ id: "x", receivedAt: "hunter2" })]), "invalid_record"],
      [() => Promise.reject(new Error("hunter2")), "records_unavailable"],
    ]) {
      const handler = createUsageHandler({ ...open, records });
      for (const path of PATHS) {
        const { status, body } = await ask(handler, path);
        assert.deepEqual([status, body.error.code], [500, code], path);
      }
    }
  });

  test("records may be a response, a Blob or an async iterable, compressed or not", async () => {
    const text = RECORDS.map((record) => JSON.stringify(record)).join("\n");
    const zipped = Buffer.concat([gzipSync(text.slice(0, 500)), gzipSync(text.slice(500))]);
    const sources = [() => streamOf(RECORDS)];
    for (const body of [text, zipped]) {
      sources.push(
        () => new Response(body),
        () => new Blob([body]),
        async function* () {
          yield Buffer.from(body);
        },
      );
    }
    for (const path of PATHS) {
      const [want, ...got] = await Promise.all(
        sources.map((records) => ask(createUsageHandler({ ...open, records }), path)),
      );
      for (const { status, body } of got) assert.deepEqual([status, body], [want.status, want.body], path);
    }
  });

  test("a revoked Proxy among the options is an error with its place", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const records = () => [];
    assert.throws(() => createUsageHandler(proxy), { name: "UsageError", code: "invalid_option" });
    for (const key of ["query", "account", "cors", "upstream"]) {
      const options = { ...open, records, [key]: proxy };
      assert.throws(() => createUsageHandler(options), { name: "UsageError", code: "invalid_option", path: `/${key}` });
    }
    const account = { plan: proxy };
    assert.throws(() => createUsageHandler({ ...open, records, account }), {
      code: "invalid_option",
      path: "/account/plan",
    });
  });

  for (const [what, leave, read] of [
    ["a client that leaves ends the reading", (client) => setTimeout(() => client.abort(), 20), RECORDS.slice(0, 10)],
    ["a client that left while records were looked for ends it too", (client) => client.abort(), []],
  ]) {
    test(what, { timeout: 60_000 }, async () => {
      for (const path of PATHS) {
        const client = new AbortController();
        let cancelled;
        const ended = new Promise((resolve) => {
          cancelled = resolve;
        });
        const records = () => {
          leave(client);
          return streamOf(read, { end: () => new Promise(() => {}), cancel: cancelled });
        };
        const { status } = await ask(createUsageHandler({ ...open, records }), path, { signal: client.signal });
        assert.equal(status, 499, path);
        await ended;
      }
    });
  }

  test("a stream that is not read because the query is wrong is cancelled", { timeout: 60_000 }, async () => {
    for (const path of PATHS) {
      let cancelled;
      const ended = new Promise((resolve) => {
        cancelled = resolve;
      });
      const records = () => streamOf(RECORDS, { cancel: cancelled });
      const handler = createUsageHandler({ ...open, query: () => ({ dedupe: "hunter2" }), records });
      const { status, body } = await ask(handler, path);
      assert.deepEqual([status, body.error.details[0].field], [500, "/dedupe"], path);
      await ended;
    }
  });
});

describe("values that are not records", () => {
  class Result {
    rows = ["hunter2"];
    rowCount = 1;
  }
  const locked = streamOf([]);
  locked.getReader();
  for (const [what, given, got] of [
    [
      "a database's result",
      { rows: [{ name: "hunter2" }], rowCount: 1 },
      "gave an object with the keys rows, rowCount",
    ],
    ["an object of a class", new Result(), "gave an object with the keys rows, rowCount"],
    ["a Map", new Map([["hunter2", {}]]), "gave a Map"],
    ["undefined", undefined, "gave undefined"],
    ["null", null, "gave null"],
    ["a number", 42, "gave a number"],
    ["a function", () => ["hunter2"], "gave a function"],
    ["an empty object", {}, "gave an object without keys"],
    ["numbers", new Float64Array(2), "gave a Float64Array"],
    ["an array with a Promise", [{ id: "a" }, Promise.resolve("hunter2")], "gave an array whose item 1 is a Promise"],
    [
      "a conversation with a Promise",
      { messages: Promise.resolve("hunter2") },
      "gave an object whose `messages` is a Promise",
    ],
    ["a page that has a Promise", { data: [Promise.resolve("hunter2")] }, "gave an array whose item 0 is a Promise"],
    [
      "a request whose body is not a webhook",
      { headers: {}, body: { hunter: "hunter2" } },
      "gave an object with the keys headers, body",
    ],
    ["a page with a Promise", { data: Promise.resolve("hunter2") }, "gave an object whose `data` is a Promise"],
    [
      "an object with many long keys",
      Object.fromEntries(["a\u0000b\nc", "x".repeat(99), 3, 4, 5, 6, 7].map((key) => [key, "hunter2"])),
      `gave an object with the keys 3, 4, 5, 6, 7 and 2 more`,
    ],
    ["an object with a long key", { ["x".repeat(99)]: "hunter2" }, `gave an object with the key ${"x".repeat(29)}…`],
    ["an object with a strange key", { "a\u0000\u202eb\nc": 1 }, "gave an object with the key ab c"],
    [
      "an iterable of objects",
      {
        async *[Symbol.asyncIterator]() {
          yield { id: "hunter2" };
        },
      },
      "the chunk is an object",
    ],
    [
      "a response without success",
      Response.json({ secret: "hunter2" }, { status: 403 }),
      "the response's status is 403",
    ],
    ["a locked stream", locked, "the stream is locked"],
  ]) {
    test(`${what} is a 500 that names the type`, async () => {
      const errors = [];
      const handler = createUsageHandler({ ...open, records: () => given, onError: (error) => errors.push(error) });
      for (const path of PATHS) {
        const { status, body } = await ask(handler, path);
        const { message, code, details } = body.error;
        assert.deepEqual([status, code, details[0].field], [500, "invalid_option", "/records"], path);
        assert.ok(message.startsWith("`records` ") && message.includes(got), message);
        assert.match(message, /: wanted /);
        assert.equal(errors.at(-1).code, "invalid_option");
      }
      assert.equal(errors.length, PATHS.length);
    });
  }

  test("keys that can't be read are not named", async () => {
    const hostile = new Proxy({}, { ownKeys: () => assert.fail("hunter2") });
    const { status, body } = await ask(createUsageHandler({ ...open, records: () => hostile }), PATHS[0]);
    assert.deepEqual([status, body.error.code], [500, "invalid_option"]);
    assert.match(body.error.message, /gave an object whose keys can't be read/);
  });
});

describe("records that are one object", () => {
  const inside = (id) => ({ id, receivedAt: NOW });
  const delivery = { event: "agent.message", data: { messageId: "m1", receivedAt: NOW, numberId: "n1" } };
  for (const [what, given, count] of [
    ["a page", { data: [message(inside("m1"))], hasMore: false }, 1],
    ["a conversation", { id: "c1", agentId: "a1", messages: [inside("m1"), inside("m2")] }, 2],
    ["a conversation without messages", { id: "c1", messages: [] }, 0],
    ["a webhook tool's request", { headers: {}, params: {}, query: {}, body: delivery }, 1],
  ]) {
    test(`${what} counts as its text does, at every endpoint`, async () => {
      const text = JSON.stringify(given);
      for (const path of PATHS) {
        const [want, ...got] = await Promise.all(
          [given, text, new Response(text), new Blob([text])].map((one) =>
            answer(createUsageHandler({ ...open, records: () => one }), path),
          ),
        );
        for (const body of got) assert.deepEqual(body, want, path);
        if (path === "/v1/usage") assert.equal(want.stats.totalMessages, count);
      }
    });
  }

  test("a fault in a webhook tool's request has its place", async () => {
    const given = { body: { event: "agent.message", data: { receivedAt: "hunter2" } } };
    for (const records of [() => given, () => JSON.stringify(given)]) {
      const { body } = await ask(createUsageHandler({ ...open, records }), PATHS[0]);
      assert.deepEqual([body.error.code, body.error.details[0].field], ["invalid_record", "/0/body/data/receivedAt"]);
    }
  });
});

describe("records that are not understood", () => {
  const agent = { id: "a1", name: "hunter2", voiceMode: "x" };
  for (const [what, given, look] of [
    ["an error body", { detail: "hunter2" }, 'an error body: "hunter2"'],
    ["agents", { data: [agent], hasMore: false }, "an agent, of GET /v1/agents"],
    ["objects of another kind", [{ rows: "hunter2" }, {}], "an object with the key rows"],
  ]) {
    test(`${what} are a 500 that says nothing about them, and onError gets what they look like`, async () => {
      const text = JSON.stringify(given);
      const sources = [() => text, () => new Response(text), () => new Blob([gzipSync(text)])];
      if (what !== "an error body") sources.push(() => given);
      for (const records of sources) {
        for (const query of [{}, { onInvalid: "skip" }]) {
          for (const path of PATHS) {
            const errors = [];
            const onWarning = () => assert.fail("called");
            const handler = createUsageHandler({ ...open, query, records, onWarning, onError: (e) => errors.push(e) });
            const { status, body } = await ask(handler, path);
            const { message, code, details } = body.error;
            assert.deepEqual([status, code, details], [500, "unknown_records", []], path);
            assert.equal(message, "None of the records is a call, a message or a webhook.");
            assert.equal(errors.length, 1);
            assert.equal(errors[0].code, "unknown_records");
            assert.ok(errors[0].message.includes(look), errors[0].message);
          }
        }
      }
    });
  }

  test("CSV is one too, where invalid records are skipped", async () => {
    const records = () => "id,agentId\n1,hunter2\n";
    for (const [query, code] of [
      [{ onInvalid: "skip" }, "unknown_records"],
      [{}, "invalid_json"],
    ]) {
      for (const path of PATHS) {
        const errors = [];
        const handler = createUsageHandler({ ...open, query, records, onError: (error) => errors.push(error) });
        const { status, body } = await ask(handler, path);
        assert.deepEqual([status, body.error.code], [500, code], path);
        assert.match(errors[0].message, /looks like CSV with the columns id, agentId/);
      }
    }
  });

  test("no records, and records that count nothing, are reports without usage", async () => {
    for (const given of [
      "",
      [],
      '{"data":[]}',
      { messages: [] },
      [{ event: "agent.reaction" }],
      [message({ test: true })],
    ]) {
      const handler = createUsageHandler({ ...open, records: () => given, onError: () => assert.fail("called") });
      assert.deepEqual((await answer(handler, PATHS[0])).data, []);
      for (const path of PATHS.slice(1)) await answer(handler, path);
    }
  });
});

describe("onWarning", () => {
  const one = message({ id: "m1", receivedAt: NOW });
  const page = { data: [one], hasMore: true, total: 512 };
  const CASES = [
    ["some records of an unknown kind", [one, { rows: 1 }], ["unknown_records"], /^1 of 2 records is .* the key rows$/],
    ["a page", page, ["incomplete_page"], /^1 list is not complete: 511 items are missing; include every page/],
    ["the last page of a list", [page, { data: [one], hasMore: false, total: 2 }], [], /^$/],
    ["a conversation", { messageCount: 3, messages: [one] }, ["incomplete_page"], /2 messages are missing/],
    ["both", [page, { rows: 1 }], ["unknown_records", "incomplete_page"], /^1 of 2 records/],
    ["good records", [one], [], /^$/],
  ];
  for (const [what, given, codes, first] of CASES) {
    test(`gets the warnings of ${what} once for each request, and the response stays`, async () => {
      for (const records of [() => given, () => JSON.stringify(given), () => new Blob([JSON.stringify(given)])]) {
        for (const path of PATHS) {
          const seen = [];
          const onWarning = (problem, request) => seen.push([problem, request.url]);
          const body = await answer(createUsageHandler({ ...open, records, onWarning }), path);
          assert.deepEqual(
            seen.map(([problem, url]) => [problem.code, problem.severity, url]),
            codes.map((code) => [code, "warning", `https://edge.example${path}`]),
          );
          assert.match(seen[0]?.[0].message ?? "", first);
          assert.deepEqual(body, await answer(createUsageHandler({ ...open, records }), path));
        }
      }
    });
  }

  test("is not awaited, and what it throws changes nothing", async () => {
    const throwing = () => {
      throw new Error("hunter2");
    };
    for (const onWarning of [throwing, async () => throwing(), () => new Promise(() => {})]) {
      for (const path of PATHS) await answer(createUsageHandler({ ...open, records: () => page, onWarning }), path);
    }
  });

  test("gets nothing from a kept rollup, whose diagnostics have the warnings", async () => {
    const rollup = new UsageRollup().push(page);
    const handler = createUsageHandler({ ...open, rollup, onWarning: () => assert.fail("called") });
    for (const path of PATHS) await answer(handler, path);
    assert.equal(rollup.diagnostics().problems[0].code, "incomplete_page");
    rollup.free();
  });
});

test("whatever is not read because the query is wrong is cancelled", { timeout: 60_000 }, async () => {
  for (const path of PATHS) {
    for (const make of [
      (cancel) => streamOf(RECORDS, { cancel }),
      (cancel) => new Response(streamOf(RECORDS, { cancel })),
      (cancel) => ({ [Symbol.asyncIterator]: () => ({ next: () => assert.fail("nothing is read"), return: cancel }) }),
    ]) {
      let cancelled;
      const ended = new Promise((resolve) => {
        cancelled = resolve;
      });
      const query = () => ({ dedupe: "hunter2" });
      const handler = createUsageHandler({ ...open, query, records: () => make(cancelled) });
      assert.equal((await ask(handler, path)).status, 500);
      await ended;
    }
  }
});

describe("onError", () => {
  const secret = new Error("hunter2");
  const throwing = () => {
    throw secret;
  };
  const rejecting = () => Promise.reject(secret);
  const upstream = (fetch, more) => ({ upstream: { baseUrl: "https://upstream.example", retries: 1, fetch, ...more } });
  const records = () => [];
  for (const [what, options, status, code, isIt] of [
    ["authorize", { ...open, records, authorize: throwing }, 500, "internal_error", (e) => e === secret],
    ["query", { ...open, records, query: rejecting }, 500, "records_unavailable", (e) => e === secret],
    ["account", { ...open, records, account: rejecting }, 500, "records_unavailable", (e) => e === secret],
    ["records", { ...open, records: throwing }, 500, "records_unavailable", (e) => e === secret],
    ["rollup", { ...open, rollup: rejecting }, 500, "records_unavailable", (e) => e === secret],
    ["now", { ...open, records, now: throwing }, 500, "records_unavailable", (e) => e === secret],
    [
      "a stream",
      { ...open, records: () => streamOf([], { end: (controller) => controller.error(secret) }) },
      500,
      "records_unavailable",
      (e) => e === secret,
    ],
    [
      "a bad record",
      { ...open, records: () => [message({ receivedAt: "hunter2" })] },
      500,
      "invalid_record",
      (e) => e.code === "invalid_record" && e.path === "/0/receivedAt",
    ],
    ["fetch", upstream(rejecting), 502, "upstream_unreachable", (e) => e === secret],
    [
      "a status of the upstream",
      upstream(async () => new Response("hunter2", { status: 503 })),
      502,
      "upstream_error",
      (e) => e.message.includes("503"),
    ],
    [
      "an invalid response of the upstream",
      upstream(async () => Response.json({ hunter2: 1 })),
      502,
      "bad_upstream_answer",
      (e) => e.message.includes('missing at "/') && !e.message.includes("hunter2"),
    ],
    [
      "an upstream that does not respond",
      upstream(() => new Promise(() => {}), { timeoutMs: 20 }),
      504,
      "upstream_timeout",
      (e) => e.message.includes("20 ms"),
    ],
  ]) {
    test(`gets the reason of a ${status} once: ${what}`, async () => {
      for (const path of PATHS.slice(1)) {
        const seen = [];
        const onError = (error, request) => seen.push([error, request.url]);
        const { status: got, body } = await ask(createUsageHandler({ ...options, onError }), path);
        assert.deepEqual([got, body.error.code], [status, code], path);
        const [[error, url]] = seen;
        assert.equal(seen.length, 1);
        assert.ok(isIt(error), String(error));
        assert.equal(new URL(url).pathname, path.split("?")[0]);
      }
    });
  }

  test("is not awaited, and what it throws changes nothing", async () => {
    for (const onError of [throwing, rejecting, () => new Promise(() => {}), () => 5]) {
      const { status } = await ask(createUsageHandler({ ...open, records: throwing, onError }), PATHS[0]);
      assert.equal(status, 500);
    }
  });

  test("gets nothing where nothing of ours went wrong", async () => {
    const onError = () => assert.fail("called");
    const handler = createUsageHandler({ ...open, account: {}, records: () => [], onError });
    for (const path of [...PATHS, "/v1/nothing", "/v1/usage/daily?days=0"]) {
      assert.ok((await ask(handler, path)).status < 500);
    }
    const refusing = createUsageHandler({ ...upstream(async () => Response.json({}, { status: 403 })), onError });
    assert.equal((await ask(refusing, PATHS[0])).status, 403);
    const client = new AbortController();
    const left = (client) => {
      client.abort();
      return streamOf([]);
    };
    const leaving = createUsageHandler({ ...open, onError, records: () => left(client) });
    assert.equal((await ask(leaving, PATHS[0], { signal: client.signal })).status, 499);
  });

  test("onError and onWarning must be functions", () => {
    for (const name of ["onError", "onWarning"]) {
      const make = () => createUsageHandler({ ...open, records, [name]: "hunter2" });
      assert.throws(make, (error) => error.code === "invalid_option" && error.path === `/${name}`);
    }
  });
});

test("offset moves a computed report by whole periods", async () => {
  const windows = [];
  const records = (window) => {
    windows.push(window);
    return RECORDS;
  };
  const DOORS = { records: { records }, rollup: { rollup: new UsageRollup().push(RECORDS) } };
  for (const source of Object.values(DOORS)) {
    const handler = createUsageHandler({ ...open, ...source });
    for (const offset of [0, -1, -9]) {
      const query = { period: "month", tz: TZ, now: NOW, offset };
      const { status, body } = await ask(handler, `${PATHS[0]}&offset=${offset}`);
      assert.equal(status, 200);
      assert.deepEqual(body, packed.usageByAgent(RECORDS, { ...query, agents }));
      if (source.records !== undefined) {
        const { startMs, endMs } = packed.periodBounds(query);
        assert.deepEqual(windows.at(-1), { startMs, endMs });
      }
    }
    const limits = "Input should be";
    for (const [text, type, msg, ctx] of [
      ["1", "less_than_equal", `${limits} less than or equal to 0`, { le: 0 }],
      ["-1201", "greater_than_equal", `${limits} greater than or equal to -1200`, { ge: -1200 }],
      ["x", "int_parsing", `${limits} a valid integer, unable to parse string as an integer`],
      ["-1200", "value_error", "Value error, the period is outside the years 1970 to 2099"],
    ]) {
      const { status, body } = await ask(handler, `/v1/usage/by-agent?period=year&offset=${text}`);
      const detail = [{ type, loc: ["query", "offset"], msg, input: text, ...(ctx && { ctx }) }];
      assert.deepEqual([status, body], [422, { detail }], text);
    }
    for (const path of ["/v1/usage/daily", "/v1/usage", "/v1/usage/by-number"]) {
      assert.equal((await ask(handler, `${path}?offset=1`)).headers.get("x-ignored-parameters"), "offset");
    }
  }
});

test("X-Ignored-Parameters has 10 names and 512 bytes at most, each name once", async () => {
  const handler = createUsageHandler({ ...open, records: () => [] });
  const named = async (query) => (await ask(handler, `/v1/usage${query}`)).headers.get("x-ignored-parameters");
  assert.equal(await named("?b=1&a=2&b=3&A"), "b, a, A");
  assert.equal(await named(""), null);
  assert.equal(await named("?=1&"), null);
  assert.equal(
    await named(`?${Array.from({ length: 99 }, (_, n) => `n${n}`).join("&")}`),
    "n0, n1, n2, n3, n4, n5, n6, n7, n8, n9",
  );
  assert.equal(await named(`?${"x".repeat(513)}&y`), "y");
  assert.equal(await named(`?${"x".repeat(512)}&y`), "x".repeat(512));
  assert.equal(await named(`?${"é".repeat(90)}&z`), "z");
  assert.equal(await named("?%0d%0aX-Evil:%201&%ff"), "%0D%0AX-Evil%3A%201, %EF%BF%BD");
});

test("callers that failed together do not retry together, with or without Retry-After", async (t) => {
  const { retryDelay } = await importSource("handler/upstream/retry.ts");
  const random = t.mock.method(Math, "random");
  const delays = (...args) => {
    return [0, 0.5].map((value) => {
      random.mock.mockImplementation(() => value);
      return retryDelay(...args);
    });
  };
  assert.deepEqual(delays(1, 60_000, null), [100, 150]);
  assert.deepEqual(delays(2, 60_000, "soon"), [200, 300]);
  assert.deepEqual(delays(9, 60_000, null), [2500, 3750]);
  assert.deepEqual(delays(1, 60_000, "3"), [3000, 3050]);
  assert.deepEqual(delays(3, 3400, "3"), [3000, null]);
  assert.deepEqual(delays(1, 60_000, "9".repeat(400)), [null, null]);
});

test("the time limit is for all attempts together", { timeout: 60_000 }, async (t) => {
  t.mock.method(Math, "random", () => 0);
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.parse(NOW) });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  /** Lets milliseconds pass one by one, and runs everything that becomes due in each. */
  const pass = async (milliseconds) => {
    for (let i = 0; i < milliseconds; i++) {
      t.mock.timers.tick(1);
      await turn();
    }
  };
  // The first attempt takes this long. The second waits at least 100 ms and needs 250 ms.
  for (const [took, tries, status, code, until] of [
    [650, 2, 504, "upstream_timeout", 1000],
    [651, 1, 502, "upstream_error", 651],
  ]) {
    let tried = 0;
    const fetch = async () => {
      tried += 1;
      await new Promise((resolve) => setTimeout(resolve, took));
      return new Response(null, { status: 500 });
    };
    const upstream = { baseUrl: "https://upstream.example", timeoutMs: 1000, fetch };
    const response = ask(createUsageHandler({ ...open, upstream }), PATHS[0]);
    let early = false;
    response.then(() => {
      early = true;
    });
    await turn();
    await pass(until - 1);
    assert.deepEqual([early, tried], [false, tries]);
    t.mock.timers.tick(1);
    const { status: got, body } = await response;
    assert.deepEqual([got, body.error.code, tried], [status, code, tries]);
  }
});
