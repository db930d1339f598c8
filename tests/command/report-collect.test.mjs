/** `report --collect` gives the package's report over what the vendor has. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { report as oracle } from "../../tools/oracle.mjs";
import { recordsOf } from "../support/collect-vendor.mjs";
import { collect } from "../support/collected.mjs";
import { packed, run, write } from "../support/packed.mjs";
import { KEY, makeAccount, PERIOD, QUERY, serve, TOKEN } from "./support/collecting.mjs";
import { assertFails, inTerminal, outputOf, script, usage } from "./support/command.mjs";

const env = KEY;
const asked = (url, ...more) => ["report", "--collect", "--base-url", url, ...more];

/** The package's collection of a query. */
async function ofPackage(url, query) {
  const { period, tz, now, offset, weekStart } = query;
  const window = Object.fromEntries(
    Object.entries({ period, tz, now, offset, weekStart }).filter(([, value]) => value !== undefined),
  );
  const collection = collect({ token: TOKEN, baseUrl: url, window });
  const records = [];
  for await (const page of collection) records.push(...page.records);
  return { records, agents: collection.agents() };
}

const QUERIES = [
  [QUERY, PERIOD],
  [{ ...QUERY, includeIdle: true }, [...PERIOD, "--include-idle"]],
  [
    { period: "week", tz: "Asia/Kathmandu", now: "2025-06-15T12:00:00Z", offset: -1, weekStart: "sunday" },
    [
      "--period",
      "week",
      "--tz",
      "Asia/Kathmandu",
      "--now",
      "2025-06-15T12:00:00Z",
      "--offset",
      "-1",
      "--week-start",
      "sunday",
    ],
  ],
];

for (const [seed, [query, options]] of QUERIES.entries()) {
  test(`the report is the package's, byte for byte: ${JSON.stringify(query)}`, async () => {
    const account = makeAccount(50 + seed);
    account.agents.push({ id: "agt_idle", name: "Idle \u202e\u001b[31m", createdAt: "2025-01-01T00:00:00Z" });
    const { url } = await serve({ account, manners: { unfinished: 5, order: seed % 2 ? "mixed" : "falls" } });
    const cwd = write({});
    const { stdout, stderr, status } = await usage(asked(url, ...options), { cwd, env });
    assert.deepEqual([status, stderr, readdirSync(cwd)], [0, "", []]);
    const { records, agents } = await ofPackage(url, query);
    assert.equal(stdout, JSON.stringify(packed.usageByAgent(records, { ...query, agents })));
    assert.ok(JSON.parse(stdout).data.length > 2);
  });
}

test("the report is the oracle's over what the vendor has", async () => {
  const { account, url } = await serve({ account: makeAccount(60) });
  const { calls, messages } = recordsOf(account);
  const agents = account.agents.map(({ id, name }) => ({ id, name }));
  const { report } = oracle([...messages.values(), ...calls.values()], { ...QUERY, agents });
  assert.deepEqual(JSON.parse(await outputOf(asked(url, ...PERIOD), { env })), report);
});

test("--agents gives other names than the vendor's", async () => {
  const { account, url } = await serve({ account: makeAccount(61) });
  const agents = account.agents.map(({ id }) => ({ id, name: `own name of ${id}` }));
  const cwd = write({ "agents.json": JSON.stringify(agents) });
  const { records } = await ofPackage(url, QUERY);
  const out = await outputOf(asked(url, ...PERIOD, "--agents", "agents.json"), { cwd, env });
  assert.equal(out, JSON.stringify(packed.usageByAgent(records, { ...QUERY, agents })));
});

test("what is missing and what is invalid are warnings, and invalid records can end the command", async () => {
  const account = makeAccount(62);
  const { vendor, url } = await serve({ account, manners: { withheld: { list: "calls", some: 2 }, order: "mixed" } });
  const [bad] = vendor.calls
    .filter(({ status, startedAt }) => status === "completed" && startedAt.startsWith("2025-06"))
    .slice(-1);
  bad.durationSeconds = -5;
  const { stdout, stderr, status } = await usage(asked(url, ...PERIOD), { env });
  assert.equal(status, 0);
  const lines = stderr.trimEnd().split("\n");
  assert.equal(lines.length, 2, stderr);
  assert.match(
    lines[0],
    /^warning: the vendor: 1 invalid record is skipped; the first: .*durationSeconds is the number -5/,
  );
  assert.match(
    lines[1],
    /^warning: not everything was collected: the vendor says that there are 260 calls, and lists 258/,
  );
  assert.ok(JSON.parse(stdout).data.length > 0);
  await assertFails(
    asked(url, ...PERIOD, "--on-invalid", "throw"),
    1,
    /^usage-by-agent: the vendor: .*durationSeconds is the number -5/,
    { env },
  );
});

test("an account without records is a report without rows", async () => {
  const { url } = await serve({ account: makeAccount(63, { calls: 0, conversations: 0 }) });
  const { stdout, stderr, status } = await usage(asked(url, ...PERIOD), { env });
  assert.deepEqual([status, JSON.parse(stdout).data, stderr], [0, [], "warning: the vendor: there are no records\n"]);
});

test("progress is shown on a terminal and removed, and standard input is not waited for", async () => {
  const { url } = await serve({ account: makeAccount(64) });
  const { stdout, status } = await inTerminal(asked(url, ...PERIOD), { env, columns: 120 });
  assert.equal(status, 0);
  const shown = stdout.split("\r\u001b[K");
  assert.ok(
    shown.some((text) => /^collecting: \d+ records; calls: \d+ of \d+$/.test(text)),
    JSON.stringify(shown),
  );
  assert.match(shown.at(-1), /^The month from 2025-06-01T00:00:00Z to /);
});

test("a closed pipe ends it quietly", async () => {
  const { url } = await serve();
  const line = `"$0" "$1" ${asked(url, ...PERIOD).join(" ")} | head -c 5; echo " \${PIPESTATUS[0]}"`;
  const { stdout, stderr } = await run("bash", ["-c", line, process.execPath, script], { env });
  assert.deepEqual([stdout, stderr], ['{"dat 0\n', ""]);
});
