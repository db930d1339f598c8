/**
 * Collects from the fake vendor, which is a FastAPI application. What is collected equals what there is; reports
 * over it equal the oracle's and the vendor's own. COLLECT_LARGE=3 also collects from three accounts of 50,000 calls.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { UsageRollup } from "usage-by-agent";
import { collect } from "usage-by-agent/collect";
import { Random } from "../../tools/generate/random.mjs";
import { report as oracle } from "../../tools/oracle.mjs";
import { FORBIDDEN_TOKEN, startVendor } from "./fake-vendor.mjs";

const NOW = "2025-06-18T12:34:56Z";
const PERIOD = { period: "month", tz: "America/New_York", now: NOW };
const SMALL = { now: NOW, calls: 1_000, messages: 4_000, conversations: 150, subAccounts: 2 };
const LARGE = { ...SMALL, calls: 50_000, messages: 100_000, conversations: 3_000 };

/** Every trouble that ends by itself. The pauses are short, because nothing here waits for a clock but the vendor's. */
const TROUBLES = {
  failures: { share: 0.02 },
  html: { share: 0.01, status: 200 },
  cut: { share: 0.01, how: "length" },
  slow: { share: 0.01, milliseconds: 5, part: "body" },
  rateLimit: { share: 0.01, seconds: 0, retryAfter: "seconds" },
};
const ARRIVALS = { every: 4, calls: 2, conversations: 1, messages: 2, batches: 12, at: "2025-06-18T12:29:56Z" };

let vendor;
before(async () => {
  vendor = await startVendor({ ...SMALL, seed: 1 });
});
after(() => vendor?.stop());

const begin = (options = {}) =>
  collect({ token: vendor.token, baseUrl: vendor.base.origin, window: PERIOD, retries: 20, ...options });

const kindOf = (record) => ("startedAt" in record ? "call" : "message");
const nameOf = (record) => `${kindOf(record)} ${record.id}`;
const timeOf = (record) => Date.parse(record.startedAt ?? record.receivedAt);

/** The records of the window that there are, by name. */
async function truth({ startMs, endMs }, options) {
  const records = (await vendor.truth(options)).filter((record) => timeOf(record) >= startMs && timeOf(record) < endMs);
  return new Map(records.map((record) => [nameOf(record), record]));
}

/**
 * Asserts that what was collected equals what there is. A call that was asked for by its id has more fields, and the records of an
 * older vendor have fewer.
 */
async function assertWhole(records, collection, { isOlder = false, ...options } = {}) {
  const there = await truth(collection.completeness().window, options);
  const got = new Map(records.map((record) => [nameOf(record), record]));
  assert.deepEqual([...got.keys()].sort(), [...there.keys()].sort());
  for (const [name, { conversationId, ...record }] of there) {
    const own = got.get(name);
    const fields = Object.keys(record).filter((field) => !isOlder || (field in own && field !== "channel"));
    const some = (of) => Object.fromEntries(fields.map((field) => [field, of[field]]));
    assert.deepEqual(some(own), some(record));
  }
  return there.size;
}

async function all(collection) {
  const records = [];
  for await (const page of collection) records.push(...page.records);
  return records;
}

const rowsOf = ({ data }) => [...data].sort((a, b) => (String(a.agentId) < String(b.agentId) ? -1 : 1));

/** The report over what was collected equals the oracle's over what there is, and the vendor's own. */
async function assertReports(records, collection, { subAccountId } = {}) {
  const agents = collection.agents();
  const query = { ...PERIOD, agents };
  const there = await vendor.truth({ subAccount: subAccountId });
  const rollup = new UsageRollup();
  for (const record of records) rollup.push([record]);
  const ours = rollup.byAgent(query);
  rollup.free();
  assert.deepEqual(rowsOf(ours), rowsOf(oracle(there, query).report));
  const headers = subAccountId ? { "x-sub-account-id": subAccountId } : {};
  const parameters = new URLSearchParams({ period: PERIOD.period, tz: PERIOD.tz });
  const response = await vendor.get(`/v1/usage/by-agent?${parameters}`, { headers });
  const theirs = await response.json();
  assert.deepEqual(rowsOf(ours), rowsOf(theirs));
  const { byAgent } = collection.completeness().evidence;
  if (byAgent !== null) {
    const sum = (field) => theirs.data.reduce((total, row) => total + row[field], 0);
    assert.deepEqual(byAgent, { messages: sum("messages"), calls: sum("calls"), totalSeconds: sum("totalSeconds") });
  }
}

const MANNERS = [
  { callOrder: "newest", messageLists: { order: "newest", inclusive: false } },
  { callOrder: "newest", messageLists: { order: "newest-ascending", inclusive: true } },
  { callOrder: "shuffled", messageLists: { order: "oldest", inclusive: false } },
  { callOrder: "newest", messageLists: { order: "oldest", inclusive: true }, older: true },
];

for (const [n, manners] of MANNERS.entries()) {
  test(`everything is collected under every trouble: ${JSON.stringify(manners)}`, async () => {
    const seed = 10 + n;
    await vendor.make({ ...SMALL, seed, tied: 0.4 });
    const transport = Object.fromEntries(Object.entries(TROUBLES).map(([name, when]) => [name, { ...when, seed }]));
    await vendor.trouble({ ...transport, ...manners, arrivals: ARRIVALS, unfinished: { share: 0.2, seed } });
    const collection = begin();
    const records = await all(collection);
    const { complete, shortfalls } = collection.completeness();
    assert.equal(complete, true, JSON.stringify(shortfalls));
    await vendor.trouble({ ...manners });
    await assertWhole(records, collection, { isOlder: manners.older });
    await assertReports(records, collection);
  });
}

test("sub-accounts, deleted agents and released numbers", async () => {
  await vendor.make({ ...SMALL, seed: 20 });
  const [agent] = (await (await vendor.get("/v1/agents")).json()).data;
  const [number] = (await (await vendor.get("/v1/numbers")).json()).data;
  await vendor.change({ agents: [agent.id], numbers: [number.id] });
  const own = begin();
  const records = await all(own);
  await assertWhole(records, own);
  await assertReports(records, own);
  assert.ok(
    [...own.numbers().data].some(({ id }) => id === number.id),
    "a released number that records name",
  );
  assert.ok(![...own.agents().data].some(({ id }) => id === agent.id));
  const { data: children } = await (await vendor.get("/v1/sub-accounts")).json();
  for (const { id: subAccountId } of children) {
    const child = begin({ subAccountId });
    const theirs = await all(child);
    await assertWhole(theirs, child, { subAccount: subAccountId });
    await assertReports(theirs, child, { subAccountId });
    assert.equal(child.completeness().complete, true);
  }
});

for (const list of ["calls", "conversations", "messages", "numbers", "agents"]) {
  for (const how of ["holes", "end"]) {
    test(`a short list is named: ${list}, ${how}`, async () => {
      await vendor.make({ ...SMALL, seed: 30, agents: 12, numbers: 12 });
      const short = { lists: [list], how, share: 0.2, seed: 5 };
      for (const callOrder of ["newest", "shuffled"]) {
        await vendor.trouble({ callOrder, short, arrivals: ARRIVALS });
        const collection = begin();
        await all(collection);
        const { complete, shortfalls } = collection.completeness();
        assert.deepEqual(
          [complete, [...new Set(shortfalls.map((one) => one.list))]],
          [false, [list]],
          JSON.stringify(shortfalls),
        );
      }
    });
  }
}

test("more messages of one instant than a page can have are named", async () => {
  for (const [sameInstant, code] of [
    [150, undefined],
    [400, "instant"],
  ]) {
    for (const inclusive of [true, false]) {
      await vendor.make({
        ...SMALL,
        seed: 40,
        sameInstant,
        window: { start: "2025-06-05T00:00:00Z", end: "2025-06-15T00:00:00Z" },
      });
      await vendor.trouble({ messageLists: { order: "newest", inclusive } });
      const collection = begin();
      const records = await all(collection);
      const { complete, shortfalls } = collection.completeness();
      assert.equal(complete, code === undefined, JSON.stringify(shortfalls));
      assert.equal(shortfalls[0]?.code, code);
      const there = await truth(collection.completeness().window);
      const lost = there.size - new Set(records.map(nameOf)).size;
      assert.equal(lost, shortfalls[0]?.missing ?? 0);
    }
  }
});

test("ended at 50 random places and gone on with: the same records", async () => {
  await vendor.make({ ...SMALL, seed: 50 });
  await vendor.trouble({ ...TROUBLES, unfinished: { share: 0.2 } });
  const random = new Random(50, 75);
  const records = [];
  let state;
  for (let ends = 0; ; ) {
    const collection = begin({ resume: state });
    let left = ends < 50 ? 2 + random.below(4) : Number.POSITIVE_INFINITY;
    for await (const page of collection) {
      records.push(...page.records);
      left -= 1;
      if (left === 0) break;
    }
    state = collection.state();
    assert.ok(!state.includes(vendor.token));
    if (left > 0) {
      assert.ok(ends >= 10, `it ended after ${ends} places`);
      assert.equal(collection.completeness().complete, true);
      await assertWhole(records, collection);
      return;
    }
    ends += 1;
  }
});

test("with verify, the messages by number are the same", async () => {
  await vendor.make({ ...SMALL, seed: 60 });
  await vendor.trouble({ messageLists: { order: "newest" } });
  const collection = begin({ verify: true });
  await all(collection);
  assert.deepEqual([collection.completeness().complete, collection.completeness().notes.verified], [true, true]);
});

test("tokens that are wrong or may nothing, and a redirect, have their codes", async () => {
  await vendor.make({ ...SMALL, seed: 70 });
  const codeOf = (options) =>
    all(begin(options)).then(
      () => undefined,
      ({ code }) => code,
    );
  assert.equal(await codeOf({ token: "wrong" }), "unauthorized");
  assert.equal(await codeOf({ token: FORBIDDEN_TOKEN }), "forbidden");
  await vendor.trouble({ redirect: { to: "http://127.0.0.1:9" } });
  assert.equal(await codeOf({}), "upstream_invalid");
  await vendor.trouble({ refuse: { status: 401, after: 30 } });
  assert.equal(await codeOf({}), "unauthorized");
});

for (let n = 0; n < Number(process.env.COLLECT_LARGE ?? 0); n++) {
  test(`a large account, seed ${n}`, { timeout: 600_000 }, async () => {
    await vendor.make({ ...LARGE, seed: 100 + n });
    const manners = MANNERS[n % MANNERS.length];
    await vendor.trouble({ ...TROUBLES, ...manners, arrivals: ARRIVALS, unfinished: { share: 0.01, seed: n } });
    const collection = begin();
    const records = await all(collection);
    const { total, troubles } = await vendor.requests();
    const { complete, shortfalls } = collection.completeness();
    assert.equal(complete, true, JSON.stringify(shortfalls));
    const failed = ["failures", "html", "cut", "rateLimit"].reduce((sum, name) => sum + (troubles[name] ?? 0), 0);
    const pages = 500 + 30 + 3_000; // at the least: a conversation may need more than one
    console.log(`${total} requests, ${failed} of them failed, for ${pages} pages`);
    assert.ok(total - failed <= 1.3 * pages);
    await vendor.trouble({ ...manners });
    await assertWhole(records, collection, { isOlder: manners.older });
    await assertReports(records, collection);
  });
}
