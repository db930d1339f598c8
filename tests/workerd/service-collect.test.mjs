// The service collects an account from the vendor by itself: outbound messages, and what no delivery has told.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { UsageRollup } from "usage-by-agent";
import { collect } from "usage-by-agent/collect";
import { serveVendor } from "../support/collect-http.mjs";
import { makeAccount, makeVendor, TOKEN } from "../support/collect-vendor.mjs";
import { ADMIN_TOKEN, startService, TEST_TIMEOUT } from "./service-support.mjs";

const SINCE = "2025-04-25T00:00:00Z";
const TEST = { timeout: TEST_TIMEOUT };

let service;
before(async () => {
  service = await startService();
});
after(() => service?.stop());

/** Serves a vendor until the test has ended, and an account of the service that is collected from it. */
async function collecting(t, name, { seed = 1, instead, settings = {} } = {}) {
  const account = makeAccount(seed);
  const vendor = await serveVendor(makeVendor(account), instead);
  t.after(vendor.stop);
  const own = await service.account(name);
  const path = `/v1/admin/accounts/${name}/collecting`;
  return {
    ...own,
    account,
    vendor,
    put: (given = {}) =>
      service.admin("PUT", path, { token: TOKEN, baseUrl: vendor.url, since: SINCE, ...settings, ...given }),
    remove: () => service.admin("DELETE", path),
    until: async (isWanted) =>
      (await service.until(own.token, ({ collecting }) => collecting !== null && isWanted(collecting))).collecting,
    answers: async () => {
      const query = "by=agent,number,channel,direction&from=2025-01-01&to=2026-01-01";
      const { rows, totals } = (await service.request(`/v1/usage/breakdown?${query}`, { token: own.token })).json();
      return { rows, totals };
    },
  };
}

/** What a rollup answers that gets everything that the vendor lists. */
async function expected(account) {
  const rollup = new UsageRollup();
  const window = { startMs: Date.parse(SINCE), endMs: Date.now() };
  const collection = collect({ token: TOKEN, window, fetch: makeVendor(account).fetch });
  let records = 0;
  for await (const page of collection) {
    const names = new Map(Array.from(collection.agents().data, ({ id, name }) => [id, name]));
    const named = page.records.map((record) => ({ ...record, agentName: names.get(record.agentId) }));
    rollup.push(JSON.parse(JSON.stringify(named)));
    records += page.records.length;
  }
  const by = ["agent", "number", "channel", "direction"];
  const { rows, totals } = rollup.breakdown({ by, from: "2025-01-01", to: "2026-01-01" });
  rollup.free();
  return { rows: JSON.parse(JSON.stringify(rows)), totals, records };
}

test("everything that the vendor lists is counted, again and again", TEST, async (t) => {
  const own = await collecting(t, "all");
  assert.deepEqual((await service.ingest(own.token)).collecting, null);
  const put = await own.put();
  assert.equal(put.status, 200, put.text);
  assert.ok(!put.text.includes(TOKEN));
  const { last, failure } = await own.until(({ running, last }) => last !== null && !running);
  const want = await expected(own.account);
  assert.ok(want.totals.messages > 100 && want.totals.calls > 100);
  assert.deepEqual([last.complete, last.missing, last.records, failure], [true, 0, want.records, null]);
  assert.deepEqual(await own.answers(), { rows: want.rows, totals: want.totals });

  const before = last.collectedUntil;
  await own.put();
  const again = await own.until(({ running, last }) => !running && last.collectedUntil !== before);
  assert.equal(again.last.counted, 0);
  assert.deepEqual((await own.answers()).totals, want.totals);

  // It can be taken back as any backfill.
  const { token } = (await service.admin("POST", "/v1/admin/accounts/all/tokens", { access: "write" })).json();
  const back = await service.request("/v1/records?backfill=collect", { method: "DELETE", token });
  assert.equal(back.json().done, true);
  assert.deepEqual((await own.answers()).totals, { messages: 0, calls: 0, totalSeconds: 0 });
});

test("what was delivered before is not counted twice", TEST, async (t) => {
  const own = await collecting(t, "delivered", { seed: 2 });
  const calls = own.account.calls.filter(({ status }) => status === "completed").slice(0, 40);
  for (const { id, agentId, phoneNumberId, direction, startedAt, endedAt, durationSeconds } of calls) {
    const data = { callId: id, numberId: phoneNumberId, direction, startedAt, endedAt, durationSeconds };
    const event = { event: "agent.call_ended", timestamp: endedAt ?? startedAt, agentId, data };
    assert.equal((await service.deliver(own.name, event, own)).status, 200);
  }
  await own.put();
  await own.until(({ running, last }) => last !== null && !running);
  assert.deepEqual((await own.answers()).totals, (await expected(own.account)).totals);
});

test(
  "a message that was delivered without its id is known by it, where the vendor tells which one it was",
  TEST,
  async (t) => {
    const listed = [];
    const own = await collecting(t, "mapped", {
      seed: 4,
      instead: ({ url }) => {
        const { pathname, searchParams } = new URL(url);
        if (pathname !== "/v1/webhooks/deliveries") return;
        const [limit, offset] = ["limit", "offset"].map((name) => Number(searchParams.get(name)));
        return Response.json({ items: listed.slice(offset, offset + limit), total: listed.length, offset, limit });
      },
    });
    const talks = own.account.conversations.flatMap(({ messages, agentId, phoneNumberId, channel }) =>
      messages.map((message) => ({ ...message, agentId, phoneNumberId, channel })),
    );
    const told = talks.filter(({ direction }) => direction === "inbound").slice(0, 130);
    assert.ok(told.length > 100);
    const deliver = async ({ id, agentId, phoneNumberId, channel = "sms", receivedAt }) => {
      const data = {
        conversationId: "conv",
        numberId: phoneNumberId,
        direction: "inbound",
        receivedAt,
        message: `Hi ${id}`,
      };
      const event = { event: "agent.message", channel, timestamp: receivedAt, agentId, data };
      const answer = await service.deliver(own.name, event, { ...own, id: `delivery of ${id}` });
      assert.equal(answer.status, 200, answer.text);
    };
    await Promise.all(told.map(deliver));
    // The vendor does not say what the last five have told.
    for (const [n, { id }] of told.entries()) {
      listed.push({ id: `delivery of ${id}`, messageId: n < told.length - 5 ? id : null, eventType: "agent.message" });
    }
    await own.put();
    await own.until(({ running, last }) => last !== null && !running);
    const want = (await expected(own.account)).totals;
    const twice = told.slice(-5).filter(({ receivedAt }) => receivedAt > SINCE).length;
    assert.deepEqual((await own.answers()).totals, { ...want, messages: want.messages + twice });
    assert.equal((await service.ingest(own.token)).byDeliveryOnly, 5);

    await Promise.all(told.map(deliver)); // the vendor tries them again
    assert.equal((await own.answers()).totals.messages, want.messages + twice);
    for (const item of listed) item.messageId ??= item.id.slice("delivery of ".length);
    const { last } = (await service.ingest(own.token)).collecting;
    await own.put();
    await own.until((now) => !now.running && now.last.collectedUntil !== last.collectedUntil);
    assert.deepEqual((await own.answers()).totals, want);
    assert.equal((await service.ingest(own.token)).byDeliveryOnly, 0);
  },
);

test(
  "a list of deliveries that fails does not hold collecting up, and another beginning collects from there",
  TEST,
  async (t) => {
    const own = await collecting(t, "unmapped", {
      seed: 8,
      settings: { since: "2025-06-20T00:00:00Z" },
      instead: ({ url }) => (url.includes("/v1/webhooks/deliveries") ? new Response("{}", { status: 403 }) : undefined),
    });
    await own.put();
    const { last, failure, mapFailure } = await own.until((now) => now.mapFailure !== null);
    assert.deepEqual([last.complete, failure, mapFailure.length > 10], [true, null, true]);
    const late = (await own.answers()).totals;
    await own.put({ since: SINCE });
    await own.until((now) => !now.running && now.last !== null && now.last.collectedUntil !== last.collectedUntil);
    const want = (await expected(own.account)).totals;
    assert.ok(late.messages < want.messages);
    assert.deepEqual((await own.answers()).totals, want);
  },
);

test("a key that is refused, and a vendor that fails, are told and tried again later", TEST, async (t) => {
  let status = 401;
  const own = await collecting(t, "failing", {
    instead: () => (status === 0 ? undefined : new Response('{"error":{"message":"No","code":"X"}}', { status })),
  });
  const beforeMs = Date.now();
  await own.put();
  const refused = await own.until(({ failure }) => failure !== null);
  assert.equal(refused.failure.code, "unauthorized");
  assert.ok(!JSON.stringify(refused).includes(TOKEN));
  const beganMs = Date.parse(refused.nextAt) - 6 * 3_600_000; // six hours later
  assert.ok(beganMs >= beforeMs && beganMs <= Date.now(), refused.nextAt);
  status = 0;
  await own.put({ everyHours: 24 });
  const { last, failures } = await own.until(({ running, last }) => last !== null && !running);
  assert.deepEqual([last.complete, failures], [true, 0]);
  assert.deepEqual((await own.answers()).totals, (await expected(own.account)).totals);
});

test("collecting goes on where it was when its object is evicted", TEST, async (t) => {
  const paths = [];
  const own = await collecting(t, "evicted", {
    seed: 3,
    instead: async ({ url }) => {
      paths.push(url);
      if (paths.length === 25) {
        await service.request("/test/evict", { method: "POST", body: ["account:evicted"] });
      }
      return undefined;
    },
  });
  await own.put();
  const { last } = await own.until(({ running, last }) => last !== null && !running);
  assert.ok(paths.length > 30);
  assert.equal(last.complete, true);
  assert.deepEqual((await own.answers()).totals, (await expected(own.account)).totals);
});

test("the current month is audited, and the owner's endpoint gets the result", TEST, async (t) => {
  const got = [];
  let calls = 3;
  const own = await collecting(t, "audited", {
    seed: 6,
    instead: async (request) => {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname === "/hook") {
        got.push({ method: request.method, token: request.headers.get("authorization") });
        return new Response(null, { status: 202 });
      }
      if (pathname !== "/v1/usage/by-agent") return;
      assert.deepEqual([searchParams.get("period"), searchParams.get("tz")], ["month", "UTC"]);
      const now = new Date();
      const [start, end] = [0, 1].map((n) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + n));
      const row = { agentId: "agt_0", agentName: "Agent 0", messages: 0, calls, totalSeconds: 0, isOrphan: false };
      const written = (ms) => new Date(ms).toISOString().replace(".000Z", "Z");
      return Response.json({
        ...{ data: [row], period: "month", periodStart: written(start), periodEnd: written(end - 1000) },
      });
    },
  });
  const hook = `${own.vendor.url}/hook`;
  await own.put({ notify: hook });
  const { audited, auditFailure } = await own.until((now) => now.audited !== null || now.auditFailure !== null);
  assert.equal(auditFailure, null);
  assert.deepEqual([audited.equal, audited.totals.calls, audited.notified], [false, { ours: 0, theirs: 3 }, 202]);
  assert.ok(audited.verdict.length > 10 && audited.causes.length > 0);
  assert.deepEqual(got, [{ method: "POST", token: null }]);

  // Once a day is enough.
  calls = 0;
  const { last } = (await service.ingest(own.token)).collecting;
  await own.put({ notify: hook });
  await own.until((now) => !now.running && now.last.collectedUntil !== last.collectedUntil);
  assert.equal(got.length, 1);

  const quiet = await collecting(t, "not-audited", { seed: 7, settings: { audit: false } });
  await quiet.put();
  const after = await quiet.until(({ running, last }) => last !== null && !running);
  assert.deepEqual([after.audited, after.auditFailure], [null, null]);
  const failing = await collecting(t, "audit-fails", {
    seed: 7,
    instead: ({ url }) => (url.includes("/v1/usage/by-agent") ? new Response("{}", { status: 404 }) : undefined),
  });
  await failing.put();
  const failed = await failing.until((now) => now.auditFailure !== null);
  assert.deepEqual([failed.audited, failed.failure, failed.last.complete], [null, null, true]);
});

test("what can't be the settings of collecting is refused", TEST, async (t) => {
  const own = await collecting(t, "settings");
  for (const [given, field] of [
    [{ token: 7 }, "/token"],
    [{ token: "two words" }, "/token"],
    [{ baseUrl: "http://vendor.example" }, "/baseUrl"],
    [{ baseUrl: "nonsense" }, "/baseUrl"],
    [{ everyHours: 0 }, "/everyHours"],
    [{ everyHours: 1.5 }, "/everyHours"],
    [{ since: "yesterday" }, "/since"],
    [{ subAccountId: "two words" }, "/subAccountId"],
    [{ every: 6 }, "/every"],
    [{ audit: "no" }, "/audit"],
    [{ notify: "http://app.example/hook" }, "/notify"],
    [{ notify: "nonsense" }, "/notify"],
  ]) {
    const answer = await own.put(given);
    assert.equal(answer.status, 400, answer.text);
    assert.equal(answer.json().error.details[0].field, field, answer.text);
    assert.ok(!answer.text.includes(TOKEN));
  }
  assert.equal((await service.ingest(own.token)).collecting, null);
  const path = "/v1/admin/accounts/nobody/collecting";
  const body = { token: TOKEN };
  assert.equal((await service.admin("PUT", path, body)).json().error.code, "no_account");
  assert.equal((await service.request(path, { method: "PUT", body })).status, 401);
  assert.equal((await service.request(path, { method: "PUT", body, token: own.token })).status, 401);
  assert.equal((await own.remove()).status, 404);
  await own.put({ baseUrl: "http://127.0.0.1:9" });
  assert.equal((await own.remove()).status, 204);
  assert.equal((await service.ingest(own.token)).collecting, null);
  const shown = (await service.request("/v1/admin/accounts/settings", { token: ADMIN_TOKEN })).text;
  assert.ok(!shown.includes(TOKEN));
});
