/**
 * The service's process is killed at random instants while deliveries are on their way. The senders try again, as the vendor does.
 * In the end each event counts once. `KILLS` and `CRASH_SEED` make longer and other runs.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Random } from "../../tools/generate.mjs";
import { eventsOf, NOW, oracleOf } from "./service-events.mjs";
import { Sender, startProcesses } from "./service-process.mjs";
import { ADMIN_TOKEN, delivery } from "./service-support.mjs";

const KILLS = Number(process.env.KILLS ?? 20);
const SEED = Number(process.env.CRASH_SEED ?? 1);

/** How many events there are for each kill, about. */
const EVENTS = 60;

/** How many deliveries are on their way at once. */
const SENDERS = 12;

/** The clock of the service begins here, and may go on until the next quarter hour, where the answer to `/v1/usage` changes. */
const BEGIN = Math.floor(NOW / 900_000) * 900_000;

/** A sender of deliveries, which tries each of them until it gets a 200. */
class Vendor {
  attempts = 0;
  /** Attempts that have no response yet. */
  inFlight = 0;
  delivered = 0;
  /** How often each outcome that is not a 200 occurred. */
  failures = {};
  #sender = new Sender(10_000);
  #processes;
  #now;

  constructor(processes, now) {
    this.#processes = processes;
    this.#now = now;
  }

  /** The response to a request; `null` if there was none. */
  async ask(path, init) {
    try {
      return await this.#sender.send(this.#processes.base, path, init);
    } catch (error) {
      const what = error.code ?? error.message;
      this.failures[what] = (this.failures[what] ?? 0) + 1;
      return null;
    }
  }

  /** Delivers an event. Each attempt may be signed anew. */
  async deliver({ account, text, id, signedAt }, random) {
    for (let timestamp = signedAt; ; ) {
      this.attempts++;
      this.inFlight++;
      const sent = delivery(text, { secret: `secret of ${account}`, id, timestamp });
      const answer = await this.ask(`/v1/webhooks/agentphone/${account}`, { method: "POST", ...sent });
      this.inFlight--;
      if (answer?.status === 200) break;
      if (answer !== null) {
        this.failures[answer.status] = (this.failures[answer.status] ?? 0) + 1;
        assert.ok(answer.status >= 500, `a final ${answer.status}: ${answer.text}`);
      }
      await pause(5 + random.below(40));
      if (random.chance(0.5)) timestamp = Math.floor(this.#now() / 1000);
    }
    this.delivered++;
  }

  stop() {
    this.#sender.stop();
  }
}

test(`each delivery that was answered 200 counts once, after ${KILLS} kills, seed ${SEED}`, {
  timeout: 120_000 + KILLS * 30_000,
}, async (t) => {
  const random = new Random(SEED, 31);
  const behindMs = Date.now() - BEGIN;
  const now = () => Date.now() - behindMs;
  const processes = await startProcesses("crash-worker.mjs", { ADMIN_TOKEN, BEHIND_MS: behindMs });
  t.after(() => processes.stop());
  await processes.start();
  const vendor = new Vendor(processes, now);
  t.after(() => vendor.stop());

  const admin = async (method, path, body) => {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    const answer = await vendor.ask(`/v1/admin/accounts/${path}`, { method, headers, body: JSON.stringify(body) });
    return answer && { status: answer.status, ...JSON.parse(answer.text) };
  };
  /** Adds a token, which is known here only if the answer came. */
  const addToken = async (account) => {
    const answer = await admin("POST", `${account}/tokens`, {});
    if (answer?.status === 201) accounts[account].tokens.push(answer.token);
  };
  /** Two accounts have the same events. One has so few shards that their snapshots are written, too. */
  const accounts = { few: { shards: 1, tokens: [] }, many: { shards: 16, tokens: [] } };
  const events = eventsOf(SEED, 2 * EVENTS * (KILLS + 1));
  const deliveries = [];
  for (const [account, { shards }] of Object.entries(accounts)) {
    assert.equal((await admin("PUT", account, { shards })).status, 201);
    assert.equal((await admin("POST", `${account}/secrets`, { secret: `secret of ${account}` })).status, 201);
    await addToken(account);
    for (const { text, id } of events) {
      const signedAt = Math.floor(BEGIN / 1000) - random.below(3600);
      deliveries.push({ account, text, id, signedAt });
      // The vendor may deliver what was delivered. This is rare, because it would hide a loss.
      if (random.chance(0.03)) deliveries.push({ account, text, id, signedAt });
    }
  }

  let isOver = false;
  /** Questions between the deliveries, so that there are counts to bring up to date. */
  const asking = (async () => {
    while (!isOver) {
      for (const { tokens } of Object.values(accounts)) {
        await vendor.ask("/v1/usage", { headers: { authorization: `Bearer ${tokens.at(-1)}` } });
      }
      await pause(50);
    }
  })();

  const left = random.shuffled(deliveries).values();
  const senders = Array.from({ length: SENDERS }, async (_, n) => {
    const own = new Random(SEED, 100 + n);
    for (const one of left) await vendor.deliver(one, own);
  });

  const kills = [];
  const killing = (async () => {
    for (let kill = 1; kill <= KILLS; kill++) {
      const from = Math.floor((deliveries.length * (kill - random.unit())) / (KILLS + 1));
      while (vendor.delivered < from) await pause(1);
      const adding = Promise.all(Object.keys(accounts).map(addToken));
      await pause(random.below(25));
      kills.push(vendor.inFlight);
      await processes.kill();
      await processes.start();
      await adding;
    }
  })();
  await Promise.all([killing, ...senders]);
  isOver = true;
  await asking;
  assert.ok(kills.filter((inFlight) => inFlight > 0).length >= KILLS * 0.8, `in flight at kills: ${kills}`);
  t.diagnostic(
    `${events.length} events for each of two accounts, ${deliveries.length} deliveries, ${vendor.attempts} attempts; ` +
      `in flight at each kill: ${kills.join(", ")}; without a 200: ${JSON.stringify(vendor.failures)}`,
  );

  const oracle = oracleOf(events, {}, now);
  t.after(() => oracle.rollup.free());
  await processes.kill();
  await processes.start();
  for (const [account, { tokens }] of Object.entries(accounts)) {
    for (const token of tokens) {
      const headers = { authorization: `Bearer ${token}` };
      const { text } = await vendor.ask("/v1/ingest", { headers });
      assert.equal(JSON.parse(text).counted, oracle.rollup.diagnostics().counted, account);
      for (const path of QUESTIONS) {
        const { status, text } = await vendor.ask(path, { headers });
        assert.deepEqual({ status, text }, pick(await oracle.ask(path)), `${path} of ${account}`);
      }
    }
  }
});

const QUESTIONS = [
  "/v1/usage",
  "/v1/usage/daily?days=365",
  "/v1/usage/monthly",
  "/v1/usage/by-number",
  "/v1/usage/by-agent?period=month&tz=America/New_York",
  "/v1/usage/breakdown?by=agent,number,channel,direction&step=week",
];

const pick = ({ status, text }) => ({ status, text });
