// Records that an account adds itself by POST /v1/records, and takes back together.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { trimRecords, UsageRollup } from "usage-by-agent";
import { render } from "../../tools/generate/formats.mjs";
import { generate } from "../../tools/generate/records.mjs";
import { message, startService, TEST_TIMEOUT } from "./service-support.mjs";

let service;
before(async () => {
  service = await startService();
});
after(() => service?.stop());

/** An account with a token that may write. */
async function account(name, settings) {
  const made = await service.account(name, settings);
  const { token: writer } = (
    await service.admin("POST", `/v1/admin/accounts/${name}/tokens`, { access: "write", name: "backfill" })
  ).json();
  const send = (method, body, { query = "", token = writer, headers } = {}) =>
    service.request(`/v1/records${query}`, { method, token, headers, ...(body !== undefined && { body }) });
  return {
    ...made,
    add: (body, how) => send("POST", body, how),
    takeBack: (how) => send("DELETE", undefined, how),
    totals: async (by = ["agent", "channel"]) => {
      const query = `by=${by}&from=2024-01-01&to=2027-01-01`;
      const { rows, totals } = (await service.request(`/v1/usage/breakdown?${query}`, { token: made.token })).json();
      return { rows, totals };
    },
  };
}

const values = (seed, records) => {
  const options = { records, seed, start: "2024-05-01T00:00:00Z", end: "2024-06-30T00:00:00Z", agents: 9 };
  return [...generate(options)].map(({ value }) => value);
};
const lines = (list) => list.map((value) => `${JSON.stringify(value)}\n`).join("");

/** What one pass over the records answers. */
function expected(texts) {
  const rollup = new UsageRollup({ onInvalid: "skip" });
  for (const text of texts) rollup.push(text);
  const { rows, totals } = rollup.breakdown({ by: ["agent", "channel"], from: "2024-01-01", to: "2027-01-01" });
  const { counted, invalid, records } = rollup.diagnostics();
  rollup.free();
  return { rows: JSON.parse(JSON.stringify(rows)), totals, counted, invalid, records };
}

const TEST = { timeout: TEST_TIMEOUT };

for (const format of ["ndjson", "array", "page"]) {
  test(`records as ${format} count as one pass counts them, however often they are sent`, TEST, async () => {
    const own = await account(`as-${format}`);
    const text = [
      ...render([...generate({ records: 3000, seed: 5, start: "2024-05-01T00:00:00Z", end: "2024-06-30T00:00:00Z" })], {
        format,
      }),
    ].join("");
    const want = expected([text]);
    const headers = { "idempotency-key": "first file" };
    assert.equal((await own.add("{}", { headers })).status, 400); // a blank is not visible
    const first = (await own.add(text, { headers: { "idempotency-key": "first-file" } })).json();
    assert.deepEqual(
      [first.backfill, first.records, first.counted, first.invalid],
      ["records", want.records, want.counted, want.invalid],
    );
    assert.deepEqual(await own.totals(), { rows: want.rows, totals: want.totals });
    const again = (await own.add(gzipSync(text), { headers: { "idempotency-key": "first-file" } })).json();
    assert.deepEqual([again.counted, again.withoutId], [0, first.withoutId]);
    assert.deepEqual(await own.totals(), { rows: want.rows, totals: want.totals });
  });
}

test("a backfill that is taken back leaves deliveries and other backfills", TEST, async () => {
  const own = await account("taken-back");
  const hasId = (value) => trimRecords(JSON.stringify(value)).records.every(({ key }) => key !== null);
  // A record without an id counts in each backfill.
  const [both, early, late] = [values(1, 400).filter(hasId), values(2, 700), values(3, 700)];
  const events = [message({ id: "m1" }), message({ id: "m2" })];
  for (const event of events) assert.equal((await service.deliver(own.name, event, own)).status, 200);
  for (const [query, list] of [
    ["?backfill=early", [...both, ...early]],
    ["?backfill=late", [...late, ...both, ...events]],
  ]) {
    const answer = await own.add(lines(list), { query, headers: { "idempotency-key": query } });
    assert.equal(answer.status, 200, answer.text);
  }
  const told = events.map((event) => JSON.stringify(event)).join("\n");
  const totalsOf = (...lists) => expected([told, ...lists.map(lines)]).totals;
  assert.deepEqual((await own.totals()).totals, totalsOf([...both, ...early], late));
  const names = async () => (await service.ingest(own.token)).backfills.map(({ name }) => name);
  assert.deepEqual(await names(), ["early", "late"]);

  const answer = (await own.takeBack({ query: "?backfill=early" })).json();
  assert.equal(answer.done, true);
  assert.ok(answer.takenBack > 500);
  assert.deepEqual((await own.totals()).totals, totalsOf(late, both));
  assert.deepEqual(await names(), ["late"]);
  assert.deepEqual((await own.takeBack({ query: "?backfill=early" })).json(), {
    backfill: "early",
    takenBack: 0,
    done: true,
  });
  assert.equal((await own.takeBack({ query: "?backfill=late" })).json().done, true);
  assert.deepEqual((await own.totals()).totals, totalsOf());
  // The name can be used again.
  assert.equal((await own.add(lines(early), { query: "?backfill=early" })).status, 200);
  assert.equal((await own.totals()).totals.messages, totalsOf(early).messages);
});

test("what can't be a backfill is refused, and changes nothing", TEST, async () => {
  const own = await account("refused");
  const other = await account("refused-other");
  const good = lines([message({ id: "m1" })]);
  const code = async (answer) => (await answer).json().error.code;
  assert.equal(await code(own.add(good, { token: own.token })), "read_only");
  assert.equal(await code(own.takeBack({ token: own.token })), "read_only");
  assert.equal(await code(own.add(good, { token: "nonsense" })), "invalid_token");
  assert.equal(await code(service.request("/v1/records", { method: "POST", body: good })), "missing_token");
  assert.equal(await code(service.request("/v1/records", { token: own.token })), "method_not_allowed");
  for (const query of ["?backfill=", "?backfill=A", "?backfill=../x", `?backfill=${"x".repeat(65)}`]) {
    assert.equal(await code(own.add(good, { query })), "invalid_backfill", query);
    assert.equal(await code(own.takeBack({ query })), "invalid_backfill", query);
  }
  for (const [body, want] of [
    ['{"detail":"Invalid API key"}', "unknown_records"],
    ["<html><title>Sign in</title></html>", "unknown_records"],
    [gzipSync(good).subarray(0, 30), "invalid_json"],
  ]) {
    const answer = await own.add(body);
    assert.deepEqual([answer.status, answer.json().error.code], [422, want], answer.text);
  }
  const invalid = (await own.add('{"startedAt":"yesterday","id":"c1"}\n')).json();
  assert.deepEqual([invalid.counted, invalid.invalid, invalid.problems.at(-1).path], [0, 1, "/0/startedAt"]);
  assert.deepEqual([(await own.totals()).totals.messages, (await other.totals()).totals.messages], [0, 0]);
  assert.equal((await own.add(good)).json().counted, 1);
  assert.deepEqual([(await own.totals()).totals.messages, (await other.totals()).totals.messages], [1, 0]);
});

test("a snapshot has everything that counts, with its ids, for one shard or all", TEST, async () => {
  const own = await account("snapshot", { shards: 4 });
  const list = values(6, 1500);
  const [early, late] = [list.slice(0, 900), list.slice(600)];
  // A record without an id would count again.
  const upload = { headers: { "idempotency-key": "snapshot" } };
  await own.add(lines(early), upload);
  const asked = async (query = "") => {
    const answer = await service.request(`/v1/snapshot${query}`, { token: own.token });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.headers.get("content-type"), "application/octet-stream");
    return new Uint8Array(answer.bytes);
  };
  const parts = [];
  for (let shard = 0; shard < 4; shard++) parts.push(await asked(`?shard=${shard}`));
  const whole = await asked();
  const answers = (rollup) => {
    const { rows, totals } = rollup.breakdown({ by: ["agent", "number", "channel", "direction"], step: "week" });
    return { rows, totals, withoutId: rollup.diagnostics().withoutId };
  };
  const want = new UsageRollup({ onInvalid: "skip" }).push(lines(early));
  const fromParts = new UsageRollup();
  for (const part of parts) fromParts.merge(part);
  const fromWhole = new UsageRollup().merge(whole);
  assert.deepEqual(answers(fromParts), answers(want));
  assert.deepEqual(answers(fromWhole), answers(want));
  assert.deepEqual(fromParts.snapshot(), whole);
  // The ids are in it: what is pushed again is a duplicate.
  const hasId = (value) => trimRecords(JSON.stringify(value)).records.every(({ key }) => key !== null);
  fromWhole.push(lines(late.filter(hasId)), {});
  want.push(lines(late.filter(hasId)), {});
  assert.deepEqual(answers(fromWhole), answers(want));
  for (const rollup of [want, fromParts, fromWhole]) rollup.free();

  assert.equal((await service.request("/v1/snapshot")).status, 401);
  for (const shard of ["4", "-1", "x", "", "00000"]) {
    const answer = await service.request(`/v1/snapshot?shard=${shard}`, { token: own.token });
    assert.equal(answer.json().error.code, "invalid_shard", shard);
  }
  const nobody = await account("snapshot-empty");
  const none = (await service.request("/v1/snapshot", { token: nobody.token })).bytes;
  const rollup = new UsageRollup().merge(new Uint8Array(none));
  assert.equal(rollup.diagnostics().counted, 0);
  rollup.free();
});

test("a snapshot has the names that only records told which do not count", TEST, async () => {
  const own = await account("names", { shards: 1 });
  const at = (minute) => `2025-06-10T10:${minute}:00Z`;
  const named = (agentId, agentName, minute) => ({ agentId, agentName, startedAt: at(minute), status: "busy" });
  const list = [
    ...["a1", "a2", "a3", "a4"].map((agentId) => message({ id: `of-${agentId}`, agentId, to: "+15550007777" })),
    named("a1", "Called", "20"),
    named("a1", "Called earlier", "10"),
    // One that is replaced, and one that is taken back.
    { id: "c1", agentId: "a2", agentName: "Replaced", startedAt: at("30"), status: "completed" },
    { id: "c1", agentId: "a2", startedAt: at("30"), status: "completed", durationSeconds: 60 },
    // The latest name was also told earlier, by a record that is taken back.
    { id: "c3", agentId: "a5", agentName: "Between", startedAt: at("20"), status: "completed" },
    named("a5", "Twice", "30"),
  ];
  await own.add(lines(list));
  const back = [
    { id: "c2", agentName: "Taken back", agentId: "a3", startedAt: at("40"), status: "completed" },
    { id: "c4", agentId: "a5", agentName: "Twice", startedAt: at("10"), status: "completed" },
  ];
  await own.add(lines(back), { query: "?backfill=back" });
  assert.equal((await own.takeBack({ query: "?backfill=back" })).json().takenBack, 2);
  const rollup = new UsageRollup().merge(
    new Uint8Array((await service.request("/v1/snapshot", { token: own.token })).bytes),
  );
  const { rows } = rollup.breakdown({ by: ["agent"], from: "2024-01-01", to: "2027-01-01" });
  rollup.free();
  const names = rows.map(({ agentId, agentName }) => [agentId, agentName]).sort();
  assert.deepEqual(names, [
    ["a1", "Called"],
    ["a2", "Replaced"],
    ["a3", "Taken back"],
    ["a4", "a4"],
    ["a5", "Twice"],
  ]);
  assert.deepEqual(JSON.parse(JSON.stringify(rows)), (await own.totals(["agent"])).rows);
});

test("records without an id count at each upload that has no key", TEST, async () => {
  const own = await account("without-id");
  const text = '{"receivedAt":"2025-06-10T10:00:00Z"}\n'.repeat(3);
  const upload = { headers: { "idempotency-key": "u1" } };
  assert.deepEqual([(await own.add(text)).json().withoutId, (await own.totals()).totals.messages], [3, 3]);
  assert.equal((await own.add(text)).json().counted, 3);
  assert.equal((await own.add(text, upload)).json().counted, 3);
  assert.equal((await own.add(text, upload)).json().counted, 0);
  assert.equal((await own.totals()).totals.messages, 9);
});
