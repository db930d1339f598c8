/** A long file is counted by several threads. Every byte that a user sees is that of one thread. */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, createReadStream, existsSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs";
import { open } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { gzipSync } from "node:zlib";
import { agentsPage, FORMATS, generate, Random, render } from "../../tools/generate.mjs";
import { END, oddLines, START, textOf } from "../support/odd-lines.mjs";
import { installed, packed, run, workspace, write } from "../support/packed.mjs";
import { JUNE, message, usage } from "./support/command.mjs";
import { answersIn, outcomeOf, script } from "./support/small-parts.mjs";

const query = (onInvalid) => ({ period: "year", tz: "Europe/Paris", now: "2024-06-15T12:00:00Z", onInvalid });

const folder = workspace();
const answers = join(folder, "answers.txt");

/** Counts files with one thread and with several, and asserts equal outcomes. Returns the outcome, and the parts that threads counted. */
async function compared(paths, onInvalid, limits, what, asked = query(onInvalid)) {
  const once = await outcomeOf(paths, asked, { part: 1, count: 1 });
  rmSync(answers, { force: true });
  process.env.ANSWERS = answers;
  const together = await outcomeOf(paths, asked, limits);
  delete process.env.ANSWERS;
  assert.deepEqual(together, once, what);
  return { ...once, ...answersIn(answers) };
}

test("odd lines, wherever a part ends, give the outcome of one thread", async () => {
  let parts = 0;
  for (let seed = 0; seed < 40; seed++) {
    const path = join(write({ "records.ndjson": textOf(seed) }), "records.ndjson");
    const random = new Random(seed, 93);
    const limits = () => ({ part: 1 + random.below(9000), count: 1 + random.below(3), ahead: 1 + random.below(3) });
    for (const onInvalid of ["skip", "throw"]) {
      const got = await compared(
        [path],
        onInvalid,
        { ...limits(), count: 2 + random.below(3) },
        `${seed} ${onInvalid}`,
      );
      parts += got.parts;
      if (got.diagnostics) assert.ok(got.diagnostics.records > 200);
    }
  }
  assert.ok(parts > 400, `${parts} parts`);
});

test("counts of all time are those of one thread", async () => {
  let parts = 0;
  for (let seed = 40; seed < 52; seed++) {
    const path = join(write({ "records.ndjson": textOf(seed) }), "records.ndjson");
    const random = new Random(seed, 94);
    for (const onInvalid of ["skip", "throw"]) {
      const limits = { part: 1 + random.below(9000), count: 2 + random.below(3), ahead: 1 + random.below(3) };
      const got = await compared([path], onInvalid, limits, `${seed} ${onInvalid}`, { onInvalid });
      parts += got.parts;
      if (got.report) assert.ok(got.report.rows.length > 7 && got.report.steps.length > 50);
    }
  }
  assert.ok(parts > 100, `${parts} parts`);
});

test("files in every format and files of other kinds give the outcome of one thread", async () => {
  const options = { records: 300, invalid: 3, seed: 3, agents: 9, start: START, end: END };
  const values = [...generate({ ...options, multiline: true })];
  const pretty = JSON.stringify(
    values.slice(0, 99).map(({ value }) => value),
    null,
    2,
  );
  const files = {
    ...Object.fromEntries(FORMATS.map((format) => [format, [...render(values, { format, seed: 3 })].join("")])),
    pretty,
    "an array line by line": `[\n${Array.from({ length: 400 }, (_, n) => message(`m${n}`).trim()).join(",\n")}\n]\n`,
    "pretty values": values.map(({ value }) => JSON.stringify(value, null, 1)).join("\n"),
    table: `id,agentId,messages\n${"1,a,2\n".repeat(900)}`,
    "a table with records": `id,agentId,messages\n${message("m1").repeat(90)}`,
    markup: `<!doctype html><title>Sign in</title>\n${"<p>x</p>\n".repeat(900)}`,
    blanks: "\n".repeat(3000),
    "blanks first": "\n".repeat(3000) + message("m1").repeat(90),
    "one line": message("m1").trim().repeat(300),
    zeros: Buffer.alloc(5000),
    "unknown records": '{"note":1}\n'.repeat(500),
    zipped: gzipSync(message("m1").repeat(3000), { level: 0 }),
  };
  const folder = write(files);
  for (const name of Object.keys(files)) {
    for (const onInvalid of ["skip", "throw"]) {
      const got = await compared([join(folder, name)], onInvalid, { part: 300, count: 3 }, `${name} ${onInvalid}`);
      if (name === "zipped") assert.equal(got.all, 0, "gzip data is not for threads");
    }
  }
});

test("a list of pages in several files and parts is one list", async () => {
  const page = (n, hasMore) =>
    `${JSON.stringify({ data: [JSON.parse(message(`m${n}`))], hasMore, total: 40 })}\n${message(`x${n}`)}`;
  const pages = Array.from({ length: 40 }, (_, n) => page(n, n < 39));
  const files = { "1.ndjson": pages.slice(0, 13).join(""), "2.ndjson": pages.slice(13).join("") };
  const folder = write(files);
  const paths = Object.keys(files).map((name) => join(folder, name));
  const both = await compared(paths, "skip", { part: 200, count: 2 }, "both");
  assert.deepEqual(both.written, []);
  assert.equal(both.diagnostics.counted, 80);
  assert.ok(both.parts > 10, `${both.parts} parts; the main thread reads every second one at most`);
  const [first] = (await compared(paths.slice(0, 1), "skip", { part: 200, count: 2 }, "first")).written;
  assert.match(first, /1 list is not complete: 27 items are missing/);
});

test("short, long and zipped files in any order are one input", async () => {
  const lines = [...oddLines(2)].map((line) => Buffer.concat([Buffer.from(line), Buffer.from("\n")]));
  const third = Math.floor(lines.length / 3);
  const [a, b, c] = [0, 1, 2].map((n) => Buffer.concat(lines.slice(n * third, (n + 1) * third)));
  const folder = write({ a, b: gzipSync(b), c });
  for (const names of ["abc", "cba", "bac"]) {
    const paths = [...names].map((name) => join(folder, name));
    await compared(paths, "skip", { part: 900, count: 3 }, names);
  }
});

/** The command with small parts, as a process. */
const small = (args, { env = {}, ...options } = {}) =>
  run(process.execPath, [script, ...args], {
    ...options,
    env: { TZ: "Asia/Kathmandu", LIMITS: JSON.stringify({ part: 400, count: 3 }), ...env },
  });

test("the command's exit code and outputs are those of one thread", async () => {
  const bad = '{"receivedAt":"never"}\n';
  const good = Array.from({ length: 99 }, (_, n) => message(`m${n}`)).join("");
  const cwd = write({ good, bad: good + bad + good, unknown: '{"note":1}\n'.repeat(200), cut: `${good}{"id":` });
  for (const [name, status] of [
    ["good", 0],
    ["bad", 1],
    ["unknown", 1],
    ["cut", 1],
  ]) {
    for (const action of ["skip", "throw"]) {
      const args = ["report", name, ...JUNE, "--on-invalid", action, "--agents", "agents.json"];
      write({ "agents.json": JSON.stringify([{ id: "a1", name: "Renamed" }]) }, cwd);
      const once = await usage(args, { cwd });
      assert.deepEqual(await small(args, { cwd }), once, `${name} ${action}`);
      assert.equal(once.status, action === "throw" || name === "unknown" ? status : 0);
    }
  }
});

test("threads that fail leave their parts to the others, and then to the main thread", async () => {
  const cwd = write({ "june.ndjson": Array.from({ length: 500 }, (_, n) => message(`m${n}`)).join("") });
  const args = ["report", "june.ndjson", ...JUNE];
  const once = await usage(args, { cwd });
  for (const tasks of [0, 1, 5]) {
    const noted = join(cwd, `answers-${tasks}`);
    const got = await small(args, { cwd, env: { FAILS: String(tasks), ANSWERS: noted } });
    assert.deepEqual(got, once, `${tasks} tasks`);
    const { parts } = answersIn(noted);
    assert.ok(parts <= 2 * tasks && parts >= Math.min(tasks, 1), `${parts} parts by two threads`);
  }
});

test("a host that refuses threads counts with one", async () => {
  const cwd = write({ "june.ndjson": message("m1").repeat(99) });
  const args = ["report", "june.ndjson", ...JUNE];
  const refuse = write({
    "refuse.cjs": `require("node:worker_threads").Worker = class { constructor() { throw new Error("not here"); } };
require("node:module").syncBuiltinESMExports();`,
  });
  const env = { NODE_OPTIONS: `--require=${join(refuse, "refuse.cjs")}` };
  assert.deepEqual(await small(args, { cwd, env }), await usage(args, { cwd }));
});

test("a file that becomes shorter or longer while threads read it is told as with one thread", async () => {
  const text = Array.from({ length: 300 }, (_, n) => message(`m${n}`)).join("");
  const change = {
    shorter: (path) => truncateSync(path, text.length / 2),
    longer: (path) => appendFileSync(path, text),
  };
  for (const [name, changed] of Object.entries(change)) {
    const outcomes = [];
    for (const command of [small, usage]) {
      const cwd = write({ "june.ndjson": text });
      execFileSync("mkfifo", [join(cwd, "pipe")]);
      const running = command(["report", "pipe", "june.ndjson", ...JUNE], { cwd });
      const pipe = await open(join(cwd, "pipe"), "w"); // the command has opened it, and knows the file's size
      changed(join(cwd, "june.ndjson"));
      await pipe.close();
      outcomes.push(await running);
    }
    assert.deepEqual(outcomes[0], outcomes[1], name);
    assert.match(outcomes[0].stderr, name === "shorter" ? /has become shorter/ : /has grown/);
  }
});

test("a thread does not count another file that has taken the path", async () => {
  const path = join(write({ "june.ndjson": message("m1") }), "june.ndjson");
  const { dev, ino } = statSync(path);
  const task = { start: 0, end: message("m1").length };
  for (const [identity, wanted] of [
    [{ dev, ino }, "message"],
    [{ dev, ino: ino + 1 }, "exit"],
  ]) {
    const workerData = { path, identity, query: query("skip") };
    const worker = new Worker(join(installed, "dist/command-worker.js"), { workerData });
    const got = Promise.race(["message", "exit"].map((name) => once(worker, name).then(() => name)));
    worker.postMessage(task);
    assert.equal(await got, wanted);
    await worker.terminate();
  }
});

test("SIGINT ends the command while its threads are busy", async () => {
  const cwd = write({ "june.ndjson": message("m1").repeat(99) });
  const pipe = join(cwd, "pipe");
  execFileSync("mkfifo", [pipe]);
  const env = { ...process.env, BUSY: pipe, LIMITS: JSON.stringify({ part: 400, count: 2 }) };
  const child = spawn(process.execPath, [script, "report", "june.ndjson", ...JUNE], { cwd, env });
  const ended = once(child, "exit");
  await (await open(pipe, "w")).close(); // a thread has opened it
  child.kill("SIGINT");
  assert.deepEqual(await ended, [null, "SIGINT"]);
});

test("the packed command counts a file of 32 MiB by all cores, as the package counts it", async () => {
  const options = { records: 85_000, invalid: 20, seed: 8, agents: 30, start: START, end: END };
  const cwd = write({
    "records.ndjson": [...render(generate(options), { format: "ndjson", seed: 8 })].join(""),
    "agents.json": JSON.stringify(agentsPage(options)),
    "note.cjs": 'process.on("worker", () => require("node:fs").appendFileSync("threads", "1"));',
  });
  const path = join(cwd, "records.ndjson");
  assert.ok(statSync(path).size > 32 << 20);
  const whole = new packed.UsageAggregator({ ...query("skip"), agents: agentsPage(options).data });
  await whole.pushStream(createReadStream(path));
  const asked = query("skip");
  const args = ["report", "records.ndjson", "--period", asked.period, "--tz", asked.tz, "--now", asked.now];
  const env = { NODE_OPTIONS: "--require=./note.cjs" };
  const got = await usage([...args, "--agents", "agents.json"], { cwd, env });
  assert.equal(got.stdout, JSON.stringify(whole.report()));
  assert.match(
    got.stderr,
    /^warning: records\.ndjson: 20 invalid records are skipped; the first: .* line \d+, byte \d+\)\n/,
  );
  const first = whole.diagnostics().problems.find(({ severity }) => severity === "error");
  assert.ok(got.stderr.includes(`${first.message} (at ${first.path}, line ${first.line}, byte ${first.byteOffset})`));
  whole.free();
  const threads = existsSync(join(cwd, "threads")) ? readFileSync(join(cwd, "threads"), "utf8").length : 0;
  assert.equal(threads, Math.min(availableParallelism(), 8) - 1, "threads besides the main one");
});
