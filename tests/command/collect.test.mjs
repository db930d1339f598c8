/** `collect` writes what the vendor has into a file, and says how complete that is. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { recordsOf } from "../support/collect-vendor.mjs";
import { collect } from "../support/collected.mjs";
import { packed, run, write } from "../support/packed.mjs";
import {
  assertHolds,
  at,
  into,
  KEY,
  makeAccount,
  PERIOD,
  QUERY,
  recordsIn,
  serve,
  TOKEN,
} from "./support/collecting.mjs";
import { assertFails, inTerminal, outputOf, script, usage } from "./support/command.mjs";

const env = KEY;
const STATE = "june.ndjson.state";
const AGENTS = "june.ndjson.agents.json";

/** What the package collects, and says about it. */
async function ofPackage(url, options = {}) {
  const collection = collect({ token: TOKEN, baseUrl: url, window: QUERY, ...options });
  const records = [];
  for await (const page of collection) records.push(...page.records);
  return { records, collection };
}

for (const [seed, manners] of [{}, { order: "mixed", unfinished: 7 }, { order: "rises", side: "oldest" }].entries()) {
  test(`the file has the vendor's records, and the result is the package's: ${JSON.stringify(manners)}`, async () => {
    const { account, url } = await serve({ account: makeAccount(seed + 1), manners });
    const cwd = write({});
    const { stdout, stderr, status } = await usage(into(url), { cwd, env });
    assert.deepEqual([status, stderr], [0, ""]);
    assertHolds(join(cwd, "june.ndjson"), account);
    assert.deepEqual(readdirSync(cwd).sort(), ["june.ndjson", AGENTS, STATE]);
    const { collection } = await ofPackage((await serve({ account: makeAccount(seed + 1), manners })).url);
    assert.equal(stdout, JSON.stringify(collection.completeness()));
    const agents = [...collection.agents().data];
    assert.deepEqual(JSON.parse(readFileSync(join(cwd, AGENTS), "utf8")), { data: agents });
    const report = ["report", "june.ndjson", "--agents", AGENTS, ...PERIOD];
    const records = readFileSync(join(cwd, "june.ndjson"), "utf8");
    assert.equal(await outputOf(report, { cwd }), JSON.stringify(packed.usageByAgent(records, { ...QUERY, agents })));
  });
}

test("- writes the records to standard output, and no file", async () => {
  const { account, url } = await serve();
  const cwd = write({});
  const { stdout, stderr, status } = await usage(["collect", "--out", "-", ...PERIOD, "--base-url", url], { cwd, env });
  assert.deepEqual([status, stderr, readdirSync(cwd)], [0, "", []]);
  writeFileSync(join(cwd, "out.ndjson"), stdout);
  assertHolds(join(cwd, "out.ndjson"), account);
});

test("each format has every list, and the table says what to do next", async () => {
  const { account, url } = await serve();
  const cwd = write({});
  const { lists } = JSON.parse(await outputOf(into(url), { cwd, env }));
  const format = async (name) => (await usage(into(url, "--format", name), { cwd, env })).stdout;
  assert.equal(await format("ndjson"), lists.map((list) => `${JSON.stringify(list)}\n`).join(""));
  const csv = (await format("csv")).split("\r\n");
  assert.equal(csv[0], "list,listed,given,total,read,missing,complete");
  assert.equal(csv.length, lists.length + 2);
  const { stdout, stderr } = await usage(into(url, "--format", "table"), { cwd, env });
  const { calls, messages } = recordsOf(account);
  const records = calls.size + messages.size;
  const window = "2025-06-01T00:00:00Z to 2025-07-01T00:00:00Z";
  assert.equal(stdout.split("\n")[0], `june.ndjson has the ${records} records from ${window} (UTC)`);
  assert.match(stdout, /^Everything that the vendor lists was collected\n\nList +Read +Listed/m);
  assert.match(
    stdout,
    new RegExp(`^calls +to its end +${account.calls.length} +${account.calls.length} +0 +${calls.size}$`, "m"),
  );
  const [, next] = /note: count the records with: usage-by-agent (.*)\n$/.exec(stderr);
  const [first, second] = await Promise.all([
    outputOf(next.split(" "), { cwd }),
    outputOf(["report", "june.ndjson", "--agents", AGENTS, ...PERIOD], { cwd }),
  ]);
  assert.equal(first, second);
});

test("a collection that is complete is not asked for again", async () => {
  const { account, vendor, url } = await serve();
  const cwd = write({});
  const first = await outputOf(into(url), { cwd, env });
  const [before, asked] = [readFileSync(join(cwd, "june.ndjson")), vendor.requests.length];
  const again = await usage(into(url), { cwd, env });
  assert.deepEqual([again.status, again.stdout], [0, first]);
  assert.equal(again.stderr, "note: june.ndjson is complete already, so that nothing was asked\n");
  assert.deepEqual(readFileSync(join(cwd, "june.ndjson")), before);
  assert.equal(vendor.requests.length, asked);
  // The directory of agents is made again if it is not there.
  const agents = readFileSync(join(cwd, AGENTS), "utf8");
  rmSync(join(cwd, AGENTS));
  assert.equal((await usage(into(url), { cwd, env })).status, 0);
  assert.equal(readFileSync(join(cwd, AGENTS), "utf8"), agents);
  assertHolds(join(cwd, "june.ndjson"), account);
});

/** An account without some of its newest calls and messages. */
function earlier(account) {
  const conversations = account.conversations.map((talk) => ({
    ...talk,
    messages: talk.messages.filter((_, n) => n % 3),
  }));
  return { ...account, calls: account.calls.filter((_, n) => n % 3), conversations };
}

test("a period that is not over is collected again, and only what is new is added", async () => {
  const account = makeAccount(4);
  const old = await serve({ account: earlier(account) });
  let { url } = old;
  // One address for both vendors, because a file belongs to an address.
  const { url: both } = await serve({
    instead: async (request) =>
      fetch(request.url.replace("https://api.agentphone.ai", url), { headers: request.headers }),
  });
  const cwd = write({});
  const path = join(cwd, "june.ndjson");
  const args = ["collect", "--out", "june.ndjson", "--period", "month", "--tz", "UTC", "--base-url", both];
  const on = (time) => usage(args, { cwd, env: { ...env, NODE_OPTIONS: at(time) } });
  assert.equal((await on("2025-06-20T00:00:00Z")).status, 0);
  assertHolds(path, earlier(account));
  ({ url } = await serve({ account }));
  const before = readFileSync(path, "utf8");
  const second = await on("2025-06-30T23:00:00Z");
  const why = "the period had not been over for a day; only what is new is added";
  assert.deepEqual([second.status, second.stderr], [0, `note: collecting june.ndjson again, because ${why}\n`]);
  assert.ok(readFileSync(path, "utf8").startsWith(before));
  assertHolds(path, account);
  // In July, this month is another one. Last month is this one.
  const july = await on("2025-07-05T00:00:00Z");
  assert.equal(july.status, 2);
  const spans =
    "from 2025-06-01T00:00:00Z to 2025-07-01T00:00:00Z, and the options ask for 2025-07-01T00:00:00Z to 2025-08-01T00:00:00Z";
  assert.equal(july.stderr, `usage-by-agent: june.ndjson has the records ${spans}; name another file with --out\n`);
  args.push("--offset", "-1");
  assert.match((await on("2025-07-05T00:00:00Z")).stderr, /^note: collecting june\.ndjson again/);
  assert.match((await on("2025-07-06T00:00:00Z")).stderr, /^note: june\.ndjson is complete already/);
  assertHolds(path, account);
});

test("a collection that was ended goes on with its period, whatever the time is then", async () => {
  const account = makeAccount(5);
  let left = 20;
  const { url } = await serve({
    account,
    instead: () => (left-- > 0 ? undefined : Response.json({}, { status: 403 })),
  });
  const cwd = write({});
  const args = ["collect", "--out", "june.ndjson", "--period", "month", "--tz", "UTC", "--base-url", url];
  const on = (time) => usage(args, { cwd, env: { ...env, NODE_OPTIONS: at(time) } });
  const ended = await on("2025-06-30T23:59:00Z");
  assert.equal(ended.status, 3);
  const { length } = recordsIn(join(cwd, "june.ndjson"));
  assert.ok(length > 0);
  assert.equal(ended.stderr.split("\n")[0], `note: june.ndjson has ${length} records; run the command again to go on`);
  left = Number.POSITIVE_INFINITY;
  const gone = await on("2025-07-01T00:01:00Z");
  const window = "2025-06-01T00:00:00Z to 2025-07-01T00:00:00Z";
  assert.deepEqual([gone.status, gone.stderr], [0, `note: going on with june.ndjson, the records from ${window}\n`]);
  assertHolds(join(cwd, "june.ndjson"), account);
});

test("another period, zone, address, sub-account or account does not go on with a file", async () => {
  const { url } = await serve();
  const other = makeAccount(2);
  for (const [n, list] of [other.agents, other.numbers].entries()) for (const item of list) item.id += `_other${n}`;
  const { url: otherUrl } = await serve({ account: other });
  const cwd = write({});
  await outputOf(into(url), { cwd, env });
  const refuses = (args, words) => assertFails(args, 2, words, { cwd, env });
  const without = (name) => into(url).filter((arg, n, all) => arg !== `--${name}` && all[n - 1] !== `--${name}`);
  const before = readFileSync(join(cwd, "june.ndjson"));
  await refuses(
    [...without("tz"), "--tz", "Asia/Tokyo"],
    /june\.ndjson has the records from .* name another file with --out$/,
  );
  await refuses(
    [...without("period"), "--period", "week"],
    /june\.ndjson has the records from .* name another file with --out$/,
  );
  const first = "give the options and the API key of the first run to go on, or name another file with --out";
  const from = `june.ndjson was collected from another --base-url or --sub-account-id; ${first}`;
  await refuses(into(otherUrl), from);
  await refuses(into(url, "--sub-account-id", "sub_1"), from);
  // Another account behind one address shows by its agents and numbers.
  rmSync(join(cwd, AGENTS)); // so that something is asked
  const saved = JSON.parse(readFileSync(join(cwd, STATE), "utf8"));
  let isOther = false;
  const { url: both } = await serve({
    instead: (request) =>
      fetch(request.url.replace("https://api.agentphone.ai", isOther ? otherUrl : url), { headers: request.headers }),
  });
  const second = write({});
  await outputOf(into(both), { cwd: second, env });
  rmSync(join(second, AGENTS));
  isOther = true;
  const account = `june.ndjson was collected from another account: none of its agents and phone numbers exists in the token's account; ${first}`;
  await assertFails(into(both), 2, account, { cwd: second, env });
  assert.deepEqual(JSON.parse(readFileSync(join(cwd, STATE), "utf8")), saved);
  assert.deepEqual(readFileSync(join(cwd, "june.ndjson")), before);
});

test("a file that the command has not written is not touched", async () => {
  const { url } = await serve();
  const wanted = "name another file with --out, or remove it";
  for (const name of ["june.ndjson", AGENTS]) {
    const cwd = write({ [name]: "mine\n" });
    const words = `${name} exists without ${STATE}, and is not overwritten; ${wanted}`;
    await assertFails(into(url), 2, words, { cwd, env });
    assert.deepEqual([readdirSync(cwd), readFileSync(join(cwd, name), "utf8")], [[name], "mine\n"]);
  }
  const cwd = write({ "june.ndjson": "" }); // nothing to lose
  assert.equal((await usage(into(url), { cwd, env })).status, 0);
});

test("a file or a state that was changed is not gone on with", async () => {
  const { url } = await serve();
  const cwd = write({});
  await outputOf(into(url), { cwd, env });
  const read = (name) => readFileSync(join(cwd, name), "utf8");
  const [text, state] = [read("june.ndjson"), read(STATE)];
  const size = Buffer.byteLength(text);
  const again = "remove june.ndjson and june.ndjson.state to begin again, or name another file with --out";
  const refuses = async (files, exit, words) => {
    const place = write({ "june.ndjson": text, [STATE]: state, [AGENTS]: read(AGENTS), ...files });
    await assertFails(into(url), exit, words, { cwd: place, env });
    for (const [name, content] of Object.entries(files)) assert.equal(readFileSync(join(place, name), "utf8"), content);
  };
  await refuses(
    { "june.ndjson": text.slice(0, -1) },
    1,
    `${STATE}: it tells of ${size} bytes, and june.ndjson has ${size - 1}; ${again}`,
  );
  await refuses({ "june.ndjson": `${text.slice(0, -1)}x` }, 1, `${STATE}: june.ndjson was changed; ${again}`);
  const more = `june.ndjson has 5 bytes more than were collected; move them to another file, or name another file with --out`;
  await refuses({ "june.ndjson": `${text}mine\n` }, 2, more);
  await refuses({ [STATE]: "" }, 1, `${STATE}: it is not JSON; ${again}`);
  await refuses({ [STATE]: "{}" }, 1, `${STATE}: it is not the state of a file of records; ${again}`);
  await refuses({ [STATE]: "null" }, 1, `${STATE}: it is not the state of a file of records; ${again}`);
  await refuses(
    { [STATE]: state.replace('File":2', 'File":1') },
    1,
    `${STATE}: its version is 1, and wanted is 2; ${again}`,
  );
  await refuses(
    { [STATE]: state.replace('"length"', '"size"') },
    1,
    `${STATE}: something in it is missing or wrong; ${again}`,
  );
  const damaged = state.replace(/(?<=checksum\\":)\d/, (digit) => (digit === "8" ? "9" : "8"));
  await refuses({ [STATE]: damaged }, 1, `${STATE}: the state is damaged: it was cut or changed; ${again}`);
  await refuses(
    { [STATE]: state.replace(/"collection":"/, '"collection":"x') },
    1,
    `${STATE}: resume is not the state of a collection; ${again}`,
  );
});

test("what is missing is said, and the list is asked for again", async () => {
  const account = makeAccount(6);
  const { vendor, url } = await serve({ account, manners: { withheld: { list: "calls", some: 3 }, order: "mixed" } });
  const cwd = write({});
  const { status, stdout, stderr } = await usage(into(url), { cwd, env });
  const { complete, shortfalls } = JSON.parse(stdout);
  assert.deepEqual([status, complete], [0, false]);
  assert.equal(stderr, `warning: not everything was collected: ${shortfalls[0].message} (/v1/calls)\n`);
  assert.match(stderr, /says that there are 260 calls, and lists 257/);
  vendor.withheldIds.clear();
  const again = await usage(into(url, "--format", "table"), { cwd, env });
  assert.match(
    again.stderr,
    /^note: collecting june\.ndjson again, because not everything was collected; only what is new/,
  );
  assert.match(again.stdout, /^Not everything was collected$/m);
});

test("calls that had not ended are said, and asked for again", async () => {
  const account = makeAccount(7);
  const open = account.calls.find(
    (call) => Date.parse(call.startedAt) > Date.UTC(2025, 5, 10) && Date.parse(call.startedAt) < Date.UTC(2025, 5, 20),
  );
  const final = { ...open };
  Object.assign(open, { status: "in-progress", endedAt: null, durationSeconds: null });
  const { vendor, url } = await serve({ account });
  const cwd = write({});
  const first = await usage(into(url), { cwd, env });
  assert.equal(first.stderr, "note: 1 call had not ended when the vendor listed the calls\n");
  const { length } = recordsIn(join(cwd, "june.ndjson"));
  Object.assign(
    vendor.calls.find(({ id }) => id === open.id),
    { ...final, status: "completed", durationSeconds: 61 },
  );
  const again = await usage(into(url), { cwd, env });
  assert.equal(
    again.stderr,
    "note: collecting june.ndjson again, because some calls had not ended; only what is new is added\n",
  );
  const records = recordsIn(join(cwd, "june.ndjson"));
  assert.equal(records.length, length + 1);
  assert.deepEqual([records.at(-1).id, records.at(-1).durationSeconds], [open.id, 61]);
});

test("--verify compares the messages by phone number", async () => {
  const { account, url } = await serve({ account: makeAccount(8) });
  const cwd = write({});
  const notes = async () => JSON.parse(await outputOf(into(url, "--verify"), { cwd, env })).notes;
  assert.equal((await notes()).verified, true);
  const plain = write({});
  await outputOf(into(url), { cwd: plain, env });
  const again = await usage(into(url, "--verify"), { cwd: plain, env });
  assert.match(again.stderr, /because its messages were not compared by phone number; only what is new is added\n$/);
  assert.equal(JSON.parse(again.stdout).notes.verified, true);
  assertHolds(join(plain, "june.ndjson"), account);
});

test("the token file is read, and its blanks are not part of the token", async () => {
  const { account, url } = await serve();
  const cwd = write({ "key.txt": `\n  ${TOKEN}\r\n` });
  const wrong = { ...env, AGENTPHONE_API_KEY: "another" };
  const { status } = await usage(into(url, "--token-file", "key.txt"), { cwd, env: wrong });
  assert.equal(status, 0);
  assertHolds(join(cwd, "june.ndjson"), account);
});

test("a sub-account is asked for", async () => {
  const { vendor, url } = await serve();
  await outputOf(into(url, "--sub-account-id", "sub_7"), { cwd: write({}), env });
  assert.ok(vendor.requests.length > 5);
  for (const { headers } of vendor.requests) assert.equal(headers.get("x-sub-account-id"), "sub_7");
});

test("names with a line break and with blanks are written and shown", async () => {
  const { account, url } = await serve();
  const cwd = write({});
  for (const name of ["a\nb.ndjson", "it's june.ndjson"]) {
    const args = into(url, "--format", "table").map((arg) => (arg === "june.ndjson" ? name : arg));
    const { status, stdout, stderr } = await usage(args, { cwd, env });
    assert.equal(status, 0);
    assertHolds(join(cwd, name), account);
    assert.equal(stdout.split("\n")[0].startsWith(`${name.replace("\n", "␊")} has the `), true);
    assert.equal(stderr.split("\n").length, 2, stderr);
    if (name.includes("\n")) continue;
    const [, next] = /note: count the records with: usage-by-agent (.*)\n$/.exec(stderr);
    const counted = await run("sh", ["-c", `"$0" "$1" ${next}`, process.execPath, script], { cwd });
    assert.equal(counted.status, 0, counted.stderr);
  }
});

test("a terminal gets a table, the progress and no colours with NO_COLOR", async () => {
  const { url } = await serve();
  const cwd = write({});
  const { stdout, status } = await inTerminal(into(url), { cwd, env, columns: 100 });
  assert.equal(status, 0);
  const shown = stdout.split("\r\u001b[K");
  assert.ok(
    shown.some((text) => /^collecting: \d+ records; messages: \d+/.test(text)),
    JSON.stringify(shown.slice(0, 5)),
  );
  assert.match(shown.at(-1), /^june\.ndjson has the /);
  assert.ok(!shown.join("").includes("\u001b"));
  const coloured = await inTerminal(into(url), { cwd: write({}), env: { ...env, NO_COLOR: "" }, columns: 100 });
  assert.ok(coloured.stdout.includes("\u001b[1m"));
});

test("a terminal gets harmless records", async () => {
  const account = makeAccount(9);
  for (const { messages } of account.conversations) for (const message of messages) message.body = "\u202e\u009b31m";
  const { url } = await serve({ account });
  const { stdout } = await inTerminal(["collect", "--out", "-", ...PERIOD, "--base-url", url], { cwd: write({}), env });
  assert.ok(stdout.includes("\\u202e\\u009b31m"));
  assert.ok(!/[\u202e\u009b]/.test(stdout));
});

test("nothing but the owner's mode decides who may read the files", async () => {
  const { url } = await serve();
  const cwd = write({});
  const line = `umask 077; "$0" "$1" ${into(url).join(" ")}`;
  const { status } = await run("sh", ["-c", line, process.execPath, script], { cwd, env });
  assert.equal(status, 0);
  for (const name of readdirSync(cwd)) assert.equal(statSync(join(cwd, name)).mode & 0o077, 0, name);
});
