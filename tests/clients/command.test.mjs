/** The command of the packed package collects from the fake vendor, which is a FastAPI application. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { report as oracle } from "../../tools/oracle.mjs";
import { at } from "../command/support/collecting.mjs";
import { installed, run, write } from "../support/packed.mjs";
import { FORBIDDEN_TOKEN, startVendor, VENDOR_TOKEN } from "./fake-vendor.mjs";

const NOW = "2025-06-18T12:34:56Z";
const QUERY = { period: "month", tz: "America/New_York", now: NOW };
const PERIOD = ["--period", QUERY.period, "--tz", QUERY.tz, "--now", NOW];
const SIZES = { now: NOW, calls: 400, messages: 1_500, conversations: 80, subAccounts: 2, seed: 90 };

let vendor;
before(async () => {
  vendor = await startVendor(SIZES);
});
after(() => vendor?.stop());

const usage = (args, { cwd, token = VENDOR_TOKEN } = {}) =>
  run(process.execPath, [join(installed, "dist/command.js"), ...args, ...PERIOD, "--base-url", vendor.base.origin], {
    cwd: cwd ?? write({}),
    env: { AGENTPHONE_API_KEY: token },
  });

const rowsOf = ({ data }) => [...data].sort((a, b) => (String(a.agentId) < String(b.agentId) ? -1 : 1));

/** The report over what there is, by the oracle. */
async function expected(subAccount) {
  const headers = subAccount ? { "x-sub-account-id": subAccount } : {};
  const agents = (await (await vendor.get("/v1/agents?limit=100", { headers })).json()).data;
  return oracle(await vendor.truth({ subAccount }), { ...QUERY, agents }).report;
}

test("collected into a file, and counted without one: the oracle's report", async () => {
  const cwd = write({});
  const { status, stdout, stderr } = await usage(["collect", "--out", "june.ndjson"], { cwd });
  assert.equal(status, 0, stderr);
  const { complete, notes } = JSON.parse(stdout);
  assert.equal(complete, true);
  const open = notes.callsNotFinal;
  assert.ok(open > 1);
  assert.equal(stderr, `note: ${open} calls had not ended when the vendor listed the calls\n`);
  const fromFile = await run(
    process.execPath,
    [join(installed, "dist/command.js"), "report", "june.ndjson", "--agents", "june.ndjson.agents.json", ...PERIOD],
    { cwd },
  );
  const direct = await usage(["report", "--collect"]);
  assert.equal(direct.stdout, fromFile.stdout);
  assert.deepEqual(rowsOf(JSON.parse(direct.stdout)), rowsOf(await expected()));
});

test("a sub-account is collected", async () => {
  const { data } = await (await vendor.get("/v1/sub-accounts")).json();
  const [{ id }] = data;
  const { stdout } = await usage(["report", "--collect", "--sub-account-id", id]);
  assert.deepEqual(rowsOf(JSON.parse(stdout)), rowsOf(await expected(id)));
});

test("a key that the vendor takes back in the middle: another key goes on", async () => {
  await vendor.make({ ...SIZES, seed: 91 });
  await vendor.trouble({ refuse: { status: 401, after: 30 } });
  const cwd = write({});
  const refused = await usage(["collect", "--out", "june.ndjson"], { cwd });
  assert.equal(refused.status, 3);
  assert.match(
    refused.stderr,
    /^note: june\.ndjson has \d+ records; .*\nusage-by-agent: GET \S+: the token is not accepted/,
  );
  await vendor.trouble({});
  const { status, stdout } = await usage(["collect", "--out", "june.ndjson"], { cwd });
  assert.deepEqual([status, JSON.parse(stdout).complete], [0, true]);
  const { startMs, endMs } = JSON.parse(stdout).window;
  const isIn = ({ startedAt, receivedAt }) =>
    Date.parse(startedAt ?? receivedAt) >= startMs && Date.parse(startedAt ?? receivedAt) < endMs;
  const ids = (records) => records.map(({ id }) => id).sort();
  const lines = readFileSync(join(cwd, "june.ndjson"), "utf8").trimEnd().split("\n");
  assert.deepEqual(ids(lines.map(JSON.parse)), ids((await vendor.truth()).filter(isIn)));
});

test("wrong keys have the exit code 3, and are not told", async () => {
  for (const token of ["sk_live_wrong_0123456789", FORBIDDEN_TOKEN]) {
    const { status, stdout, stderr } = await usage(["report", "--collect"], { token });
    assert.deepEqual([status, stdout], [3, ""]);
    assert.match(stderr, /^usage-by-agent: GET \/v1\/agents: the token [^\n]+\n$/);
    assert.ok(!stderr.includes(token.slice(0, 12)));
  }
});

test("a bill that counts failed calls, rounds up to a minute and is of another zone is explained", async () => {
  const env = { NODE_OPTIONS: at(NOW) };
  const audit = async (more) => {
    const asked = ["audit", "--tz", QUERY.tz, "--base-url", vendor.base.origin, "--format", "table", ...more];
    return run(process.execPath, [join(installed, "dist/command.js"), ...asked], {
      cwd: write({}),
      env: { AGENTPHONE_API_KEY: VENDOR_TOKEN, ...env },
    });
  };
  const sound = await audit([]);
  assert.equal(sound.status, 0, sound.stdout + sound.stderr);
  assert.match(sound.stdout, /^AgentPhone's numbers and the records agree\.$/m);
  await vendor.trouble({ bill: { failedCalls: true, roundUpTo: 60, tz: "Asia/Tokyo" }, failures: { share: 0.1 } });
  try {
    const { status, stdout, stderr } = await audit([]);
    assert.equal(status, 1, stderr);
    const certain = stdout.replace(/\n {2}/g, " ").match(/^- Certain, .*$/gm);
    assert.equal(certain.length, 3, stdout);
    for (const [n, words] of [/Asia\/Tokyo/, /not completed/, /up to a whole minute/].entries()) {
      assert.match(certain[n], words);
    }
    assert.ok(!/No certain cause|Fits as well|- Possible/.test(stdout), stdout);
  } finally {
    await vendor.trouble({});
  }
});
