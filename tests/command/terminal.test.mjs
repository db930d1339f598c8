/** What a terminal gets: columns that fit, colours that are wanted, and nothing harmful. Python's pty is the terminal. */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { packed, run, write } from "../support/packed.mjs";
import { inTerminal, JUNE, message, outputOf, script, usage } from "./support/command.mjs";

const recordsOf = (names) =>
  names.map((agentName, n) => message(`m${n}`, { agentId: `agent-${n}`, agentName })).join("");
const report = ["report", "june.ndjson", ...JUNE];
const esc = "\u001b";

/** The widths of single characters as the Unicode standard and its emoji data give them, written down here by hand. */
const WIDTHS = { 日: 2, 本: 2, Ａ: 2, "😀": 2, "👨‍👩‍👧": 2, "🇫🇷": 2, "e\u0301": 1, é: 1, ｶ: 1, x: 1 };

/** The columns that a text takes; the text consists of characters of WIDTHS and ASCII. */
function columnsOf(text) {
  const segments = Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
  return segments.reduce((sum, segment) => sum + (WIDTHS[segment] ?? [...segment].length), 0);
}

test("wide characters keep the columns aligned", async () => {
  const names = Object.keys(WIDTHS).flatMap((character) => [character, character.repeat(5), `a${character}b`]);
  const cwd = write({ "june.ndjson": recordsOf(names) });
  const out = await outputOf([...report, "--format", "table"], { cwd });
  const lines = out.trimEnd().split("\n").slice(2);
  const at = lines[0].indexOf("Agent id");
  for (const line of lines.slice(1, -1)) {
    const id = line.indexOf("agent-");
    assert.equal(columnsOf(line.slice(0, id)), at, line);
  }
  assert.equal(lines.length, names.length + 2);
});

test("long names are cut so that each line fits the terminal", async () => {
  const names = ["x".repeat(300), "日".repeat(80), "👨‍👩‍👧".repeat(90), "short"];
  const cwd = write({ "june.ndjson": recordsOf(names) });
  for (const columns of [50, 64, 79, 80, 120]) {
    const { stdout, status } = await inTerminal(report, { cwd, columns, env: { NO_COLOR: "1" } });
    assert.equal(status, 0);
    const lines = stdout.trimEnd().split("\n").slice(2);
    for (const line of lines) assert.ok(columnsOf(line) <= columns, `${columns}: ${line}`);
    assert.equal(lines.filter((line) => line.includes("…")).length >= 3, true, stdout);
    assert.match(stdout, /^short /m);
    assert.ok(Math.max(...lines.map(columnsOf)) >= columns - 1, `${columns}: the table is narrower than it could be`);
  }
});

test("names and ids are cut to columns of about equal width", async () => {
  const records = message("m1", { agentId: "i".repeat(200), agentName: "n".repeat(150) });
  const cwd = write({ "june.ndjson": records });
  for (const columns of [60, 77, 100]) {
    const { stdout } = await inTerminal(report, { cwd, columns, env: { NO_COLOR: "1" } });
    const row = stdout.split("\n")[3];
    const [name, id] = row.split(/ +/);
    assert.equal(row.length, columns);
    assert.ok(Math.abs(name.length - id.length) <= 1, row);
  }
});

test("a terminal that is narrower than the numbers gets whole numbers", async () => {
  const cwd = write({ "june.ndjson": recordsOf(["a long name that is cut"]) });
  const { stdout } = await inTerminal(report, { cwd, columns: 20, env: { NO_COLOR: "1" } });
  assert.match(stdout, /^a long … +agent-0 +1 +0 +0$/m);
});

test("without a terminal nothing is cut, and json is the format", async () => {
  const cwd = write({ "june.ndjson": recordsOf(["x".repeat(300)]) });
  assert.ok((await outputOf([...report, "--format", "table"], { cwd })).includes("x".repeat(300)));
  assert.equal(JSON.parse(await outputOf(report, { cwd })).data[0].agentName.length, 300);
});

test("a table ends with the totals", async () => {
  const cwd = write({ "june.ndjson": recordsOf(["a", "b", "c"]) });
  const lines = (await outputOf([...report, "--format", "table"], { cwd })).trimEnd().split("\n");
  assert.match(lines[0], /^The month from 2024-06-01T04:00:00Z to 2024-07-01T03:59:59Z \(America\/New_York\)$/);
  assert.match(lines.at(-1), /^Total +3 +0 +0$/);
});

const HARMFUL = [
  `${esc}[31mred${esc}[0m`,
  `${esc}]0;title\u0007`,
  "\u009b31mc1",
  "bell\u0007\b\b\b",
  "a\r\nb\tc",
  "\u202egnp.exe",
  "\u2066isolate\u2069",
  "\u2028line\u2029",
  "\u007fdelete",
  "\u061cmark\u200f",
];

test("harmful characters in names and ids do not reach a terminal, in any format", async () => {
  const records = HARMFUL.map((name, n) => message(`m${n}`, { agentId: `${name}${n}`, agentName: name })).join("");
  const cwd = write({ "june.ndjson": records });
  for (const format of ["table", "csv", "json", "ndjson"]) {
    const { stdout, status } = await inTerminal([...report, "--format", format], { cwd, env: { NO_COLOR: "1" } });
    assert.equal(status, 0);
    const text = stdout.replaceAll("\r\n", "\n").replaceAll("\r\n", "\n");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern looks for control characters
    const found = /[\0-\x09\x0b-\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/.exec(text);
    assert.equal(found, null, `${format}: ${JSON.stringify(text)}`);
    assert.ok(text.includes("gnp.exe"));
  }
  const { stdout } = await inTerminal([...report, "--format", "json"], { cwd });
  const query = { period: "month", now: "2024-06-15T12:00:00Z", tz: "America/New_York" };
  assert.deepEqual(JSON.parse(stdout), packed.usageByAgent(records, query)); // the JSON of an equal value
  const table = await outputOf([...report, "--format", "table"], { cwd });
  assert.ok(table.includes("␛[31mred␛[0m") && table.includes("�gnp.exe") && !table.includes(esc));
});

test("colours are for terminals alone, and NO_COLOR and a dumb terminal have none", async () => {
  const cwd = write({ "june.ndjson": recordsOf(["a"]) });
  const shown = async (env) => (await inTerminal(report, { cwd, env })).stdout;
  const plain = await shown({ NO_COLOR: "1" });
  const coloured = await shown({ NO_COLOR: "" });
  assert.ok(!plain.includes(esc));
  assert.ok(coloured.includes(`${esc}[1m`));
  assert.equal(stripVTControlCharacters(coloured), plain);
  assert.equal(await shown({ TERM: "dumb" }), plain);
  assert.ok(!(await outputOf([...report, "--format", "table"], { cwd })).includes(esc));
});

test("no file and a terminal as standard input is wrong usage, and not a command that waits", async () => {
  const { stdout, status } = await inTerminal(["report", ...JUNE], { env: { NO_COLOR: "1" } });
  assert.equal(status, 2);
  assert.equal(stdout, "usage-by-agent: no file is named; wanted files of records, or - for standard input\n");
});

test("progress is shown on a terminal and removed, and is not written anywhere else", async () => {
  const large = message("m1", { body: "x".repeat(20_000) }).repeat(1000); // 20 MB
  const cwd = write({ "june.ndjson": large });
  const { stdout, status } = await inTerminal(report, { cwd, env: { NO_COLOR: "1" } });
  assert.equal(status, 0);
  const shown = stdout.split(`\r${esc}[K`);
  assert.ok(shown.includes("50 % read, june.ndjson"), JSON.stringify(shown.slice(0, 5)));
  assert.match(shown.at(-1), /^The month /);
  assert.equal((await usage(report, { cwd })).stderr, "");
});

/** The shell's command that runs the script. */
const shell = (line, options) => run("bash", ["-c", line, process.execPath, script], options);

test("a closed pipe ends the command quietly, with the exit code that it had", async () => {
  const names = Array.from({ length: 20_000 }, (_, n) => `agent ${n}`);
  const cwd = write({ "june.ndjson": recordsOf(names), "answer.json": "{}" });
  const options = JUNE.join(" ");
  for (const format of ["json", "csv", "ndjson", "table"]) {
    const line = `"$0" "$1" report june.ndjson ${options} --format ${format} | head -c 10; echo " \${PIPESTATUS[0]}"`;
    const { stdout, stderr } = await shell(line, { cwd });
    assert.equal(stderr, "");
    assert.match(stdout, / 0\n$/);
  }
  // Nobody reads from the beginning.
  const line = `{ sleep 0; "$0" "$1" check usage answer.json; echo $? >&2; } | true`;
  assert.match((await shell(line, { cwd })).stderr, /^1\n$/);
});

test("closed outputs and a full disk do not crash the command", async () => {
  const cwd = write({ "june.ndjson": recordsOf(["a"]) });
  const options = JUNE.join(" ");
  const full = await shell(`"$0" "$1" report june.ndjson ${options} > /dev/full`, { cwd });
  assert.equal(full.status, 3);
  assert.match(full.stderr, /^usage-by-agent: standard output can't be written: no space left on device\n$/);
  const closed = await shell(`"$0" "$1" report none ${options} 2>&-`, { cwd });
  assert.deepEqual([closed.status, closed.stdout], [3, ""]);
  const nobody = await shell(`"$0" "$1" report none ${options} 2> /dev/full`, { cwd });
  assert.deepEqual([nobody.status, nobody.stdout], [3, ""]);
});

test("the command ends while standard input is still open", async () => {
  const child = spawn(process.execPath, [script, "report", "-", ...JUNE, "--on-invalid", "throw"]);
  child.stdin.on("error", () => {});
  child.stdin.write('{"receivedAt":"never"}\n'); // and no end
  const [status] = await once(child, "exit");
  assert.equal(status, 1);
});

test("Ctrl-C ends the command at once, and the shell sees 130", async () => {
  const cwd = write({});
  const pipe = join(cwd, "pipe");
  execFileSync("mkfifo", [pipe]);
  // The shell itself survives, so that it can say what it sees.
  const line = `trap : INT; "$0" "$1" report pipe ${JUNE.join(" ")}; echo "status $?"`;
  const program = ["bash", "-c", line, process.execPath, script];
  const { stdout } = await inTerminal([], { program, cwd, env: { INTERRUPT: pipe, NO_COLOR: "1" } });
  assert.match(stdout, /^\^C\n?status 130\n$/);
});

test("SIGINT ends the command while it reads", async () => {
  const cwd = write({});
  execFileSync("mkfifo", [join(cwd, "pipe")]);
  const child = spawn(process.execPath, [script, "report", "pipe", ...JUNE], { cwd });
  const ended = once(child, "exit");
  const pipe = await open(join(cwd, "pipe"), "w"); // the command has opened it
  child.kill("SIGINT");
  assert.deepEqual(await ended, [null, "SIGINT"]);
  await pipe.close();
});
