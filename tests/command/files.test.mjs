/** Files that can't be read, and files that change while they are read. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, symlinkSync, truncateSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { run, write } from "../support/packed.mjs";
import { assertFails, JUNE, message, outputOf, script, usage } from "./support/command.mjs";

const cwd = write({ "june.ndjson": message("m1"), "folder/inner.ndjson": message("m1"), "line\nbreak.ndjson": "{" });
const fails = (path, words) => assertFails(["report", path, ...JUNE], 3, words, { cwd });

test("a file that does not exist, a folder and an empty name are named", async () => {
  await fails("none.ndjson", "none.ndjson can't be read: there is no file of that name");
  await fails("folder", "folder can't be read: it is a folder; wanted a file");
  await fails("", `"" can't be read: there is no file of that name`);
  await fails("june.ndjson/x", /june\.ndjson\/x can't be read: not a directory/);
  await assertFails(["check", "daily", "none.json"], 3, /none\.json can't be read/, { cwd });
  symlinkSync("nowhere", join(cwd, "dangling"));
  await fails("dangling", "dangling can't be read: there is no file of that name");
});

test("a wrong name is noticed before anything is read", async () => {
  const { status, stderr } = await usage(["report", "line\nbreak.ndjson", "none.ndjson", ...JUNE], { cwd });
  assert.deepEqual([status, stderr], [3, "usage-by-agent: none.ndjson can't be read: there is no file of that name\n"]);
});

test("a name with a line break is shown on one line", async () => {
  const strict = ["report", "line\nbreak.ndjson", ...JUNE, "--on-invalid", "throw"];
  await assertFails(strict, 1, /^usage-by-agent: line␊break\.ndjson: the text ends inside an object/, { cwd });
});

test("a file whose reading fails is named", () =>
  fails("/proc/self/mem", /^usage-by-agent: \/proc\/self\/mem can't be read: i\/o error$/));

test("a file without permission is named before another file is read", async () => {
  const place = write({ "invalid.ndjson": '{"receivedAt":"never"}', "secret.ndjson": message("m1") });
  chmodSync(join(place, "secret.ndjson"), 0);
  // The administrator may read every file, so the command gives that right up.
  const isRoot = process.getuid() === 0;
  const program = isRoot ? ["setpriv", "--inh-caps=-all", "--bounding-set=-all", process.execPath] : [process.execPath];
  const [command, ...args] = [...program, script, "report", "invalid.ndjson", "secret.ndjson", ...JUNE];
  const { status, stderr } = await run(command, args, { cwd: place });
  assert.deepEqual([status, stderr], [3, "usage-by-agent: secret.ndjson can't be read: permission is denied\n"]);
});

test("standard input that is a folder is named", async () => {
  const { status, stderr } = await run(
    "sh",
    ["-c", `"$0" "$1" report - ${JUNE.join(" ")} < .`, process.execPath, script],
    { cwd },
  );
  assert.equal(status, 3);
  assert.match(stderr, /^usage-by-agent: standard input can't be read: [^\n]+\n$/);
});

/** Makes a pipe of the file system beside the files. The command waits for it after it has seen the size of each file. */
function withPipe(files) {
  const place = write(files);
  execFileSync("mkfifo", [join(place, "pipe")]);
  return place;
}

test("a pipe of the file system is read to its end", async () => {
  const place = withPipe({});
  const running = outputOf(["report", "pipe", ...JUNE], { cwd: place });
  const pipe = await open(join(place, "pipe"), "w");
  for (let n = 0; n < 3; n++) await pipe.write(message(`m${n}`));
  await pipe.close();
  assert.equal(JSON.parse(await running).data[0].messages, 3);
});

test("a file that becomes shorter while it is read is an error", async () => {
  const place = withPipe({ "june.ndjson": message("m1") + message("m2") });
  const size = message("m1").length;
  const running = usage(["report", "pipe", "june.ndjson", ...JUNE], { cwd: place });
  const pipe = await open(join(place, "pipe"), "w"); // the command has opened it
  truncateSync(join(place, "june.ndjson"), size);
  await pipe.close();
  const { status, stdout, stderr } = await running;
  const words = `it had ${2 * size} bytes, and has ${size} now; run the command again`;
  assert.deepEqual([status, stdout], [3, ""]);
  assert.equal(stderr, `usage-by-agent: june.ndjson has become shorter while it was read: ${words}\n`);
});

test("of a file that grows while it is read, what was there counts, with a warning", async () => {
  const place = withPipe({ "june.ndjson": message("m1") });
  const running = usage(["report", "pipe", "june.ndjson", ...JUNE], { cwd: place });
  const pipe = await open(join(place, "pipe"), "w");
  appendFileSync(join(place, "june.ndjson"), message("m2").repeat(9));
  await pipe.close();
  const { status, stdout, stderr } = await running;
  assert.equal(status, 0, stderr);
  assert.equal(JSON.parse(stdout).data[0].messages, 1);
  const { length } = message("m1");
  assert.equal(stderr, `warning: june.ndjson has grown while it was read: the first ${length} bytes were read\n`);
});

test("a file of a file system without sizes is read", async () => {
  const { status, stderr } = await usage(["check", "daily", "/proc/self/status"], { cwd });
  assert.deepEqual([status, stderr], [1, ""]);
});
