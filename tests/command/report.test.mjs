/** `report` gives the report of the package and of the oracle, whatever the form of its input. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { agentsPage, FORMATS, generate, isMultiline, queriesFor, Random, render } from "../../tools/generate.mjs";
import { report as oracle } from "../../tools/oracle.mjs";
import { packed, write } from "../support/packed.mjs";
import { assertFails, JUNE, message, outputOf, usage } from "./support/command.mjs";

const { usageByAgent } = packed;
const [START, END] = [Date.UTC(2024, 0, 1), Date.UTC(2025, 0, 1)];

/** The options that ask for a query. */
function optionsOf({ period, tz, now, offset, weekStart, includeIdle, onInvalid }, agents) {
  const given = { period, tz: tz ?? "UTC", now, offset, "week-start": weekStart, "on-invalid": onInvalid, agents };
  const options = Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, `${value}`],
  );
  return includeIdle ? [...options, "--include-idle"] : options;
}

/** The queries that options can ask for. */
const CAN_ASK = ({ boundsAs, dedupe, naiveTimestamps }) => !boundsAs && dedupe === undefined && !naiveTimestamps;

for (const [seed, format] of FORMATS.entries()) {
  test(`records as ${format} give the reports of the package and of the oracle`, async () => {
    const options = {
      records: 400,
      invalid: 6,
      seed,
      agents: 12,
      start: START,
      end: END,
      multiline: isMultiline(format),
    };
    const values = [...generate({ ...options, transcripts: { share: 0.01, size: 3000 } })];
    const text = [...render(values, { format, seed })].join("");
    const page = agentsPage(options);
    const cwd = write({ "records.json": text, "records.gz": gzipSync(text), "agents.json": JSON.stringify(page) });
    const directory = page.data.map(({ id, name }) => ({ id, name }));
    const queries = queriesFor(START, END, directory, true).filter(CAN_ASK);
    assert.ok(queries.length > 8);
    for (const [n, query] of queries.entries()) {
      const args = optionsOf(query, query.agents && "agents.json");
      const out = await outputOf(["report", n % 2 ? "records.gz" : "records.json", ...args], { cwd });
      assert.equal(out, JSON.stringify(usageByAgent(text, query)));
      if (format === "ndjson") assert.equal(out, JSON.stringify(oracle(text, query).report));
    }
  });
}

test("several files and standard input are one input", async () => {
  const random = new Random(5);
  const values = [...generate({ records: 300, seed: 9, start: START, end: END, agents: 9, multiline: false })];
  const whole = values.map(({ text }) => `${text}\n`);
  const query = { period: "year", tz: "UTC", now: "2024-06-15T00:00:00Z", onInvalid: "skip" };
  const expected = JSON.stringify(usageByAgent(whole.join(""), query));
  for (let n = 0; n < 4; n++) {
    const parts = [[], [], [], []];
    for (const line of whole) random.pick(parts).push(line);
    const [a, b, c, input] = parts.map((lines) => lines.join(""));
    // `a` and `b` share lines: ids count once.
    const files = { "a.ndjson": a, "b.ndjson": `${b}${a.slice(0, a.indexOf("\n") + 1)}`, "c.data": gzipSync(c) };
    const cwd = write({ ...files, "c.data": Buffer.concat([gzipSync(c.slice(0, 99)), gzipSync(c.slice(99))]) });
    const order = ["a.ndjson", "b.ndjson", "c.data", "-"].sort(() => random.below(3) - 1);
    const out = await outputOf(["report", ...order, ...optionsOf(query)], { cwd, input });
    assert.equal(out, expected);
  }
});

test("pages in several files are one list, and missing pages are a warning that changes nothing", async () => {
  const page = (ids, hasMore) => JSON.stringify({ data: ids.map((id) => JSON.parse(message(id))), hasMore, total: 4 });
  const cwd = write({ "1.json": page(["a", "b"], true), "2.json": page(["c", "d"], false) });
  const both = await usage(["report", "1.json", "2.json", ...JUNE], { cwd });
  assert.equal(both.stderr, "");
  assert.equal(JSON.parse(both.stdout).data[0].messages, 4);
  const first = await usage(["report", "1.json", ...JUNE], { cwd });
  assert.match(first.stderr, /^warning: 1\.json: 1 list is not complete: 2 items are missing; .*\n$/);
  assert.deepEqual([first.status, JSON.parse(first.stdout).data[0].messages], [0, 2]);
});

test("standard input is read where no file is named", async () => {
  const input = message("m1");
  const named = await outputOf(["report", "-", ...JUNE], { input });
  assert.equal(await outputOf(["report", ...JUNE], { input }), named);
  assert.equal(JSON.parse(named).data[0].messages, 1);
});

test("invalid records are skipped and counted by file, or end the command", async () => {
  const bad = '{"receivedAt":"yesterday","id":"x"}\n';
  const files = { "a.ndjson": message("m1") + bad + bad, "b.ndjson": bad + message("m2"), "c.ndjson": message("m3") };
  const cwd = write(files);
  const { stdout, stderr, status } = await usage(["report", ...Object.keys(files), ...JUNE], { cwd });
  assert.equal(status, 0);
  assert.equal(JSON.parse(stdout).data[0].messages, 3);
  const lines = stderr.trimEnd().split("\n");
  assert.equal(lines.length, 2);
  assert.match(lines[0], /^warning: a\.ndjson: 2 invalid records are skipped; the first: .*"yesterday".*line 2/);
  assert.match(lines[1], /^warning: b\.ndjson: 1 invalid record is skipped; the first: .*line 1/);
  const strict = ["report", "c.ndjson", "a.ndjson", ...JUNE, "--on-invalid", "throw"];
  await assertFails(strict, 1, /^usage-by-agent: a\.ndjson: .*"yesterday".*line 2/, { cwd });
});

test("more invalid records than are listed are counted", async () => {
  const bad = (n) => `{"receivedAt":"never","id":"${n}"}\n`;
  const many = Array.from({ length: 150 }, (_, n) => bad(n)).join("");
  const cwd = write({ "a.ndjson": many + message("m"), "b.ndjson": bad("x") });
  const { stderr } = await usage(["report", "a.ndjson", "b.ndjson", ...JUNE], { cwd });
  const lines = stderr.trimEnd().split("\n");
  assert.match(lines[0], /^warning: a\.ndjson: 150 invalid records are skipped; the first: /);
  assert.equal(lines[1], "warning: b.ndjson: 1 invalid record is skipped");
});

test("input that is not understood is an error, and not a report without usage", async () => {
  const cwd = write({
    "error.json": '{"detail":"Invalid API key"}',
    "table.csv": "id,agentId,messages\n1,a,2\n2,b,3\n",
    "page.html": "<!doctype html><title>Sign in</title>",
    "cut.json": '[{"id":"m1","receivedAt":',
    "cut.gz": gzipSync(message("m1").repeat(50)).subarray(0, -9),
  });
  const fails = (name, words, ...more) => assertFails(["report", name, ...JUNE, ...more], 1, words, { cwd });
  await fails("error.json", /error\.json: nothing of the input is understood: .*"Invalid API key"/);
  await fails("table.csv", /table\.csv: .*CSV with the columns id, agentId, messages/, "--on-invalid", "throw");
  await fails("page.html", /page\.html: .*an HTML page titled "Sign in"/, "--on-invalid", "throw");
  await fails("cut.json", /cut\.json: the text ends inside an object/, "--on-invalid", "throw");
  await fails("cut.gz", /cut\.gz: .*gzip/);
  const { status, stderr, stdout } = await usage(["report", "table.csv", ...JUNE], { cwd });
  assert.deepEqual([status, stdout], [1, ""]);
  assert.match(stderr.trimEnd().split("\n").at(-1), /table\.csv: .*CSV with the columns/);
});

test("an empty file is a warning, and a report without rows", async () => {
  const cwd = write({ "empty.json": "", "blank.json": "\n \n", "full.json": message("m1") });
  for (const name of ["empty.json", "blank.json"]) {
    const { status, stdout, stderr } = await usage(["report", name, ...JUNE], { cwd });
    assert.equal(status, 0);
    assert.deepEqual(JSON.parse(stdout).data, []);
    assert.equal(stderr, `warning: ${name}: there are no records\n`);
  }
  const { stdout, stderr } = await usage(["report", "empty.json", "full.json", ...JUNE], { cwd });
  assert.deepEqual([JSON.parse(stdout).data[0].messages, stderr], [1, ""]);
});

test("agents come from a page, an array or gzip data, and a wrong file is named", async () => {
  const agents = [
    { id: "a1", name: "Renamed" },
    { id: "a2", name: "Idle" },
  ];
  const page = JSON.stringify({ data: agents, total: 2 });
  const cwd = write({
    "page.json": page,
    "array.json": `\ufeff${JSON.stringify(agents)}`,
    "page.gz": gzipSync(page),
    "wrong.json": '[{"id":1,"name":"x"}]',
    "key.txt": "sk_live_0123456789abcdefghij",
    "records.ndjson": message("m1"),
  });
  const query = { period: "month", now: "2024-06-15T12:00:00Z", tz: "America/New_York", agents, includeIdle: true };
  const expected = JSON.stringify(usageByAgent(message("m1"), query));
  for (const file of ["page.json", "array.json", "page.gz"]) {
    const args = ["report", "records.ndjson", ...JUNE, "--agents", file, "--include-idle"];
    assert.equal(await outputOf(args, { cwd }), expected);
  }
  const wrong = (file) => ["report", "records.ndjson", ...JUNE, "--agents", file];
  await assertFails(wrong("wrong.json"), 1, "wrong.json: agents/0/id is 1: wanted a string that is not empty", { cwd });
  const wanted = "wanted a page of GET /v1/agents, or an array of {id, name}";
  await assertFails(wrong("key.txt"), 1, `key.txt: it looks like a token or an id: ${wanted}`, { cwd });
  await assertFails(wrong("none.json"), 3, "none.json can't be read: there is no file of that name", { cwd });
  const both = ["report", "-", ...JUNE, "--agents", "-"];
  await assertFails(both, 2, "- is given twice; standard input can be read once", { cwd });
});

test("memory does not grow with the input", async () => {
  const line = message("m1", { body: "x".repeat(20_000) });
  const cwd = write({ "large.ndjson": line.repeat(6_000) }); // 120 MB
  const node = ["--max-old-space-size=32", "--max-semi-space-size=1"];
  const out = await outputOf(["report", "large.ndjson", ...JUNE], { cwd, env: { NODE_OPTIONS: node.join(" ") } });
  assert.equal(JSON.parse(out).data[0].messages, 1);
});
