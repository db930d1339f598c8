/** What the worker counts and answers, without the page around it: the package in Node counts the same files. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { UsageAggregator, UsageRollup } from "usage-by-agent";
import { records } from "./support/records.mjs";
import { failGrowths, startUsage } from "./support/usage-page.mjs";

const READING = { dedupe: true, onInvalid: "skip", naiveTimestamps: "reject" };
const PERIOD = { period: "month", tz: "America/New_York", now: Date.parse("2025-06-18T12:00:00Z") };
const BREAKDOWN = { by: ["agent", "number"], step: "day", tz: "Asia/Kathmandu", from: "2025-05-03", to: "2025-07-02" };

const { text, agents } = records({ records: 6000, invalid: 30 });
const lines = text.trimEnd().split("\n");
const third = Math.floor(lines.length / 3);
/** Three files, of which the last contains records of the first again. */
const PARTS = [
  lines.slice(0, third),
  lines.slice(third, 2 * third),
  [...lines.slice(2 * third), ...lines.slice(0, 200)],
].map((part) => part.join("\n"));

let site;
before(async () => {
  site = await startUsage();
});
after(() => site.close());

/** The rollup of files that were counted in order as one input. */
function counted(parts, reading = READING) {
  const rollup = new UsageRollup(reading);
  for (const part of parts) rollup.push(part);
  return rollup;
}

/** All that can be asked, as data. */
function answersOf(rollup, directory = []) {
  const breakdown = rollup.breakdown({ ...BREAKDOWN, agents: directory });
  const answers = {
    report: rollup.byAgent({ ...PERIOD, agents: directory, includeIdle: true }),
    breakdown: plain(breakdown),
    span: rollup.span(),
    diagnostics: rollup.diagnostics(),
  };
  rollup.free();
  return JSON.parse(JSON.stringify(answers));
}

const plain = ({ rows, ...rest }) => ({
  ...rest,
  rows: rows.map(({ series, ...row }) => ({
    ...row,
    series: Object.fromEntries(Object.entries(series).map(([k, v]) => [k, [...v]])),
  })),
});

/** Adds files and gives the state that follows. A file is a text, or bytes as base64. */
function add(page, ...files) {
  const given = files.map(([name, content]) => [name, Buffer.from(content).toString("base64")]);
  return page.evaluate(
    (given) =>
      after((usage) => {
        const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
        usage.add(given.map(([name, content]) => ({ name, blob: new Blob([bytes(content)]) })));
      }),
    given,
  );
}

/** All answers of the page, as data. */
async function shown(page) {
  const text = await page.evaluate(
    async ([period, breakdown]) => {
      const [report, split, span] = await Promise.all([
        usage.report({ ...period, includeIdle: true }),
        usage.breakdown(breakdown),
        usage.span(),
      ]);
      const rows = split.rows.map(({ series, ...row }) => ({
        ...row,
        series: Object.fromEntries(Object.entries(series).map(([k, v]) => [k, [...v]])),
      }));
      // Passed as text, so that an id such as "__proto__" stays a key.
      return JSON.stringify({ report, breakdown: { ...split, rows }, span, diagnostics: seen.at(-1).diagnostics });
    },
    [PERIOD, BREAKDOWN],
  );
  return JSON.parse(text);
}

describe("several files count as one input, in their order", () => {
  test("at once, one after the other, compressed, and in the reading options that are chosen", async () => {
    const page = await site.open();
    await add(page, ...PARTS.map((part, n) => [`${n}.ndjson`, part]));
    assert.deepEqual(await shown(page), answersOf(counted(PARTS)));
    const { sources } = await page.evaluate(() => seen.at(-1));
    assert.deepEqual(
      sources.map(({ kind, state, bytes, textBytes }) => [kind, state, bytes, textBytes]),
      PARTS.map((part) => ["records", "counted", Buffer.byteLength(part), Buffer.byteLength(part)]),
    );
    assert.equal(
      sources.reduce((sum, { items }) => sum + items, 0),
      counted(PARTS).diagnostics().records,
    );

    // Removing the first file counts the others again.
    await page.evaluate(([{ id }]) => after((usage) => usage.remove([id])), sources);
    assert.deepEqual(await shown(page), answersOf(counted(PARTS.slice(1))));
    await add(page, ["again.gz", gzipSync(PARTS[0])]);
    assert.deepEqual(await shown(page), answersOf(counted([PARTS[1], PARTS[2], PARTS[0]])));

    const reading = { dedupe: false, onInvalid: "skip", naiveTimestamps: "utc" };
    await page.evaluate((reading) => after((usage) => usage.read(reading)), reading);
    assert.deepEqual(await shown(page), answersOf(counted([PARTS[1], PARTS[2], PARTS[0]], reading)));
    await page.close();
  });

  test("a list whose pages are in several files is one list", async () => {
    const page = await site.open();
    const listPage = (ids, hasMore) =>
      JSON.stringify({ data: ids.map((id) => ({ id, receivedAt: "2025-06-01T00:00:00Z" })), hasMore, total: 3 });
    const first = await add(page, ["page-1.json", listPage(["1", "2"], true)]);
    assert.deepEqual(
      first.diagnostics.problems.map(({ code }) => code),
      ["incomplete_page"],
    );
    const both = await add(page, ["page-2.json", listPage(["3"], false)]);
    assert.deepEqual(both.diagnostics.problems, []);
    assert.equal(both.diagnostics.counted, 3);
    await page.close();
  });
});

test("two hundred files are one input, and only an added file is read", async () => {
  const page = await site.open();
  const files = Array.from({ length: 200 }, (_, n) => [`${n}`, lines.filter((_, at) => at % 200 === n).join("\n")]);
  const state = await add(page, ...files);
  assert.equal(state.sources.length, 200);
  assert.deepEqual(await shown(page), answersOf(counted(files.map(([, content]) => content))));
  const read = await page.evaluate(async () => {
    const before = seen.length;
    await after((usage) =>
      usage.add([{ name: "more", blob: new Blob(['{"id":"x","receivedAt":"2025-06-01T00:00:00Z"}']) }]),
    );
    return Math.max(...seen.slice(before).map(({ total = 0 }) => total));
  });
  assert.equal(read, 46);
  await page.close();
});

describe("lists of agents and of numbers become the directory", () => {
  const numbers = ["n1", "n2"].map((id, n) => ({
    id,
    phoneNumber: `+1555000000${n}`,
    country: "US",
    status: "active",
  }));
  const call = { id: "c", agentId: "a1", phoneNumberId: "n2", startedAt: "2025-06-01T00:00:00Z", status: "completed" };

  test("in any order, in several pages, and until they are removed", async () => {
    const page = await site.open();
    const [one, two] = [agents.data.slice(0, 10), agents.data.slice(10)];
    const pages = [one, two].map((data) => JSON.stringify({ data, hasMore: false }, null, 2)).join("\n");
    const { sources } = await add(page, ["agents.json", pages], ["all.ndjson", text]);
    assert.deepEqual(
      sources.map(({ kind, items }) => [kind, items]),
      [
        ["agents", agents.data.length],
        ["records", counted([text]).diagnostics().records],
      ],
    );
    assert.deepEqual(await shown(page), answersOf(counted([text]), agents.data));
    await page.evaluate((id) => after((usage) => usage.remove([id])), sources[0].id);
    assert.deepEqual(await shown(page), answersOf(counted([text])));
    await page.close();
  });

  test("a phone number is that of the list, where records do not contain it", async () => {
    const page = await site.open();
    await add(page, ["call", JSON.stringify(call)], ["numbers", numbers.map((one) => JSON.stringify(one)).join("\n")]);
    const rows = await page.evaluate(async () => (await usage.breakdown({ by: ["number"] })).rows);
    assert.deepEqual(
      rows.map(({ numberId, phoneNumber }) => [numberId, phoneNumber]),
      [["n2", "+15550000001"]],
    );
    await page.close();
  });

  test("lists of records are never taken for a directory", async () => {
    const page = await site.open();
    const named = [{ id: "m", name: "Ann", receivedAt: "2025-06-01T00:00:00Z" }];
    const { sources } = await add(page, ["named", JSON.stringify(named)], ["call", JSON.stringify([call])]);
    assert.deepEqual(
      sources.map(({ kind }) => kind),
      ["records", "records"],
    );
    await page.close();
  });
});

describe("a file that can't be used", () => {
  const good = ["good", '{"id":"1","agentId":"a","receivedAt":"2025-06-01T00:00:00Z"}\n'.repeat(2)];
  const long = (end) => Buffer.concat([Buffer.from(`${good[1].repeat(20_000)}`), Buffer.from(end)]);

  test("is named with its reason, and leaves nothing behind", async () => {
    const page = await site.open();
    const bad = [
      ["table.csv", "id,agentId\n1,a\n", "unknown_records", /CSV with the columns id, agentId/],
      ["error.json", '{"detail":"Invalid API key"}', "unknown_records", /Invalid API key/],
      ["short.gz", gzipSync(good[1]).subarray(0, -9), "invalid_json", /gzip data is damaged/],
      ["long.gz", gzipSync(long("")).subarray(0, -9), "invalid_json", /gzip data is damaged/],
      ["other.ndjson", `${'{"plan":1}\n'.repeat(200_000)}`, "unknown_records", /an object with the key plan/],
    ];
    const state = await add(page, good, ...bad.map(([name, content]) => [name, content]));
    assert.equal(state.kind, "counted");
    assert.deepEqual(
      state.sources.map(({ name, state }) => [name, state]),
      [["good", "counted"], ...bad.map(([name]) => [name, "failed"])],
    );
    for (const [at, [name, , code, message]] of bad.entries()) {
      const { failure } = state.sources[at + 1];
      assert.deepEqual([failure.name, failure.code], [name, code]);
      assert.match(failure.message, message);
    }
    assert.deepEqual(await shown(page), answersOf(counted([good[1]])));
    await page.close();
  });

  test("is a failure of everything where there is no other, and works again with other options", async () => {
    const page = await site.open();
    await page.evaluate(() =>
      after((usage) => usage.read({ dedupe: true, onInvalid: "throw", naiveTimestamps: "reject" })),
    );
    const bad = long('{"id":"2","receivedAt":"2025-06-01T00:00:00"}\n');
    const failed = await add(page, ["naive", bad]);
    assert.equal(failed.kind, "failed");
    assert.deepEqual([failed.failure.code, failed.failure.line], ["invalid_record", 40_001]);
    const state = await page.evaluate(() =>
      after((usage) => usage.read({ dedupe: true, onInvalid: "throw", naiveTimestamps: "utc" })),
    );
    assert.equal(state.diagnostics.records, 40_001);
    await page.close();
  });
});

test("a count that is stopped leaves nothing of its file, and can go on", async () => {
  const page = await site.open();
  const one = '{"id":"1","agentId":"a","receivedAt":"2025-06-01T00:00:00Z"}\n';
  await add(page, ["small", one]);
  const stopped = await page.evaluate(
    (line) =>
      after(async (usage) => {
        usage.add([{ name: "large", blob: new Blob([line.repeat(600_000)]) }]);
        while (!(seen.at(-1).kind === "counting" && seen.at(-1).read > 2_000_000))
          await new Promise((resolve) => setTimeout(resolve, 1));
        usage.stop();
        while (seen.at(-1).kind === "counting" && seen.at(-1).read > 2_000_000)
          await new Promise((resolve) => setTimeout(resolve, 1));
      }),
    one.replace('"1"', '"2"'),
  );
  assert.deepEqual(
    stopped.sources.map(({ state }) => state),
    ["counted", "stopped"],
  );
  assert.equal(stopped.diagnostics.records, 1);
  const whole = await page.evaluate(() => after((usage) => usage.resume()));
  assert.equal(whole.diagnostics.records, 600_001);
  await page.close();
});

test("questions: a newer one replaces an older one of its place, and wrong ones are refused", async () => {
  const page = await site.open();
  await add(page, ["all", text]);
  const got = await page.evaluate(async (breakdown) => {
    const asked = ["day", "week", "month"].map((step) => usage.breakdown({ ...breakdown, step }, "chart"));
    const other = usage.breakdown(breakdown, "table");
    const settled = await Promise.allSettled([...asked, other]);
    return {
      outcome: settled.map(({ status, value, reason }) => value?.steps.length ?? `${status} ${reason.name}`),
      zone: await refused(usage.bounds({ period: "month", tz: "Mars/Olympus" })),
      range: await refused(usage.report({ period: "year", tz: "UTC", date: "2099-06-01", offset: 1 })),
      dated: (await usage.bounds({ period: "month", tz: "Pacific/Kiritimati", date: "2025-06-01" })).written
        .periodStart,
      days: await usage.bounds({ tz: "america/havana", from: "2025-03-09", to: "2025-03-10" }),
      onlyAgent: (await usage.breakdown({ ...breakdown, by: ["agent"], onlyAgent: null })).rows.map(
        (row) => row.agentId,
      ),
      about: Object.keys(await usage.about()),
    };
  }, BREAKDOWN);
  assert.deepEqual(got.outcome, ["rejected AbortError", "rejected AbortError", 3, 60]);
  assert.equal(got.zone.code, "invalid_tz");
  assert.equal(got.range.code, "out_of_range");
  assert.equal(got.dated, "2025-05-31T10:00:00Z");
  // In Havana, clocks skipped the first hour of that day.
  const day = ["2025-03-09T01:00:00", "2025-03-10T00:00:00", "2025-03-09", "2025-03-09", 23, "America/Havana", null];
  const { startMs, endMs, tz, wallStart, wallEnd, firstDate, lastDate, written } = got.days;
  assert.deepEqual([wallStart, wallEnd, firstDate, lastDate, (endMs - startMs) / 3_600_000, tz, written], day);
  assert.deepEqual(got.onlyAgent, [null]);
  assert.deepEqual(got.about, ["zones", "versions"]);
  await page.close();
});

describe("saved counts are a source like any other", () => {
  const saved = (page) =>
    page.evaluate(async () => {
      const { snapshot, ...names } = await usage.saved();
      return { bytes: [...snapshot], ...names };
    });

  test("records are added to them, and they can be taken out again", async () => {
    const first = await site.open();
    await add(first, ["all", PARTS[0]], ["agents", JSON.stringify(agents)]);
    const { bytes, agents: kept } = await saved(first);
    const rollup = counted([PARTS[0]]);
    assert.deepEqual(bytes, [...rollup.snapshot()]);
    const named = (list) => Object.fromEntries(list.map(({ id, name }) => [id, name]));
    assert.deepEqual(named(kept), named(agents.data));
    await first.close();

    const page = await site.open();
    const state = await add(
      page,
      ["saved.counts", Buffer.from(bytes)],
      ["more", PARTS[1]],
      ["zipped", gzipSync(PARTS[2])],
    );
    assert.deepEqual(state.sources.map(({ kind, items }) => [kind, items]).slice(0, 1), [
      ["snapshot", rollup.diagnostics().records],
    ]);
    const { diagnostics, ...answers } = await shown(page);
    const whole = answersOf(counted(PARTS));
    assert.deepEqual(
      { ...answers, diagnostics: { ...diagnostics, problems: [] } },
      {
        ...whole,
        diagnostics: { ...whole.diagnostics, problems: [] },
      },
    );
    await page.evaluate((id) => after((usage) => usage.remove([id])), state.sources[0].id);
    assert.deepEqual(await shown(page), answersOf(counted(PARTS.slice(1))));
    rollup.free();
    await page.close();
  });

  test("forged, old and foreign ones are refused in plain words, and change nothing", async () => {
    const bytes = counted(PARTS).snapshot();
    const changed = (at, value) => bytes.map((byte, n) => (n === at ? value : byte));
    const ofPeriod = new UsageAggregator({ ...PERIOD, ...READING }).push(PARTS[0]).snapshot();
    const page = await site.open();
    const good = ["good", '{"id":"1","agentId":"a","receivedAt":"2025-06-01T00:00:00Z"}'];
    const state = await add(
      page,
      good,
      ["forged", changed(bytes.length >> 1, bytes[bytes.length >> 1] ^ 1)],
      ["cut", bytes.slice(0, -100)],
      ["old", changed(3, 1)],
      ["period", ofPeriod],
      ["twice", counted([PARTS[0]], { ...READING, dedupe: false }).snapshot()],
    );
    for (const [at, wanted] of [
      /damaged/,
      /damaged/,
      /its format is 1; wanted 2/,
      /aggregator's/,
      /dedupe/,
    ].entries()) {
      const { state: kind, failure } = state.sources[at + 1];
      assert.deepEqual([kind, failure.code], ["failed", "invalid_snapshot"]);
      assert.match(failure.message, wanted);
    }
    assert.deepEqual(await shown(page), answersOf(counted([good[1]])));
    await page.close();
  });
});

describe("the counts go on after the module's memory could not grow", () => {
  /** A question whose answer needs memory of its own. */
  const large = (page) =>
    page.evaluate(() =>
      refused(usage.breakdown({ by: ["agent", "hour"], step: "hour", from: "2025-01-01", to: "2025-02-05" })),
    );
  const many = Array.from({ length: 3000 }, (_, n) =>
    JSON.stringify({
      id: String(n),
      agentId: `a${n % 40}`,
      receivedAt: new Date(Date.UTC(2025, 0, 1) + n * 1_000_000).toISOString(),
    }),
  ).join("\n");

  test("a file that needs too much is told, and the others are counted again", async () => {
    const page = await site.open();
    await add(page, ["small", PARTS[0]]);
    await failGrowths(page, 1);
    const state = await add(page, [
      "large",
      lines
        .map((line) => line.replace(/"id":"/, '"id":"other '))
        .join("\n")
        .repeat(3),
    ]);
    assert.deepEqual(
      state.sources.map(({ name, state }) => [name, state]),
      [
        ["small", "counted"],
        ["large", "failed"],
      ],
    );
    assert.equal(state.sources[1].failure.code, "out_of_memory");
    assert.deepEqual(await shown(page), answersOf(counted([PARTS[0]])));
    await page.close();
  });

  test("a question that ends the counts is refused, and then answered", async () => {
    const page = await site.open();
    await add(page, ["many", many]);
    for (const kind of ["counted", "failed"]) {
      await failGrowths(page, 1);
      const failure = await large(page);
      assert.ok(["out_of_memory", "terminated"].includes(failure?.code), failure?.code);
      // Again and again without a change, the page does not try for ever.
      assert.equal((await page.evaluate(() => settled())).kind, kind);
    }
    const again = await add(page, ["small", PARTS[0]]);
    assert.equal(again.kind, "counted");
    assert.equal(await large(page), null);
    await page.close();
  });
});

test("a worker that has ended is replaced by one that counts the files again", async () => {
  const page = await site.open();
  await add(page, ["all", text], ["agents", JSON.stringify(agents)]);
  const end = () => page.evaluate(() => after(() => void new BroadcastChannel("memory").postMessage("end")));
  assert.equal((await end()).kind, "counted");
  assert.deepEqual(await shown(page), answersOf(counted([text]), agents.data));
  // A second one that ends without a change of the sources is not replaced, until there is one.
  assert.equal((await end()).kind, "failed");
  await add(page, ["more", '{"id":"x","agentId":"a","receivedAt":"2025-06-01T00:00:00Z"}']);
  const { sources } = await page.evaluate(() => settled());
  assert.deepEqual(
    sources.map(({ kind }) => kind),
    ["records", "agents", "records"],
  );
  await page.close();
});
