/**
 * What the service answers after deliveries in any order and number is what the package's handler answers from one pass over all
 * distinct events.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { agentsPage, Random } from "../../tools/generate.mjs";
import { DAY, each, eventsOf, NOW, oracleOf } from "./service-events.mjs";
import { startService, TEST_TIMEOUT } from "./service-support.mjs";

const ZONES = ["UTC", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Chatham", "America/Havana"];
const DAYS_OF_WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/** Each event 1 to 6 times, in any order. Some repetitions are signed anew, or have an id of their own if the event has one. */
function deliveriesOf(events, random, secret) {
  const deliveries = events.flatMap(({ text, id, hasId }) =>
    Array.from({ length: 1 + random.below(6) }, (_, again) => {
      const hasNewId = hasId && again > 0 && random.chance(0.3);
      const seconds = Math.floor(NOW / 1000) - (random.chance(0.3) ? random.below(75_000) : 0);
      return { text, how: { secret, id: hasNewId ? `${id}_${again}` : id, timestamp: seconds } };
    }),
  );
  return random.shuffled(deliveries);
}

/** Questions to every endpoint, each with the settings' own zone and week, and with others. */
function questionsOf(random) {
  const questions = ["/v1/usage", "/v1/usage/by-number"];
  const ask = (path, query) => questions.push(`${path}?${new URLSearchParams(query)}`);
  for (const days of [30, 1, 365, 2 + random.below(363)]) ask("/v1/usage/daily", { days });
  for (const months of [6, 1, 24]) ask("/v1/usage/monthly", { months });
  for (const period of ["week", "month", "year"]) {
    ask("/v1/usage/by-agent", { period });
    for (const tz of ZONES) ask("/v1/usage/by-agent", { period, tz, offset: -random.below(5) });
    ask("/v1/usage/breakdown", { by: "agent,channel", period, offset: -random.below(4) });
  }
  ask("/v1/usage/breakdown", {});
  ask("/v1/usage/breakdown", { by: "agent,number,channel,direction,weekday,hour", step: "month" });
  for (let n = 0; n < 24; n++) {
    const by = random.shuffled(["agent", "number", "channel", "direction", "weekday", "hour"]).slice(random.below(6));
    const step = random.pick(["hour", "day", "week", "month", null]);
    const isLong = by.length < 4 && step !== "hour" && step !== "day"; // long answers take most of the test's time
    const days = random.below(isLong ? 140 : 15);
    const from = new Date(NOW - (days + 20) * DAY).toISOString().slice(0, 10);
    const to = new Date(NOW - random.below(20) * DAY).toISOString().slice(0, 10);
    ask("/v1/usage/breakdown", {
      ...(by.length > 0 && { by: by.join(",") }),
      ...(step !== null && { step }),
      ...(random.chance(0.6) ? { from, to } : { period: isLong ? random.pick(["month", "year"]) : "week" }),
      ...(random.chance(0.7) && { tz: random.pick(ZONES) }),
      ...(random.chance(0.4) && { week_start: random.pick(DAYS_OF_WEEK) }),
    });
  }
  ask("/v1/usage/by-agent", { period: "decade" });
  ask("/v1/usage/breakdown", { from: "2025-06-02", to: "2025-06-01" });
  return questions;
}

const ACCOUNT = {
  plan: {
    name: "Pro",
    limits: {
      numbers: 5,
      messagesPerMonth: 10_000,
      voiceMinutesPerMonth: 600,
      maxCallDurationMinutes: 30,
      concurrentCalls: 4,
    },
  },
  numbers: { used: 3, limit: 5, remaining: 2 },
};

const CASES = [
  { seed: 11, shards: 8, settings: {} },
  { seed: 12, shards: 1, settings: { tz: "America/New_York", weekStart: "sunday", boundsAs: "wall-clock" } },
  { seed: 13, shards: 64, settings: { tz: "Pacific/Chatham", weekStart: "saturday", account: ACCOUNT } },
];

/** How many events there are. `EVENTS=2000` makes longer runs. */
const EVENTS = Number(process.env.EVENTS ?? 700);

for (const { seed, shards, settings } of CASES) {
  test(`the answers are those of one pass over all distinct events, seed ${seed}, ${shards} shards`, {
    timeout: 2 * TEST_TIMEOUT,
  }, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "usage-by-agent-"));
    let service;
    const oracles = {};
    t.after(async () => {
      await service?.stop();
      for (const { rollup } of Object.values(oracles)) rollup.free();
      rmSync(folder, { recursive: true, force: true });
    });
    let nowMs = NOW;
    const setClock = async () => {
      for (const isolate of ["first", "second"]) await service.switch({ frozenMs: nowMs }, isolate);
    };
    const start = async () => {
      service = await startService({ persist: folder, options: { query: { weekStart: "sunday" } } });
      await setClock();
    };
    await start();

    const random = new Random(seed, 21);
    const events = eventsOf(seed, EVENTS);
    // The other account has the ids of the first one, for other agents and other events.
    const others = eventsOf(seed, EVENTS)
      .filter(() => random.chance(0.4))
      .map((event) => ({ ...event, text: event.text.replace(/("agent_?[iI]d"\s*:\s*")/, "$1other ") }));
    assert.ok(events.length > 200 && others.length > 80);
    const all = { shards, agents: agentsPage({ seed, agents: 12 }), ...settings };
    const accounts = {
      first: { events, settings: all, ...(await service.account("first", all)) },
      other: { events: others, settings: { shards: 4 }, ...(await service.account("other", { shards: 4 })) },
    };
    const deliveries = random.shuffled(
      Object.values(accounts).flatMap(({ name, events, secret }) =>
        deliveriesOf(events, random, secret).map((delivery) => ({ name, ...delivery })),
      ),
    );
    const questions = questionsOf(random);

    for (const [name, { events, settings }] of Object.entries(accounts)) {
      oracles[name] = oracleOf(events, { weekStart: "sunday", ...settings }, () => nowMs);
    }
    const compare = async (when, isolate = "first") => {
      for (const [name, { token }] of Object.entries(accounts)) {
        await each(questions, async (path) => {
          const [answer, wanted] = [await service.request(path, { token, isolate }), await oracles[name].ask(path)];
          const got = { status: answer.status, text: answer.text, etag: answer.headers.get("etag") };
          assert.deepEqual(got, wanted, `${path} of ${name} ${when}`);
        });
      }
    };

    // Questions in between, so that there are kept counts, which are brought up to date afterwards.
    let sent = 0;
    const evict = (account, count) => {
      const names = Array.from({ length: count }, (_, n) => `shard:${account}:${n}`);
      return service.request("/test/evict", { method: "POST", body: [...names, `account:${account}`] });
    };
    await each(deliveries, async ({ name, text, how }) => {
      const answer = await service.deliver(name, text, how);
      assert.equal(answer.status, 200, answer.text);
      sent++;
      if (sent % 150 === 0) await service.request(random.pick(questions), { token: accounts[name].token });
    });
    await compare("after the deliveries");

    const { counted, duplicates } = await service.ingest(accounts.first.token);
    assert.equal(counted, oracles.first.rollup.diagnostics().counted);
    assert.ok(duplicates > counted);
    t.diagnostic(`${sent} deliveries, ${counted} events of the first account, ${questions.length} questions`);

    nowMs = NOW - 40 * DAY - 3_600_000;
    await setClock();
    await compare("at an earlier time");

    await evict("first", shards);
    await evict("other", 4);
    await each(deliveries.slice(0, 50), async ({ name, text, how }) => {
      const timestamp = Math.floor(nowMs / 1000);
      const answer = await service.deliver(name, text, { ...how, timestamp });
      assert.equal(answer.status, 200, answer.text);
      assert.notEqual(answer.json().status, "counted");
    });
    await compare("after the shards were evicted");
    await compare("in another isolate", "second");

    await service.stop();
    nowMs = NOW;
    await start();
    await compare("after a new start");

    assert.equal((await service.admin("DELETE", "/v1/accounts/other")).status, 204);
    assert.equal((await service.request("/v1/usage", { token: accounts.other.token })).status, 401);
    delete accounts.other;
    await compare("after the other account was erased");
  });
}
