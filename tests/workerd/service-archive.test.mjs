// Trimmed records in a bucket, night after night, and what is counted from them anew.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { gunzipSync, gzipSync } from "node:zlib";
import { trimRecords, UsageRollup } from "usage-by-agent";
import { Random } from "../../tools/generate.mjs";
import { DAY, each, eventsOf, NOW } from "./service-events.mjs";
import { call, message, startService, TEST_TIMEOUT } from "./service-support.mjs";
import { ROOT } from "./support.mjs";

const TEST = { timeout: 2 * TEST_TIMEOUT };
const ADMIN = "/v1/admin/accounts";

let service;
let bucket;
before(async () => {
  service = await startService({ bucket: "ARCHIVE" });
  bucket = await service.worker.getR2Bucket("ARCHIVE", "first");
  for (const isolate of ["first", "second"]) await service.switch({ frozenMs: NOW }, isolate);
});
after(() => service?.stop());

/** An account whose nights the test begins. */
async function account(name, settings) {
  await service.switch({ objectsAheadMs: 0 });
  const made = await service.account(name, settings);
  const { token: writer } = (await service.admin("POST", `${ADMIN}/${name}/tokens`, { access: "write" })).json();
  const records = (method, backfill, body) =>
    service.request(`/v1/records?backfill=${backfill}`, {
      method,
      token: writer,
      headers: { "idempotency-key": backfill },
      ...(body && { body }),
    });
  const archive = async () => (await service.ingest(made.token)).archive;
  return {
    ...made,
    add: (backfill, texts) => records("POST", backfill, texts.join("\n")),
    takeBack: (backfill) => records("DELETE", backfill),
    deliver: (event, how) => service.deliver(name, event, { ...made, timestamp: Math.floor(NOW / 1000), ...how }),
    archive,
    /** Archives in the night after some days. Each put may fail, and then it is tried again. */
    night: async (days, puts = []) => {
      await service.switch({ objectsAheadMs: days * DAY, puts });
      for (let tries = 0; ; tries++) {
        assert.ok(tries < 100, "the night does not end");
        assert.equal((await service.admin("POST", `${ADMIN}/${name}/archive`)).status, 202);
        await service.forget(name); // rings the alarm, which is far ahead for the platform
        const { failure, last } = await archive();
        if (failure === null && last !== null) break;
        assert.match(failure, /can't be reached/);
      }
      await service.switch({ puts: [] });
      return (await archive()).last;
    },
    /** Restores an archive, request by request. */
    restore: async (asked) => {
      const sum = { counted: 0, files: 0, requests: 0 };
      for (let after = ""; ; ) {
        const answer = await service.admin("POST", `${ADMIN}/${name}/restore`, { ...asked, after });
        assert.equal(answer.status, 200, answer.text);
        const { counted, files, done, after: last } = answer.json();
        sum.counted += counted;
        sum.files += files;
        sum.requests++;
        if (done) return sum;
        after = last;
      }
    },
    /** What the account answers, and its snapshot without what became of records that do not count. */
    whole: async () => {
      const answers = [];
      for (const path of QUESTIONS) answers.push((await service.request(path, made)).json());
      const { bytes } = await service.request("/v1/snapshot", made);
      const rollup = new UsageRollup().merge(new Uint8Array(bytes));
      try {
        return { answers, snapshot: countsOf(rollup) };
      } finally {
        rollup.free();
      }
    },
  };
}

const QUESTIONS = [
  "/v1/usage/by-number",
  "/v1/usage/daily?days=60",
  "/v1/usage/monthly?months=6",
  "/v1/usage/by-agent?period=year&tz=America/New_York",
  "/v1/usage/by-agent?period=month&offset=-2&tz=Asia/Kolkata",
  "/v1/usage/breakdown?by=agent,number,channel,direction&step=month&from=2024-12-01&to=2025-07-01",
];

function countsOf(rollup) {
  const { rows, totals } = rollup.breakdown({ by: ["agent", "number", "channel", "direction"], step: "week" });
  const { counted, withoutDuration } = rollup.diagnostics();
  const numbers = rollup.byNumber();
  return JSON.parse(JSON.stringify({ rows, totals, counted, withoutDuration, numbers, span: rollup.span() }));
}

/** The names of the files of records in the bucket, in their order. */
async function filesOf(folder) {
  const { objects } = await bucket.list({ prefix: folder });
  return objects.map(({ key }) => key).filter((key) => key.endsWith(".gz"));
}

async function textOf(key) {
  return gunzipSync(Buffer.from(await (await bucket.get(key)).arrayBuffer())).toString();
}

for (const seed of (process.env.SEEDS ?? "31").split(",").map(Number)) {
  test(`what nights have archived gives the same answers anew, seed ${seed}`, TEST, async (t) => {
    const random = new Random(seed, 31);
    const settings = { shards: 8, tz: "Europe/Paris", weekStart: "sunday" };
    const own = await account(`own-${seed}`, settings);
    const events = eventsOf(seed, 900);
    const told = random.shuffled(events.flatMap((event) => Array.from({ length: 1 + random.below(3) }, () => event)));
    const deliver = (list) =>
      each(list, async ({ text, id }) => {
        const answer = await own.deliver(text, { id });
        assert.equal(answer.status, 200, answer.text);
      });
    // Records of others, and other versions of what deliveries tell.
    const [early, late] = [41, 42].map((other) => eventsOf(seed + other, 300).map(({ text }) => text.trim()));
    const shared = events.filter(() => random.chance(0.3)).map(({ text }) => text.trim().replace(/"agt_/, '"agt_x'));
    const part = (n) => told.slice((n * told.length) / 4, ((n + 1) * told.length) / 4);
    const puts = () => Array.from({ length: 14 }, () => random.pick(["ok", "ok", "before", "after"]));

    await deliver(part(0));
    const night = await own.night(1);
    assert.ok(night.files > 0 && night.lines > 0);
    assert.equal((await own.archive()).whole, true);
    await deliver(part(1));
    assert.equal((await own.add("early", [...early, ...shared])).status, 200);
    await own.night(2, puts());
    assert.equal((await own.add("late", [...late, ...shared.slice(50), ...early.slice(0, 80)])).status, 200);
    await deliver(part(2));
    await own.night(3, puts());
    const before = await own.whole();
    assert.equal((await own.takeBack("early")).json().done, true);
    await deliver(part(3));
    await own.night(4, puts());
    const { files } = await own.night(5);
    assert.equal(files, 0); // nothing has changed

    const wanted = await own.whole();
    assert.notDeepEqual(wanted, before); // what was taken back is noticed
    const anew = await account(`anew-${seed}`, { ...settings, shards: 4 });
    const restored = await anew.restore({ from: own.name });
    assert.ok(restored.requests > 1);
    assert.deepEqual(await anew.whole(), wanted);
    t.diagnostic(`${told.length} deliveries, ${restored.files} files, ${wanted.snapshot.counted} records count`);

    // Again, and from the middle: nothing changes.
    await anew.restore({ from: own.name });
    assert.deepEqual(await anew.whole(), wanted);
    // Deliveries that came twice, once here and once there, count once.
    await each(told.slice(0, 100), ({ text, id }) => anew.deliver(text, { id }));
    assert.deepEqual(await anew.whole(), wanted);

    // It is a backfill.
    assert.equal((await anew.takeBack("archive")).json().done, true);
    const { totals } = (await service.request("/v1/usage/breakdown", own)).json();
    assert.ok(totals.messages > 0);
    assert.ok((await service.ingest(anew.token)).records < 150);
  });
}

test("changes are kept until they are archived, however many they are", TEST, async () => {
  const own = await account("many", { shards: 1 });
  await own.deliver(message({ id: "first" }));
  await own.night(1);
  const many = Array.from({ length: 8000 }, (_, n) => JSON.stringify(message({ id: `many-${n}` })));
  assert.equal((await own.add("many", many)).json().counted, 8000);
  const { files, lines } = await own.night(2, ["ok", "before", "after"]);
  assert.equal(files, 2);
  assert.equal(lines, 8000);
  const anew = await account("many-anew", { shards: 2 });
  await anew.restore({ from: own.name });
  assert.equal((await anew.whole()).snapshot.counted, 8001);
});

test("what is less full stays in the place of what was taken back", TEST, async () => {
  const own = await account("less", { shards: 1 });
  const told = (id, more) => JSON.stringify(call({ id, ...more }));
  for (const id of ["c1", "c2"]) await own.deliver(told(id, { durationSeconds: undefined, endedAt: undefined }));
  await own.add("fuller", [told("c1", { durationSeconds: 90 }), told("c3", { durationSeconds: 90 })]);
  await own.night(1);
  assert.equal((await own.takeBack("fuller")).json().takenBack, 2);
  await own.night(2);
  const wanted = await own.whole();
  assert.deepEqual(wanted.snapshot.totals, { messages: 0, calls: 2, totalSeconds: 0 });
  const anew = await account("less-anew", { shards: 2 });
  await anew.restore({ from: own.name });
  assert.deepEqual(await anew.whole(), wanted);
});

test("records of before are archived in the first night, also if that is ended in the middle", TEST, async () => {
  const own = await account("before", { shards: 1 });
  const list = Array.from({ length: 6000 }, (_, n) => JSON.stringify(message({ id: `before-${n}` })));
  await own.add("all", list);
  await service.switch({ objectsAheadMs: DAY, puts: ["ok", "before"] });
  await service.admin("POST", `${ADMIN}/${own.name}/archive`);
  await service.forget(own.name);
  assert.equal((await own.archive()).whole, false);
  const anew = await account("before-anew", { shards: 1 });
  const restore = (asked) => service.admin("POST", `${ADMIN}/${anew.name}/restore`, asked);
  assert.equal((await restore({ from: own.name })).json().error.code, "no_archive");
  // A new object goes on with it, and what changes meanwhile comes after it.
  const names = [`account:${own.name}`, `shard:${own.name}:0`];
  await service.request("/test/evict", { method: "POST", body: names });
  await own.deliver(message({ id: "before-1", agentId: "agt_2", receivedAt: "2025-06-11T10:00:00Z" }));
  await own.deliver(message({ id: "new" }));
  await own.night(2);
  await anew.restore({ from: own.name });
  assert.deepEqual(await anew.whole(), await own.whole());
  assert.equal((await anew.whole()).snapshot.counted, 6001);
});

test("the files alone are counted by the command and by everything that reads records", TEST, async (t) => {
  const own = await account("alone", { shards: 4 });
  const events = eventsOf(71, 400);
  await each(events, ({ text, id }) => own.deliver(text, { id }));
  await own.night(1);
  const more = eventsOf(72, 200).map(({ text }) => text.trim());
  const withId = more.filter((text) => trimRecords(text).records.every(({ key }) => key !== null));
  await own.add("more", withId);
  await own.night(2);
  const folder = mkdtempSync(join(tmpdir(), "usage-by-agent-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const rollup = new UsageRollup({ onInvalid: "skip" });
  const paths = [];
  for (const key of await filesOf("usage/alone/")) {
    const text = await textOf(key);
    assert.doesNotMatch(text, /"(?:body|message|transcript|from|to)":/);
    rollup.push(text);
    paths.push(join(folder, key.replaceAll("/", "_")));
    writeFileSync(paths.at(-1), gzipSync(text));
  }
  const { snapshot } = await own.whole();
  const { counted: _, ...alone } = countsOf(rollup);
  rollup.free();
  const { counted: __, ...wanted } = snapshot;
  assert.deepEqual(alone, wanted);
  const command = join(ROOT, "pkg/dist/command.js");
  const options = ["--by", "agent", "--from", "2024-12-01", "--to", "2025-07-01", "--tz", "UTC", "--format", "json"];
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [command, "report", ...paths, ...options]);
  const path = "/v1/usage/breakdown?by=agent&from=2024-12-01&to=2025-07-01&tz=UTC";
  assert.deepEqual(JSON.parse(stdout), (await service.request(path, own)).json());
});

test("an archive of an account is erased with it, and one that is not whole is not restored", TEST, async () => {
  const own = await account("erased", { shards: 2 });
  await own.deliver(message());
  await own.night(1);
  const { archive } = await own.archive();
  const other = await account("erased-other", { shards: 1 });
  await other.deliver(message());
  await other.night(1);
  assert.equal((await filesOf("usage/erased/")).length, 1);
  const names = Array.from({ length: 1100 }, (_, n) => `usage/erased/${archive}/2025-01-01/00-0-${n}.ndjson.gz`);
  await each(names, (name) => bucket.put(name, ""));
  const restore = (asked) => service.admin("POST", `${ADMIN}/${other.name}/restore`, asked);
  assert.equal((await restore({ from: "erased" })).status, 503); // a file is no gzip data
  await bucket.put(names[0], Uint8Array.from(gzipSync('{"id":"m1"}\n')));
  assert.equal((await restore({ from: "erased" })).json().error.code, "invalid_archive");
  assert.equal((await service.admin("DELETE", "/v1/accounts/erased")).status, 204);
  assert.deepEqual((await bucket.list({ prefix: "usage/erased/" })).objects, []);
  assert.equal((await filesOf("usage/erased-other/")).length, 1);
  assert.equal((await restore({ from: "erased" })).json().error.code, "no_archive");
  // Its own archive is not what is wanted anew.
  assert.equal((await restore({})).json().error.code, "no_archive");
  for (const [asked, field] of [
    [{ from: "../x" }, "/from"],
    [{ archive: "../x" }, "/archive"],
    [{ backfill: "A" }, "/backfill"],
    [{ after: 5 }, "/after"],
    [{ account: "x" }, "/account"],
  ]) {
    assert.equal((await restore(asked)).json().error.details[0].field, field);
  }
});

test("nights begin by themselves, once a day", TEST, async () => {
  const own = await account("daily", { shards: 2 });
  const ring = async (days) => {
    await service.switch({ objectsAheadMs: days * DAY, puts: [] });
    await service.forget(own.name);
    return own.archive();
  };
  await own.deliver(message());
  const { last, whole } = await ring(0);
  assert.deepEqual([last, whole], [null, false]);
  const first = await ring(1.2);
  assert.deepEqual([first.last.files, first.whole], [1, true]);
  assert.equal(Date.parse(first.nextAt) % DAY < 3 * 3_600_000, true);
  await own.deliver(message());
  assert.deepEqual(await ring(1.2), first);
  const second = await ring(2.2);
  assert.deepEqual([second.last.files, second.last.lines], [1, 1]);
  assert.equal(Date.parse(second.nextAt) - Date.parse(first.nextAt), DAY);
});

test("archiving is ended, and begun again with everything", TEST, async () => {
  const own = await account("ended", { shards: 1 });
  await own.deliver(message({ id: "m1" }));
  await own.night(1);
  const { archive } = await own.archive();
  assert.equal((await service.admin("DELETE", `${ADMIN}/${own.name}/archive`)).status, 204);
  assert.ok(!(await service.tables(own.name)).flat().includes("archived"));
  await own.deliver(message({ id: "m2" }));
  await own.night(2);
  const again = await own.archive();
  assert.notEqual(again.archive, archive);
  const folder = `usage/ended/${again.archive}/`;
  const [file] = await filesOf(folder);
  assert.equal((await textOf(file)).split("\n").length, 3); // two messages
  const anew = await account("ended-anew", { shards: 1 });
  await anew.restore({ from: own.name, archive });
  assert.equal((await anew.whole()).snapshot.counted, 1);
  await anew.restore({ from: own.name });
  assert.equal((await anew.whole()).snapshot.counted, 2);
});
