/** `audit` over a vendor, and over files: what it prints, writes and ends with. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { up } from "../support/miscount.mjs";
import { packed, write } from "../support/packed.mjs";
import { ASKED, audited, billOf, NOW, recordsOf, serveBill } from "./support/auditing.mjs";
import { TOKEN } from "./support/collecting.mjs";
import { assertFails, inTerminal, usage } from "./support/command.mjs";

const account = audited();
const TOKYO = { ...ASKED, tz: "Asia/Tokyo" };
const WRONG = billOf(account, TOKYO, { failed: () => true, rounded: up(60) });
const RIGHT = billOf(account);

const ndjson = (records) => records.map((record) => `${JSON.stringify(record)}\n`).join("");
const json = async (args, options) => {
  const { status, stdout, stderr } = await usage([...args, "--format", "json"], options);
  return { status, stderr, audit: JSON.parse(stdout || assert.fail(stderr)) };
};
const codesOf = ({ reconciliation: { causes } }) =>
  [...new Set(causes.flatMap(({ code, with: others = [] }) => [code, ...others]))].sort();

test("a bill that counts failed calls, rounds up to a minute and is of another zone", async () => {
  const { args, env } = await serveBill(account, WRONG);
  const cwd = write({});
  const { status, stdout, stderr } = await usage([...args, "--format", "table", "--out", "audit.md"], { cwd, env });
  assert.equal(status, 1, stderr);
  const lines = stdout.replace(/\n {2}/g, " ").split("\n");
  assert.equal(lines[0], "Audit of the month from 1 June 2025 to 30 June 2025, America/New_York");
  assert.match(stdout, /^AgentPhone's numbers and the records differ in messages, calls and call time\.\s/m);
  assert.match(stdout, /The\s+records\s+explain\s+every\s+difference\./);
  const why = lines.filter((line) => line.startsWith("- Certain"));
  assert.equal(why.length, 3, stdout);
  assert.match(why[0], /^- Certain, changes messages, calls and call time: .* time zone, .* that of Asia\/Tokyo/);
  assert.match(
    why[1],
    /^- Certain, changes calls and call time: AgentPhone counts calls that were not completed: .*"failed" or "no-answer"/,
  );
  assert.match(why[2], /^- Certain, changes call time: AgentPhone rounds each call up to a whole minute\./);
  assert.ok(!/Fits as well|Possible,|could not be known/.test(stdout), stdout);
  const sums = (report) =>
    ["messages", "calls", "totalSeconds"].map((field) => report.data.reduce((sum, row) => sum + row[field], 0));
  const number = (value) => value.toLocaleString("en");
  for (const [who, report] of [
    ["AgentPhone says", WRONG],
    ["The records say", RIGHT],
  ]) {
    assert.match(stdout, new RegExp(`^${who} +${sums(report).map(number).join(" +")} `, "m"));
  }
  assert.match(stdout, /request id req_1/);
  const letter = readFileSync(join(cwd, "audit.md"), "utf8");
  assert.match(letter, /^# Audit of the month/);
  assert.match(letter, /rounds each call up to a whole minute\.$/m, "a letter does not say what the user has to do");
  assert.ok(letter.includes(JSON.stringify(WRONG)));
  assert.ok(!letter.includes(TOKEN) && !stdout.includes(TOKEN) && !stderr.includes(TOKEN));
});

test("a sound bill ends with 0, in every format", async () => {
  const { args, env, vendor } = await serveBill(account, RIGHT);
  const { status, stdout } = await usage([...args, "--format", "table"], { env });
  assert.equal(status, 0);
  assert.match(stdout, /^AgentPhone's numbers and the records agree\.$/m);
  const reports = vendor.requests.map(({ url }) => new URL(url));
  assert.equal(reports.filter(({ pathname }) => pathname === "/v1/calls").length > 0, true);
  const { audit, ...rest } = await json(args, { env });
  assert.deepEqual([rest.status, audit.right, audit.reconciliation.causes], [0, true, []]);
  assert.deepEqual(audit.ours, packed.usageByAgent(recordsOf(account), { ...ASKED, agents: { data: account.agents } }));
  const csv = await usage([...args, "--format", "csv"], { env });
  assert.match(csv.stdout, /^agentId,agentName,messages theirs,messages ours,/);
  const rows = await usage([...args, "--format", "ndjson"], { env });
  assert.deepEqual(rows.stdout.trimEnd().split("\n").map(JSON.parse), audit.reconciliation.agents);
});

test("what came after the first answer is not a difference", async () => {
  const later = new Date(Date.parse(NOW) + 30_000).toISOString();
  const call = {
    ...account.calls[0],
    id: "call_new",
    startedAt: later,
    endedAt: later,
    status: "completed",
    durationSeconds: 7,
  };
  const open = { ...call, id: "call_open", startedAt: new Date(Date.parse(NOW) - 60_000).toISOString() };
  const grown = { ...account, calls: [call, open, ...account.calls] };
  for (const bills of [
    [RIGHT, billOf(grown)],
    [RIGHT, RIGHT],
    [billOf({ ...account, calls: [] }), billOf(grown)],
  ]) {
    const { args, env } = await serveBill(grown, bills);
    const { status, audit } = await json(args, { env });
    assert.equal(status, 0, JSON.stringify(audit.reconciliation.causes));
    assert.equal(
      audit.grown.calls,
      bills[1].data.reduce((sum, row) => sum + row.calls, 0) - bills[0].data.reduce((sum, row) => sum + row.calls, 0),
    );
  }
  const { args, env } = await serveBill(grown, [RIGHT, billOf(grown)]);
  const { stdout } = await usage([...args, "--format", "table"], { env });
  assert.match(stdout, /AgentPhone's own numbers changed by 2 calls and 14 s during this audit\./);
});

test("a vendor that does not answer a second time is warned of", async () => {
  const { args, env } = await serveBill(account, [RIGHT, Response.json({}, { status: 403 })]);
  const { status, stderr } = await json(args, { env });
  assert.equal(status, 0);
  assert.match(
    stderr,
    /^warning: AgentPhone was not asked a second time: GET \/v1\/usage\/by-agent: the token may not read/m,
  );
});

test("lists that are short are told of", async () => {
  const { args, env } = await serveBill(account, RIGHT, { withheld: { list: "calls", some: 5 } });
  const { status, stdout, stderr } = await usage([...args, "--format", "table"], { env });
  assert.equal(status, 1);
  assert.match(stdout, /^What could not be known$/m);
  assert.match(stdout, /AgentPhone did not list everything/);
  assert.match(stderr, /^warning: not everything was collected/m);
});

test("files of records, and an answer that was kept, of any period", async () => {
  const records = recordsOf(account);
  const half = records.length >> 1;
  const cwd = write({
    "a.json": `\ufeff${JSON.stringify(records.slice(0, half))}`,
    "b.ndjson.gz": gzipSync(`\ufeff${ndjson(records.slice(half)).trimEnd()}`),
    "agents.json": JSON.stringify({ data: account.agents }),
    "right.json": JSON.stringify(RIGHT),
    "wrong.json": JSON.stringify(WRONG),
  });
  const files = ["audit", "a.json", "b.ndjson.gz", "--agents", "agents.json", "--tz", ASKED.tz];
  const sound = await json([...files, "--answer", "right.json"], { cwd });
  assert.equal(sound.status, 0, sound.stderr);
  assert.equal(sound.audit.periodStart, "2025-06-01T04:00:00Z");
  assert.equal(sound.audit.request, null);
  const wrong = await json([...files, "--answer", "wrong.json", "--now", NOW], { cwd });
  assert.deepEqual([wrong.status, wrong.audit.reconciliation.unexplained], [1, []]);
  assert.deepEqual(codesOf(wrong.audit), ["failed_calls_counted", "other_zone", "rounded_up_per_call"]);
  const input = ndjson(records);
  const piped = await json(["audit", "-", "--answer", "right.json", "--tz", ASKED.tz, "--agents", "agents.json"], {
    cwd,
    input,
  });
  assert.deepEqual(piped.audit.ours, sound.audit.ours);
  const collected = await serveBill(account, RIGHT);
  const kept = await json([...collected.args, "--answer", "right.json"], { cwd, env: collected.env });
  assert.deepEqual([kept.status, kept.audit.ours], [0, sound.audit.ours]);
  assert.equal(
    collected.vendor.requests.some(({ url }) => url.includes("by-agent") && url.includes("period=month")),
    false,
  );
});

test("--out writes JSON, and the page is printed also where the file can't be written", async () => {
  const cwd = write({});
  const { args, env } = await serveBill(account, WRONG);
  const { audit } = await json([...args, "--out", "audit.json"], { cwd, env });
  const written = readFileSync(join(cwd, "audit.json"), "utf8");
  assert.deepEqual(JSON.parse(written), audit);
  assert.ok(!written.includes(TOKEN));
  const { status, stdout, stderr } = await usage([...args, "--format", "table", "--out", "none/audit.md"], {
    cwd,
    env,
  });
  assert.equal(status, 3);
  assert.match(stdout, /^Audit of/);
  assert.match(stderr, /^usage-by-agent: none\/audit\.md can't be written: /m);
});

test("hostile names are text, in a terminal and in a letter", async () => {
  const name = "\u001b[31m<img src=x> | **b** [x](https://evil.example) `c` \u202e\nnext";
  const bill = billOf({ ...account, agents: account.agents.map((agent) => ({ ...agent, name })) });
  bill.data[0].calls += 1;
  const { args, env } = await serveBill(
    { ...account, agents: account.agents.map((agent) => ({ ...agent, name })) },
    bill,
  );
  const cwd = write({});
  const { stdout, status } = await inTerminal([...args, "--out", "audit.md"], { cwd, env, columns: 90 });
  assert.equal(status, 1, stdout);
  assert.ok(!stdout.includes("\u001b[31m<") && !stdout.includes("\u202e"), stdout);
  const letter = readFileSync(join(cwd, "audit.md"), "utf8");
  const [rows] = letter.split("## AgentPhone's answer");
  assert.ok(!/(?<!\\)[<*`|[\]](?=[^\n]*next)/.test(rows.replace(/^\||\|$| \| /gm, "")), rows);
  assert.ok(!rows.includes("https://"), rows);
  assert.match(rows, /\\<img src=x\\>/);
});

test("lines fit the terminal", async () => {
  const { args, env } = await serveBill(account, WRONG);
  for (const columns of [70, 100, 160]) {
    const { stdout } = await inTerminal(args, { env, columns });
    const [page] = stdout.split("\nnote: ");
    const long = page.split("\n").filter((line) => line.length > columns && !/https?:|\/|call_/.test(line));
    assert.deepEqual(long, []);
  }
});

const vendorOnly =
  "AgentPhone answers for the current month alone; wanted --answer FILE with an answer that was kept; docs/auditing.md shows how to keep answers by a schedule";

test("wrong usage and unusable answers are one line", async () => {
  const { args, env, url } = await serveBill(account, RIGHT);
  const cwd = write({
    "june.ndjson": ndjson(recordsOf(account)),
    "right.json": JSON.stringify(RIGHT),
    "sign-in.html": "<!doctype html><title>Sign in</title>",
    "error.json": '{"detail":"Invalid API key"}',
    "half.json": JSON.stringify({ ...RIGHT, data: [{ agentId: 1 }] }),
  });
  const files = ["audit", "june.ndjson", "--answer"];
  for (const [given, exit, words] of [
    [[...args, "--offset", "-1"], 2, vendorOnly],
    [[...args, "--now", "2024-06-15T12:00:00Z"], 2, vendorOnly],
    [[...args, "--out", "audit.txt"], 2, '--out is "audit.txt": wanted a name that ends with .md or .json'],
    [
      [...args, "june.ndjson", "--collect"],
      2,
      "--collect counts what the vendor has, and reads no files; wanted one of them",
    ],
    [
      [...files, "right.json", "--base-url", url],
      2,
      "--base-url has no effect, because nothing is asked for: --answer and files are given",
    ],
    [[...args, "--tz", "Mars"], 2, "--tz is given twice; wanted once"],
    [["audit", "--base-url", url, "--tz", "Europe/Pari"], 2, /unknown time zone "Europe\/Pari".*Europe\/Paris/],
    [["audit", "--anser", "x"], 2, 'unknown option "--anser": did you mean --answer?'],
    [[...files, "none.json"], 3, "none.json can't be read: there is no file of that name"],
    [[...files, "sign-in.html"], 1, /^usage-by-agent: sign-in\.html: .*Sign in.*: wanted the answer of GET/],
    [
      [...files, "error.json"],
      1,
      /^usage-by-agent: error\.json: the answer is an error body: "Invalid API key"; wanted /,
    ],
    [[...files, "half.json"], 1, /^usage-by-agent: half\.json: the answer is not a report .*\/data\/0/],
  ]) {
    await assertFails(given, exit, words, { cwd, env });
  }
  const unread = await usage(["audit", "sign-in.html", "--answer", "right.json"], { cwd, env });
  assert.equal(unread.status, 1);
  assert.match(unread.stderr, /^usage-by-agent: sign-in\.html: nothing of the input is understood: .*Sign in/m);
  const none = { ...env, AGENTPHONE_API_KEY: undefined };
  await assertFails(args, 2, /^usage-by-agent: there is no API key; wanted/, { cwd, env: none });
});

test("a vendor's answer that is not a report ends the audit before anything is collected", async () => {
  const answer = () => Response.json({ data: "none" });
  const { args, env, vendor } = await serveBill(account, answer());
  await assertFails(args, 1, /^usage-by-agent: AgentPhone's answer is not a report of GET \/v1\/usage\/by-agent: /, {
    env,
  });
  assert.equal(vendor.requests.length, 0);
});
