// Deliveries through a queue: nothing is lost and nothing counts twice, whatever fails on the way.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { UsageRollup } from "usage-by-agent";
import { Random } from "../../tools/generate/random.mjs";
import { call, message, startService, TEST_TIMEOUT } from "./service-support.mjs";

const TEST = { timeout: TEST_TIMEOUT };
const NORMAL = { broken: [], failing: [], hanging: [] };

/** Some events with ids, and some messages without one. */
function eventsOf(seed, count) {
  const random = new Random(seed, 3);
  return Array.from({ length: count }, (_, n) => {
    const given = { id: `${seed}_${n}`, agentId: `agt_${random.below(4)}`, numberId: `num_${random.below(3)}` };
    const receivedAt = new Date(Date.UTC(2025, 5, 1 + random.below(29), random.below(24))).toISOString();
    if (random.chance(0.4))
      return call({ ...given, startedAt: receivedAt, endedAt: undefined, durationSeconds: random.below(900) });
    return message({ ...given, id: random.chance(0.2) ? null : given.id, receivedAt, message: `text ${n}` });
  });
}

/** What one pass over all distinct events answers. */
function expected(events) {
  const rollup = new UsageRollup();
  for (const [n, event] of events.entries()) rollup.push({ headers: { "x-webhook-id": `once ${n}` }, body: event });
  const { rows, totals } = rollup.breakdown({ by: ["agent", "number"], from: "2025-06-01", to: "2025-07-01" });
  rollup.free();
  return { rows: JSON.parse(JSON.stringify(rows)), totals };
}

async function answersOf(service, { token }) {
  const query = "by=agent,number&from=2025-06-01&to=2025-07-01";
  const { rows, totals } = (await service.request(`/v1/usage/breakdown?${query}`, { token })).json();
  return { rows, totals };
}

/** Delivers each event several times, in any order, some at once. How many were answered in which way. */
async function deliverAll(service, account, events, random) {
  const all = events.flatMap((event, n) =>
    Array(1 + random.below(3)).fill({ event, id: `delivery ${account.name} ${n}` }),
  );
  for (let i = all.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [all[i], all[j]] = [all[j], all[i]];
  }
  const statuses = {};
  while (all.length > 0) {
    const some = all.splice(0, 1 + random.below(12));
    const answers = await Promise.all(
      some.map(({ event, id }) => service.deliver(account.name, event, { ...account, id })),
    );
    for (const { status, text } of answers) {
      const told = status === 200 ? JSON.parse(text).status : status;
      statuses[told] = (statuses[told] ?? 0) + 1;
    }
  }
  return { statuses, sent: Object.values(statuses).reduce((sum, count) => sum + count, 0) };
}

describe("with a queue for everything", TEST, () => {
  let service;
  before(async () => {
    service = await startService({ options: { directAtOnce: 0 }, queue: { maxRetries: 50 } });
  });
  after(() => service?.stop());

  test("each event counts once", TEST, async () => {
    const account = await service.account("all");
    const events = eventsOf(1, 150);
    const { statuses, sent } = await deliverAll(service, account, events, new Random(1, 4));
    assert.deepEqual(statuses, { queued: sent });
    const { counted, dead } = await service.until(account.token, ({ deliveries }) => deliveries === sent);
    assert.deepEqual([counted, dead], [events.length, 0]);
    assert.deepEqual(await answersOf(service, account), expected(events));
  });

  for (const [what, switched] of [
    ["before the transaction", { broken: ["addQueued"] }],
    ["after the transaction", { failing: ["addQueued"] }],
    ["before a claim", { broken: ["claim"] }],
    ["after a claim", { failing: ["claim"] }],
  ]) {
    test(`a consumer that fails ${what} loses nothing and counts nothing twice`, TEST, async () => {
      const account = await service.account(what.replaceAll(" ", "-"));
      const events = eventsOf(what.length, 40);
      const [name] = [...(switched.broken ?? []), ...(switched.failing ?? [])];
      const callsOf = async () => (await service.calls()).calls[name] ?? 0;
      const earlier = await callsOf();
      await service.switch(switched);
      const { sent } = await deliverAll(service, account, events, new Random(2, 4));
      while ((await callsOf()) < earlier + 2) await new Promise((resolve) => setTimeout(resolve, 20));
      await service.switch(NORMAL);
      await service.until(account.token, ({ records }) => records === events.length);
      await service.until(account.token, ({ deliveries }) => deliveries >= sent);
      assert.deepEqual(await answersOf(service, account), expected(events));
    });
  }

  test("a message that is known by its delivery counts once, also with another id", TEST, async () => {
    const account = await service.account("claims");
    const event = message({ id: null, receivedAt: "2025-06-10T10:00:00Z" });
    const timestamp = Math.floor(Date.now() / 1000);
    for (const id of ["first", "other", "first", "third"]) {
      assert.equal((await service.deliver("claims", event, { ...account, id, timestamp })).status, 200);
    }
    const { counted, duplicates } = await service.until(account.token, ({ deliveries }) => deliveries === 4);
    assert.deepEqual([counted, duplicates], [1, 3]);
  });

  test("what an erased account had in the queue is not stored", TEST, async () => {
    const account = await service.account("erased");
    const callsOf = async () => (await service.calls()).calls.addQueued ?? 0;
    const earlier = await callsOf();
    await service.switch({ broken: ["addQueued"] });
    await service.deliver("erased", message(), account);
    while ((await callsOf()) === earlier) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal((await service.admin("DELETE", "/v1/accounts/erased")).status, 204);
    await service.switch(NORMAL);
    const again = await service.account("erased");
    await service.deliver("erased", call(), again);
    const { records } = await service.until(again.token, ({ deliveries }) => deliveries === 1);
    assert.equal(records, 1);
  });
});

test("the queue gets what a shard can't take now, and what is too much at once", TEST, async () => {
  const service = await startService({ options: { directAtOnce: 2 }, queue: { maxRetries: 50 } });
  try {
    const account = await service.account("busy");
    const events = eventsOf(5, 60);
    assert.equal((await service.deliver("busy", events[0], { ...account, id: "d" })).json().status, "counted");
    await service.switch({ broken: ["add"] });
    assert.equal((await service.deliver("busy", events[1], { ...account, id: "e" })).json().status, "queued");
    assert.ok((await service.calls()).errors.some((error) => error.includes("the storage is broken")));
    await service.switch(NORMAL);
    const random = new Random(5, 4);
    const answers = await Promise.all(
      events.map((event, n) =>
        service.deliver("busy", event, { ...account, id: n === 0 ? "d" : n === 1 ? "e" : `x${n}` }),
      ),
    );
    const queued = answers.filter((answer) => answer.json().status === "queued").length;
    assert.ok(queued > 10 && queued < 60, `${queued} queued, ${random.below(2)}`);
    await service.until(account.token, ({ records }) => records === events.length);
    assert.deepEqual(await answersOf(service, account), expected(events));
  } finally {
    await service.stop();
  }
});

test("what the queue gives up is kept, and can be stored later", TEST, async () => {
  const service = await startService({ options: { directAtOnce: 0 }, queue: { maxRetries: 0 } });
  try {
    const account = await service.account("dead");
    const events = eventsOf(6, 25);
    await service.switch({ broken: ["addQueued"] });
    for (const [n, event] of events.entries()) {
      assert.equal((await service.deliver("dead", event, { ...account, id: `d${n}` })).status, 200);
    }
    await service.until(account.token, ({ dead }) => dead === events.length);
    const failed = (await service.admin("POST", "/v1/admin/accounts/dead/dead")).json();
    assert.deepEqual([failed.stored, failed.left], [0, events.length]);
    await service.switch(NORMAL);
    const stored = (await service.admin("POST", "/v1/admin/accounts/dead/dead")).json();
    assert.deepEqual([stored.stored, stored.left], [events.length, 0]);
    assert.deepEqual(await answersOf(service, account), expected(events));
    assert.equal((await service.ingest(account.token)).dead, 0);
    assert.equal((await service.request("/v1/admin/accounts/dead/dead", { method: "POST" })).status, 401);
  } finally {
    await service.stop();
  }
});
