// Whether anything has changed costs one question to an object, and each change is told.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { message, seconds, startService, TEST_TIMEOUT } from "./service-support.mjs";

const SHARDS = 8;
const TEST = { timeout: TEST_TIMEOUT };

let service;
before(async () => {
  service = await startService({ queue: {} });
});
after(() => service?.stop());

/** An account and a page that looks at it. The clock stands still, because the tag depends on it. */
async function looking(name) {
  await setClock(0);
  const own = await service.account(name, { shards: SHARDS });
  const { token: writer } = (
    await service.admin("POST", `/v1/admin/accounts/${name}/tokens`, { access: "write" })
  ).json();
  let tag;
  /** Looks once. */
  const look = async (isolate) => {
    const headers = { "if-none-match": tag };
    const answer = await service.request("/v1/ingest", { token: own.token, headers, isolate });
    tag = answer.headers.get("etag");
    return answer.status;
  };
  return {
    ...own,
    writer,
    look,
    /** What the page has. */
    tag: () => tag,
    deliver: (event, how) => service.deliver(name, event, { ...own, timestamp: seconds(), ...how }),
    /** Looks until something has changed. */
    untilChanged: async () => {
      for (let tries = 0; (await look()) === 304; tries++) {
        assert.ok(tries < 400, "no change was told");
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },
    messages: async () => {
      const path = "/v1/usage/breakdown?from=2025-01-01&to=2026-01-01";
      return (await service.request(path, { token: own.token })).json().totals.messages;
    },
  };
}

const start = Date.now();

async function setClock(aheadMs) {
  const frozenMs = start - (start % 300_000) + 300_000 + aheadMs;
  for (const isolate of ["first", "second"]) await service.switch({ frozenMs, broken: [] }, isolate);
}

/** Does something, and waits until the register has heard of a change. */
async function heard(act) {
  const times = async () => (await service.calls()).calls.registerAddTally ?? 0;
  const before = await times();
  await act();
  for (let tries = 0; (await times()) === before; tries++) {
    assert.ok(tries < 400, "the register has heard of nothing");
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Does something, and gives how often each method of an object was called meanwhile. */
async function callsOf(act) {
  const { calls: before } = await service.calls();
  await act();
  const { calls } = await service.calls();
  const made = Object.entries(calls).map(([name, times]) => [name, times - (before[name] ?? 0)]);
  return Object.fromEntries(made.filter(([, times]) => times > 0));
}

test("a look at an account that has not changed is one question to one object", TEST, async () => {
  const own = await looking("idle");
  await heard(() => own.deliver(message()));
  await own.look();
  const looks = async () => {
    for (let n = 0; n < 40; n++) assert.equal(await own.look(), 304);
  };
  assert.deepEqual(await callsOf(looks), { registerIngested: 40 });
  // The same after the clock of views has gone on: the look itself brings them.
  await setClock(45_000);
  const later = await callsOf(looks);
  assert.deepEqual(later, { registerView: 1, registerIngested: 40 });
  // A look after a change asks each shard once.
  await own.deliver(message());
  const changed = await callsOf(() => own.untilChanged());
  assert.equal(changed.ingested, SHARDS);
});

test("each change is told, and reports have it then", TEST, async () => {
  const own = await looking("changes");
  let messages = 0;
  await own.look();
  const changesBy = async (act, added) => {
    await act();
    messages += added;
    assert.equal(await own.messages(), messages); // a report is exact at once
    await own.untilChanged();
  };
  const record = (id) => `${JSON.stringify(message({ id }))}\n`;
  const send = (method, body) =>
    service.request("/v1/records?backfill=b1", { method, token: own.writer, ...(body && { body }) });
  await changesBy(() => own.deliver(message()), 1);
  await changesBy(() => own.deliver(message(), { isolate: "second" }), 1);
  await changesBy(() => send("POST", record("b1") + record("b2")), 2);
  await changesBy(() => send("DELETE"), -2);
  await changesBy(() => own.deliver(message(), { secret: "another" }), 0); // a refused delivery
  await changesBy(() => service.admin("PUT", `/v1/admin/accounts/${own.name}`, { tz: "Asia/Tokyo" }), 0);
  const collecting = { token: "sk_1", baseUrl: "http://127.0.0.1:9" };
  await changesBy(() => service.admin("PUT", `/v1/admin/accounts/${own.name}/collecting`, collecting), 0);
});

test("what comes through the queue is told", TEST, async () => {
  const own = await looking("queued");
  await own.look();
  await service.switch({ broken: ["add"] });
  const answer = await own.deliver(message());
  assert.equal(answer.json().status, "queued");
  await own.untilChanged();
  for (let tries = 0; (await own.messages()) !== 1; tries++) {
    assert.ok(tries < 400);
    await own.untilChanged();
  }
});

test("a version survives its object, and costs nothing before somebody looks", TEST, async () => {
  const own = await looking("evicted");
  await heard(() => own.deliver(message()));
  const register = `account:${own.name}`;
  assert.ok(!(await service.tables(own.name))[0].includes("version"));
  await own.look();
  const evict = () => service.request("/test/evict", { method: "POST", body: [register] });
  await evict();
  assert.equal(await own.look(), 304);
  assert.equal(await own.look("second"), 304);
  await heard(() => own.deliver(message()));
  await evict();
  assert.equal(await own.look(), 200);
});

test(
  "a change of which the register does not hear shows after five minutes, and in reports at once",
  TEST,
  async () => {
    const own = await looking("lost");
    await own.look();
    await service.switch({ broken: ["registerAddTally"] });
    assert.equal((await own.deliver(message())).status, 200);
    assert.equal(await own.messages(), 1);
    assert.equal(await own.look(), 304);
    await setClock(299_000);
    assert.equal(await own.look(), 304);
    await setClock(300_000);
    assert.equal(await own.look(), 200);
    assert.equal(await own.look(), 304);
  },
);

test("an account that was erased and made again has another version", TEST, async () => {
  const own = await looking("again");
  await own.look();
  const seen = own.tag();
  const path = `/v1/accounts/${own.name}`;
  assert.equal((await service.admin("DELETE", path)).status, 204);
  assert.equal(await own.look(), 401);
  const { token } = await service.account(own.name);
  const headers = { "if-none-match": seen };
  assert.equal((await service.request("/v1/ingest", { token, headers })).status, 200);
  await service.admin("DELETE", path);
  assert.deepEqual(new Set((await service.tables(own.name)).flat()), new Set(["generation"]));
});
