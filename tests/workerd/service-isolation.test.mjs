/** Whatever one account sends, with its token and its secret, reads and changes nothing of another account. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Random } from "../../tools/generate/random.mjs";
import { call, delivery, message, startService, TEST_TIMEOUT, voiceTurn } from "./service-support.mjs";

const REQUESTS = Number(process.env.ISOLATION_REQUESTS ?? 600);

/** Accounts whose names are near each other. */
const NAMES = [
  ["acme", "acme-2"],
  ["acme-2", "acme"],
  ["a", "b"],
];

const QUESTIONS = [
  "/v1/usage/by-agent?period=year",
  "/v1/usage",
  "/v1/usage/daily?days=365",
  "/v1/usage/monthly?months=24",
  "/v1/usage/by-number",
  "/v1/usage/breakdown?by=agent,number,channel,direction",
];

/** What nobody but the account may see. */
const marksOf = (name) => ({
  agent: `agt_of_${name}_`,
  agentName: `Agent of <${name}>`,
  plan: `Plan of <${name}>`,
  number: `num_of_<${name}>`,
});

describe("two accounts", { timeout: 2 * TEST_TIMEOUT }, () => {
  for (const [seed, names] of NAMES.entries()) {
    describe(`${names}, seed ${seed}`, () => {
      let service;
      let mine;
      let other;
      before(async () => {
        service = await startService({ options: { cors: { origins: ["https://app.example"] } } });
        [mine, other] = await Promise.all(names.map(make));
      });
      after(() => service?.stop());

      /** An account with usage of its own. */
      async function make(name) {
        const marks = marksOf(name);
        const account = await service.account(name, {
          shards: 4,
          agents: [{ id: marks.agent, name: marks.agentName }],
          account: { plan: { name: marks.plan }, numbers: { used: 1, limit: 2, remaining: 1 } },
        });
        const now = new Date().toISOString();
        for (let n = 0; n < 12; n++) {
          const data = { agentId: marks.agent, numberId: marks.number, receivedAt: now, startedAt: now, endedAt: now };
          const event = n % 2 ? message(data) : call(data);
          const answer = await service.deliver(name, event, { secret: account.secret });
          assert.equal(answer.json().status, "counted");
        }
        return { ...account, marks };
      }

      /** Everything of an account that others could change. */
      async function stateOf({ name, token }) {
        const { refused, lastRefusedAt, lagMs, ...ingest } = await service.ingest(token);
        const { status, text } = await service.admin("GET", `/v1/admin/accounts/${name}`);
        const answers = await Promise.all(QUESTIONS.map(async (path) => (await service.request(path, { token })).text));
        const [, ...tables] = await service.tables(name); // the register counts forgeries
        return { ingest, status, text, answers, tables };
      }

      test("each sees its own usage", async () => {
        for (const [one, { marks }] of [
          [mine, other],
          [other, mine],
        ]) {
          const { answers, ingest } = await stateOf(one);
          assert.equal(ingest.counted, 12);
          assert.equal(ingest.records, 12);
          assert.ok(answers[0].includes(one.marks.agentName) && answers[1].includes(one.marks.plan));
          assert.ok(answers[4].includes(one.marks.number) && answers[5].includes(one.marks.agent));
          for (const mark of Object.values(marks)) assert.ok(!answers.join().includes(mark), mark);
        }
      });

      test(`${REQUESTS} requests of one read and change nothing of the other`, async () => {
        const r = new Random(seed, 12);
        const before = await stateOf(other);
        const hidden = [...Object.values(other.marks), other.secret, other.secretId, other.token, other.tokenId];
        let seen = 0;
        for (let n = 0; n < REQUESTS; n += 20) {
          const asked = Array.from({ length: 20 }, () => requestOf(r));
          const answers = await Promise.all(asked.map(({ path, ...how }) => service.request(path, how)));
          for (const [at, answer] of answers.entries()) {
            const told = answer.text + JSON.stringify([...answer.headers]);
            for (const mark of hidden) assert.ok(!told.includes(mark), `${JSON.stringify(asked[at])} tells ${mark}`);
            if (told.includes(mine.marks.agent)) seen++;
          }
        }
        assert.ok(seen > REQUESTS / 100, "some of the requests are good ones");
        assert.deepEqual(await stateOf(other), before);
        assert.equal((await service.deliver(other.name, message(), { secret: other.secret })).json().status, "counted");
      });

      /** A request that has what the account has, and names the other one in every way. */
      function requestOf(r) {
        const name = r.pick([other.name, other.name, mine.name]);
        const [, random] = mine.token.split(".");
        const token = r.weighted([
          [6, mine.token],
          [1, `uba_${other.name}.${random}`],
          [1, `uba_${other.name}.${mine.token}`],
          [1, `${mine.token}.${other.name}`],
          [1, `uba_${mine.name}.${other.name}.${random}`],
          [1, mine.secret],
          [1, mine.tokenId],
          [1, ""],
        ]);
        const path = r.weighted([
          [6, r.pick(QUESTIONS)],
          [2, `${r.pick(QUESTIONS)}&account=${name}&accountId=${name}&token=${token}`],
          [2, "/v1/ingest"],
          [1, `/v1/ingest?account=${name}`],
          [1, `/v1/ingest/${name}`],
          [1, `/v1/accounts/${mine.name}/../${name}`],
          [1, `/v1/accounts/${name}`],
          [1, `/v1/accounts/${name}/usage`],
          [2, `/v1/admin/accounts/${name}`],
          [1, `/v1/admin/accounts/${name}/${r.pick(["secrets", "tokens"])}`],
          [1, `/v1/admin/accounts/${name}/secrets/${r.pick([mine.secretId, "sec_1"])}`],
          [1, `/v1/admin/accounts/${mine.name}%2F..%2F${name}`],
          [1, `/v1/snapshot?account=${name}`],
          [1, `/v1/records?account=${name}`],
          [4, `/v1/webhooks/agentphone/${name}`],
          [1, `/v1/webhooks/agentphone/${mine.name}/../${name}`],
          [1, `/v1/webhooks/agentphone/${mine.name};${name}`],
          [1, `/V1/ingest`],
          [1, `/`],
        ]);
        const method = r.weighted([
          [8, path.includes("webhooks") ? "POST" : "GET"],
          [1, r.pick(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])],
        ]);
        const event = r.pick([message(), call(), voiceTurn(), { ...message(), account: name }, { settings: {} }]);
        const { body, headers } = delivery(event, { secret: r.pick([mine.secret, mine.token, "", name]) });
        const more = Object.entries({
          "x-sub-account-id": name,
          "x-account": name,
          "x-usage-account": name,
          "x-forwarded-host": `${name}.example`,
          "x-http-method-override": "DELETE",
          "x-original-url": `/v1/accounts/${name}`,
          cookie: `account=${name}`,
          origin: "https://app.example",
          "if-none-match": "*",
          accept: "application/json",
        }).filter(() => r.chance(0.3));
        const sent = { ...(r.chance(0.6) ? headers : {}), ...Object.fromEntries(more) };
        const hasBody = method !== "GET" && method !== "HEAD";
        return {
          path,
          method,
          token,
          headers: sent,
          ...(hasBody && { body: r.pick([body, body, JSON.stringify({ name })]) }),
        };
      }
    });
  }
});
