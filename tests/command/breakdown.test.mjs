/** `report --by`, `--step` and `--from` give the package's breakdown, in every format. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { agentsPage, generate, Random } from "../../tools/generate.mjs";
import { collect } from "../support/collected.mjs";
import { packed, run, write } from "../support/packed.mjs";
import { KEY, makeAccount, serve, TOKEN } from "./support/collecting.mjs";
import { inTerminal, JUNE, message, outputOf, script, usage } from "./support/command.mjs";
import { rowsOf } from "./support/csv.mjs";
import { answersIn, script as small } from "./support/small-parts.mjs";

const { recordsWindow, UsageRollup } = packed;
const [START, END] = [Date.UTC(2024, 3, 1), Date.UTC(2024, 7, 1)];
const MADE = { records: 700, invalid: 4, seed: 21, agents: 6, start: START, end: END, multiline: false };
const lines = [...generate(MADE)].map(({ text }) => `${text}\n`);
const agents = agentsPage(MADE);
const cwd = write({
  "records.ndjson": lines.join(""),
  "records.gz": gzipSync(lines.join("")),
  "1.ndjson": lines.slice(0, 300).join(""),
  // Records of the first file come again, and count once by their ids.
  "2.gz": gzipSync(lines.filter((text, n) => n >= 300 || (n >= 200 && /^\{ *"id" *: *"\w/.test(text))).join("")),
  "agents.json": JSON.stringify(agents),
});
const NOW = "2024-06-15T12:00:00Z";
const MEASURES = ["messages", "calls", "totalSeconds"];
const FIELDS = {
  agent: ["agentId", "agentName"],
  number: ["numberId", "phoneNumber"],
  channel: ["channel"],
  direction: ["direction"],
  weekday: ["weekday"],
  hour: ["hour"],
};
const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/** The text of a breakdown with series as arrays. */
const jsonOf = (value) => JSON.stringify(value, (_, v) => (ArrayBuffer.isView(v) ? [...v] : v));

/** The package's breakdowns of the records. */
function ofPackage(...queries) {
  const rollup = new UsageRollup({ onInvalid: "skip", agents }).push(lines.join(""));
  const found = queries.map((query) => rollup.breakdown(query));
  rollup.free();
  return found;
}

/** A query as options. */
const optionsOf = ({ by, tz = "UTC", now = NOW, weekStart, includeIdle, ...rest }) => [
  ...(by?.length > 0 ? ["--by", by.join()] : []),
  ...["--tz", tz, "--now", now],
  ...(weekStart ? ["--week-start", weekStart] : []),
  ...(includeIdle ? ["--include-idle"] : []),
  ...Object.entries(rest).flatMap(([name, value]) => [`--${name}`, String(value)]),
];

const report = (files, query, ...more) => ["report", ...files, ...optionsOf(query), "--agents", "agents.json", ...more];

/** Random queries that together use every dimension, every step and every kind of window. */
function queries(seed, count) {
  const random = new Random(seed);
  const names = Object.keys(FIELDS);
  return Array.from({ length: count }, (_, n) => {
    const by = names.filter(() => random.chance(0.3));
    const step = random.pick(["hour", "day", "week", "month", undefined]);
    const windows = [
      { period: random.pick(["week", "month", "year"]), offset: -random.below(3), now: NOW },
      { from: "2024-04-28", to: `2024-0${5 + random.below(3)}-1${random.below(9)}`, now: NOW },
      { from: START + random.below(96) * 900_000, to: "2024-05-20T10:45:00+05:30", now: NOW },
      { now: NOW },
    ];
    return {
      by: by.length === 0 && step === undefined ? ["channel"] : by,
      ...(step && { step }),
      tz: random.pick(["America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]),
      ...windows[n % windows.length],
      weekStart: random.pick(WEEKDAYS),
    };
  });
}

test("json is the package's breakdown with series as arrays, of files, gzip data and standard input", async () => {
  const asked = queries(1, 16);
  const found = ofPackage(...asked);
  const sources = [["records.ndjson"], ["records.gz"], ["1.ndjson", "2.gz"], ["2.gz", "-"]];
  for (const [n, query] of asked.entries()) {
    const files = sources[(n >> 2) % sources.length];
    const input = files.includes("-") ? lines.slice(0, 300).join("") : "";
    assert.equal(await outputOf(report(files, query), { cwd, input }), jsonOf(found[n]), JSON.stringify(query));
  }
  assert.ok(found.filter(({ rows }) => rows.length > 1).length > 9);
});

test("--from and --to alone are by agent, and --step alone is one row", async () => {
  const window = { from: "2024-06-01", to: "2024-06-08", tz: "Europe/Paris" };
  const [byAgent, idle, one] = ofPackage(
    { ...window, by: ["agent"] },
    { ...window, by: ["agent"], includeIdle: true },
    { ...window, step: "day" },
  );
  const ask = (query) => outputOf(report(["records.ndjson"], query), { cwd });
  assert.equal(await ask(window), jsonOf(byAgent));
  assert.equal(await ask({ ...window, includeIdle: true }), jsonOf(idle));
  assert.equal(await ask({ ...window, by: ["agent"], includeIdle: true }), jsonOf(idle));
  assert.ok(idle.rows.length > byAgent.rows.length);
  assert.equal(await ask({ ...window, step: "day" }), jsonOf(one));
});

test("csv and ndjson have a line for each row, and with steps one for each step and row", async () => {
  for (const query of queries(2, 5)) {
    const json = JSON.parse(await outputOf(report(["records.ndjson"], query), { cwd }));
    const ask = (format) => outputOf(report(["records.ndjson"], query, "--format", format), { cwd });
    const fields = Object.keys(FIELDS).flatMap((name) => (query.by.includes(name) ? FIELDS[name] : []));
    const header = [...(query.step ? ["start"] : []), ...fields, ...MEASURES];
    const expected = (json.steps ?? [undefined]).flatMap((step, at) =>
      json.rows.map((row) => {
        const { series, ...rest } = row;
        if (step === undefined) return rest;
        const values = Object.fromEntries(MEASURES.map((measure) => [measure, series[measure][at]]));
        return { start: step.start, ...rest, ...values };
      }),
    );
    const ndjson = await ask("ndjson");
    assert.equal(ndjson, expected.map((line) => `${JSON.stringify(line)}\n`).join(""));
    const [titles, ...cells] = await rowsOf(await ask("csv"));
    assert.deepEqual(titles, header);
    // csv.test.mjs knows where apostrophes keep a text from being a formula.
    const text = (value) => String(value ?? "").replaceAll("'", "");
    assert.deepEqual(
      cells.map((row) => row.map(text)),
      expected.map((line) => header.map((name) => text(line[name]))),
    );
  }
});

/** Days on which clocks change, with the lengths of their hours. */
const hours = (count, short = {}) => Array.from({ length: count }, (_, n) => short[n] ?? 60);
const CHANGES = [
  ["America/New_York", "2024-03-10", hours(23)],
  ["America/New_York", "2024-11-03", hours(25)],
  ["Europe/Paris", "2024-06-15", hours(24)],
  ["Australia/Lord_Howe", "2024-10-06", hours(24, { 2: 30 })],
  ["Australia/Lord_Howe", "2024-04-07", hours(25, { 2: 30 })],
  ["Asia/Kathmandu", "2024-11-03", hours(24)],
];

for (const [tz, from, lengths] of CHANGES) {
  test(`the hours of ${from} in ${tz} are those that clocks show`, async () => {
    const to = new Date(Date.parse(from) + 86_400_000).toISOString().slice(0, 10);
    const random = new Random(lengths.length);
    const middle = Date.parse(`${from}T12:00:00Z`);
    const times = Array.from({ length: 400 }, () => middle + random.below(4 * 86_400) * 1000 - 2 * 86_400_000);
    const input = times.map((ms, n) => message(`m${n}`, { receivedAt: new Date(ms).toISOString() })).join("");
    const args = ["report", "-", "--from", from, "--to", to, "--tz", tz, "--step", "hour", "--format", "csv"];
    const [, ...rows] = await rowsOf(await outputOf(args, { input }));
    const starts = rows.map(([start]) => Date.parse(start));
    assert.equal(new Set(rows.map(([start]) => start)).size, lengths.length);
    const { startMs, endMs } = recordsWindow("breakdown", { from, to, tz });
    const found = starts.map((start, n) => ((starts[n + 1] ?? endMs) - start) / 60_000);
    assert.deepEqual([starts[0], found], [startMs, lengths]);
    // What a clock of the runtime shows, in place of the core's.
    const clock = new Intl.DateTimeFormat("sv", { timeZone: tz, dateStyle: "short", timeStyle: "short" });
    const shown = (ms) => clock.format(ms).replace(" ", "T");
    for (const [n, [start, messages]] of rows.entries()) {
      assert.equal(start.slice(0, 16), shown(starts[n]));
      const end = starts[n + 1] ?? endMs;
      assert.equal(Number(messages), times.filter((ms) => starts[n] <= ms && ms < end).length);
    }
  });
}

test("a long file is counted by threads, and every byte is that of one thread", async () => {
  const answers = join(cwd, "answers");
  for (const more of [
    ["--by", "agent,channel", "--step", "day"],
    ["--period", "month", "--compare"],
  ]) {
    for (const action of ["skip", "throw"]) {
      const options = ["--tz", "Asia/Tokyo", "--now", NOW, "--agents", "agents.json", "--on-invalid", action];
      const args = ["report", "records.ndjson", ...more, ...options];
      rmSync(answers, { force: true });
      const env = { TZ: "Asia/Kathmandu", LIMITS: JSON.stringify({ part: 4000, count: 3 }), ANSWERS: answers };
      const together = await run(process.execPath, [small, ...args], { cwd, env });
      assert.deepEqual(together, await usage(args, { cwd }));
      assert.equal(together.status, action === "skip" ? 0 : 1);
      assert.ok(answersIn(answers).parts > 3);
    }
  }
});

test("--collect asks for the window, and breaks down what the vendor has", async () => {
  const { account, url } = await serve({ account: makeAccount(81) });
  account.agents.push({ id: "agt_idle", name: "Idle", createdAt: "2025-01-01T00:00:00Z" });
  const at = { tz: "Asia/Kathmandu", now: "2025-06-15T12:00:00Z" };
  for (const query of [
    { ...at, period: "month", by: ["agent", "channel"], step: "day" },
    { ...at, from: "2025-06-03", to: "2025-06-20", by: ["agent"], includeIdle: true },
    { ...at, from: "2025-06-03", to: "2025-06-20", by: ["direction"], step: "week", weekStart: "sunday" },
  ]) {
    const collection = collect({ token: TOKEN, baseUrl: url, window: recordsWindow("breakdown", query) });
    const rollup = new UsageRollup();
    for await (const { records } of collection) rollup.push(records);
    const expected = rollup.breakdown({ ...query, agents: collection.agents() });
    assert.ok(rollup.diagnostics().counted > 30 && expected.rows.length > 1);
    const args = ["report", "--collect", "--base-url", url, ...optionsOf(query)];
    assert.equal(await outputOf(args, { env: KEY }), jsonOf(expected));
    rollup.free();
  }
});

const TABLE = ["report", "-", "--tz", "America/New_York", "--format", "table"];

/** The table of some messages: its head, and its lines as cells. */
async function tableOf(input, ...more) {
  const [head, table, ...rest] = (await outputOf([...TABLE, ...more], { input })).split("\n\n");
  assert.deepEqual(rest, []);
  const [titles, ...cells] = table
    .trimEnd()
    .split("\n")
    .map((line) => line.split(/ {2,}/));
  return { head, titles, cells };
}

const on = (day, id = day, more = {}) => message(id, { receivedAt: `${day}T12:00:00Z`, ...more });

test("a table of steps has the days without usage, and marks the one that is not over", async () => {
  const input = on("2024-06-02") + on("2024-06-20");
  const args = ["--period", "month", "--step", "day", "--now", "2024-06-04T12:00:00Z"];
  const { head, titles, cells } = await tableOf(input, ...args);
  const window = "from 2024-06-01T04:00:00Z until 2024-07-01T04:00:00Z (America/New_York)";
  assert.equal(head, `The month ${window}, not over yet`);
  assert.deepEqual(titles, ["Day", "Messages", "Calls", "Seconds"]);
  const row = (day, messages) => [day, String(messages), "0", "0"];
  assert.deepEqual(cells, [
    row("2024-06-01", 0),
    row("2024-06-02", 1),
    row("2024-06-03", 0),
    row("2024-06-04 *", 0),
    row("2024-06-20", 1),
    row("Total", 2),
    ["* not over yet"],
  ]);
  const past = await tableOf(input, ...args.slice(0, -1), "2024-06-04T12:00:00Z", "--offset", "-1");
  assert.equal(past.cells.length, 31 + 1);
  assert.doesNotMatch(past.head, /not over/);
});

test("a table of steps and rows has the lines with usage", async () => {
  const input = on("2024-06-02") + on("2024-06-20", "x", { channel: "sms" });
  const window = ["--from", "2024-06-01", "--to", "2024-07-01", "--now", "2025-01-01T00:00:00Z"];
  const { titles, cells } = await tableOf(input, ...window, "--by", "channel", "--step", "week");
  assert.deepEqual(titles, ["Week from", "Channel", "Messages", "Calls", "Seconds"]);
  assert.deepEqual(cells, [
    ["2024-06-01", "(none)", "1", "0", "0"],
    ["2024-06-17", "sms", "1", "0", "0"],
    ["Total", "2", "0", "0"],
  ]);
});

test("a table by weekday and hour is in the order of time, and hours of a fold differ", async () => {
  const input = on("2024-06-03") + on("2024-06-04") + on("2024-06-02") + on("2024-06-09", "second");
  const { cells } = await tableOf(input, "--by", "hour,weekday", "--week-start", "sunday");
  assert.deepEqual(
    cells.map(([weekday, hour, messages]) => [weekday, hour, messages]),
    [
      ["Sunday", "08:00", "2"],
      ["Monday", "08:00", "1"],
      ["Tuesday", "08:00", "1"],
      ["Total", "4", "0"],
    ],
  );
  const night = ["--from", "2024-11-03T05:00:00Z", "--to", "2024-11-03T07:00:00Z", "--step", "hour"];
  const fold = await tableOf(input, ...night, "--now", "2025-01-01T00:00:00Z");
  assert.deepEqual(
    fold.cells.map(([start]) => start),
    ["2024-11-03 01:00 -04:00", "2024-11-03 01:00 -05:00", "Total"],
  );
});

test("hostile values stay text on a terminal, and long ones are cut", async () => {
  const channel = `\u001b[31m${"x".repeat(200)}`;
  const cwd = write({ "june.ndjson": message("m1", { channel, agentName: "n\u202e\n".repeat(30) }) });
  const args = ["report", "june.ndjson", "--by", "agent,channel", "--tz", "UTC", "--step", "day", "--now", NOW];
  for (const format of ["table", "csv", "ndjson", "json"]) {
    const { stdout } = await inTerminal([...args, "--format", format], { cwd, env: { NO_COLOR: "1" } });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that none is left is what is tested
    assert.doesNotMatch(stdout, /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u202e]/, format);
    if (format !== "table") continue;
    for (const line of stdout.split("\n").slice(2)) assert.ok(line.length <= 80, line);
  }
});

test("input without records has an empty window, and a warning", async () => {
  const { status, stdout, stderr } = await usage(["report", "-", "--by", "agent", "--tz", "UTC", "--now", NOW]);
  assert.deepEqual([status, stderr], [0, "warning: standard input: there are no records\n"]);
  const nothing = new UsageRollup();
  assert.equal(stdout, jsonOf(nothing.breakdown({ by: ["agent"], now: NOW })));
  nothing.free();
});

test("many lines are written while they are made, and a closed pipe ends it quietly", async () => {
  const cwd = write({
    "june.ndjson": Array.from({ length: 8 }, (_, n) => message(`m${n}`, { agentId: `a${n}` })).join(""),
  });
  const options =
    "--from 1990-01-01 --to 2000-01-01 --tz UTC --step hour --by agent --include-idle --agents agents.json";
  write({ "agents.json": JSON.stringify(Array.from({ length: 8 }, (_, n) => ({ id: `a${n}`, name: "x" }))) }, cwd);
  const node = `"$0" --max-old-space-size=32 --max-semi-space-size=1 "$1" report june.ndjson ${options}`;
  const shell = (line) => run("bash", ["-c", line, process.execPath, script], { cwd });
  const { stdout, stderr } = await shell(`${node} --format csv | wc -l`);
  assert.deepEqual([Number(stdout), stderr], [1 + 8 * 24 * 3652, ""]);
  const head = await shell(`${node} --format ndjson | head -1; echo "\${PIPESTATUS[0]}"`);
  assert.match(head.stdout, /^\{"start":"1990-01-01T00:00\+00:00","agentId":"a0",.*\}\n0\n$/);
  assert.equal(head.stderr, "");
});

test("too many values, and places that are not in a rollup, are wrong usage", async () => {
  const args = ["report", "records.ndjson", "--by", "agent", "--step", "hour", "--tz", "UTC", "--now", NOW];
  const { status, stderr } = await usage([...args, "--from", "1970-01-01", "--to", "2099-12-31"], { cwd });
  assert.equal(status, 2);
  assert.match(stderr, /\nusage-by-agent: --step: \d+ rows of \d+ steps are more than 5000000 values: wanted /);
});

test("the plain report is the wire shape, with other options or without", async () => {
  const args = ["report", "records.ndjson", ...JUNE, "--agents", "agents.json"];
  const query = { period: "month", now: NOW, tz: "America/New_York", agents, onInvalid: "skip" };
  assert.equal(await outputOf(args, { cwd }), JSON.stringify(packed.usageByAgent(lines.join(""), query)));
});
