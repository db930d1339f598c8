/** `collect` is ended anywhere: killed, interrupted, by a full disk. It goes on, no line is cut, and nothing is lost or told twice. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { Random } from "../../tools/generate/random.mjs";
import { run, write } from "../support/packed.mjs";
import {
  assertBehind,
  assertHolds,
  into,
  KEY,
  makeAccount,
  PERIOD,
  recordsIn,
  serve,
  start,
} from "./support/collecting.mjs";
import { assertFails, inTerminal, script, usage } from "./support/command.mjs";

const env = KEY;
const AGAIN = "run the command again to go on";

/** Waits for something that happens while the command runs. A command that has ended would never let it happen. */
async function whileRunning(happens, ended) {
  const early = ended.then(({ status, stderr }) => assert.fail(`it ended before, with ${status}: ${stderr}`));
  await Promise.race([happens, early]);
  early.catch(() => {}); // it ends later, as it should
}

/** Waits until the command has begun its n-th request, and gives what ends the wait for the answer. */
function gate() {
  let left = Number.POSITIVE_INFINITY;
  let reached = () => {};
  let release = () => {};
  return {
    /** For `serve`: the n-th request from now on has no answer until it is released. */
    instead: () => {
      left -= 1;
      if (left !== 0) return undefined;
      reached();
      return new Promise((resolve) => {
        release = () => resolve(undefined);
      });
    },
    after(n) {
      left = n;
      return new Promise((resolve) => {
        reached = resolve;
      });
    },
    open: () => release(),
  };
}

for (const [seed, manners] of [{}, { order: "mixed", unfinished: 9 }, { order: "rises", side: "oldest" }].entries()) {
  test(`killed again and again until it is complete: ${JSON.stringify(manners)}`, async () => {
    const random = new Random(seed, 81);
    let left = 0;
    let child;
    const instead = () => {
      left -= 1;
      if (left === 0) child.kill("SIGKILL");
    };
    const { account, url } = await serve({ account: makeAccount(20 + seed), manners, instead });
    const cwd = write({});
    let kills = 0;
    for (;;) {
      // The moment is a request, or a change of a file in the folder: writing, renaming, removing.
      const [requests, changes] = random.chance(0.3) ? [3 + random.below(12), 0] : [0, 2 + random.below(40)];
      left = requests;
      const running = start(into(url), { cwd });
      child = running.child;
      let seen = 0;
      const watcher = watch(cwd, () => {
        seen += 1;
        if (seen === changes) child.kill("SIGKILL");
      });
      const { status, signal, stderr } = await running.ended;
      watcher.close();
      assertBehind(cwd);
      if (signal === null) {
        assert.equal(status, 0, stderr);
        break;
      }
      assert.equal(signal, "SIGKILL");
      kills += 1;
    }
    assert.ok(kills >= 5, `it was killed ${kills} times`);
    assertHolds(join(cwd, "june.ndjson"), account);
    assert.deepEqual(readdirSync(cwd).sort(), ["june.ndjson", "june.ndjson.agents.json", "june.ndjson.state"]);
  });
}

for (const [name, exit] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
]) {
  test(`${name} ends it at once, keeps what it has, and it goes on`, async () => {
    const { instead, after } = gate();
    const { account, url, vendor } = await serve({ account: makeAccount(30), instead });
    const cwd = write({});
    for (const requests of [5, 9, 20]) {
      const reached = after(requests);
      const { child, ended } = start(into(url), { cwd });
      await whileRunning(reached, ended);
      child.kill(name); // there is no answer to the request, so it ends although it waits
      const { status, signal, stdout, stderr } = await ended;
      assert.deepEqual([status, signal, stdout], [exit, null, ""]);
      assertBehind(cwd);
      const lines = existsSync(join(cwd, "june.ndjson")) ? recordsIn(join(cwd, "june.ndjson")).length : 0;
      assert.ok(lines > 0);
      assert.equal(
        stderr.trimEnd().split("\n").at(-1),
        `note: interrupted: june.ndjson has ${lines} records; ${AGAIN}`,
      );
    }
    const before = vendor.requests.length;
    const { status } = await usage(into(url), { cwd, env });
    assert.equal(status, 0);
    assertHolds(join(cwd, "june.ndjson"), account);
    const whole = write({});
    const asked = vendor.requests.length;
    await usage(into(url), { cwd: whole, env });
    assert.ok(asked - before < vendor.requests.length - asked, "it did not begin again");
  });
}

test("in an account with more calls than a state can name, no line is told twice", async () => {
  for (const order of ["falls", "mixed"]) {
    const { instead, after } = gate();
    const { account, url } = await serve({
      account: makeAccount(36, { calls: 9000, conversations: 5 }),
      manners: { order },
      instead,
    });
    const cwd = write({});
    for (const [requests, signal] of [
      [50, "SIGKILL"],
      [20, "SIGINT"],
    ]) {
      const reached = after(requests);
      const { child, ended } = start(into(url), { cwd });
      await whileRunning(reached, ended);
      child.kill(signal);
      await ended;
      assertBehind(cwd);
    }
    const { lines } = JSON.parse(readFileSync(join(cwd, "june.ndjson.state"), "utf8"));
    assert.ok(lines > 1000, `${lines} lines`);
    assert.equal((await usage(into(url), { cwd, env })).status, 0);
    assertHolds(join(cwd, "june.ndjson"), account);
  }
});

test("Ctrl-C before there is anything leaves nothing", async () => {
  const { instead, after } = gate();
  const { url } = await serve({ instead });
  const cwd = write({});
  const reached = after(1);
  const { child, ended } = start(into(url), { cwd });
  await whileRunning(reached, ended);
  child.kill("SIGINT");
  const { status, stderr } = await ended;
  assert.deepEqual([status, stderr, readdirSync(cwd)], [130, "note: interrupted: nothing was collected\n", []]);
});

test("Ctrl-C in a terminal: the shell sees 130", async () => {
  const cwd = write({});
  const pipe = join(cwd, "pipe");
  execFileSync("mkfifo", [pipe]);
  let requests = 0;
  const { url } = await serve({
    // Ctrl-C is typed when the pipe is opened, which is in the middle of the collection.
    instead: async () => {
      requests += 1;
      if (requests !== 12) return;
      await (await open(pipe, "r")).close();
      await new Promise(() => {});
    },
  });
  const line = `trap : INT; "$0" "$1" ${into(url).join(" ")}; echo "status $?"`;
  const program = ["bash", "-c", line, process.execPath, script];
  const { stdout } = await inTerminal([], { program, cwd, columns: 120, env: { ...env, INTERRUPT: pipe } });
  const { length } = recordsIn(join(cwd, "june.ndjson"));
  const [, last] = stdout.split("\r\u001b[K").slice(-2);
  assert.equal(last, `note: interrupted: june.ndjson has ${length} records; ${AGAIN}\nstatus 130\n`);
});

test("a vendor that is not reached in the middle: what was collected is kept", async () => {
  let left = 12;
  const instead = () =>
    left-- > 0 ? undefined : Response.json({}, { status: 429, headers: { "retry-after": "3600" } });
  const { account, url } = await serve({ account: makeAccount(31), instead });
  const cwd = write({});
  for (let runs = 1; ; runs++) {
    left = 12; // so many answers each time
    const { status, stderr } = await usage(into(url), { cwd, env });
    assertBehind(cwd);
    if (status === 0) {
      assert.ok(runs > 4);
      break;
    }
    assert.equal(status, 3);
    const lines = stderr.trimEnd().split("\n").slice(-2);
    assert.equal(lines[0], `note: june.ndjson has ${recordsIn(join(cwd, "june.ndjson")).length} records; ${AGAIN}`);
    assert.match(lines[1], /^usage-by-agent: GET \S+: too many requests .*; try again in 3600 seconds$/);
  }
  assertHolds(join(cwd, "june.ndjson"), account);
});

test("an answer that never gives a page is gone on with too", async () => {
  // Only calls of other months: many requests, and no record.
  const account = makeAccount(32, { calls: 3000, conversations: 0 });
  for (const call of account.calls) call.startedAt = call.startedAt.replace(/^2025-\d\d/, "2025-08");
  let left = 12;
  const instead = () => (left-- > 0 ? undefined : Response.json({}, { status: 403 }));
  const { url, vendor } = await serve({ account, manners: { order: "mixed" }, instead });
  const cwd = write({});
  for (let runs = 1; ; runs++) {
    left = 12;
    const { status } = await usage(into(url), { cwd, env });
    if (status === 0) break;
    assert.ok(runs < 20, `${vendor.requests.length} requests, and no end`);
  }
  assert.deepEqual(recordsIn(join(cwd, "june.ndjson")), []);
});

/** Runs the command with files of at most so many KiB. What is written beyond fails, as on a full disk. */
function withFilesOf(kibibytes, args, cwd) {
  const line = `trap '' XFSZ; ulimit -f ${kibibytes}; exec "$0" "$1" ${args.join(" ")}`;
  return run("bash", ["-c", line, process.execPath, script], { cwd, env });
}

test("a disk that is full anywhere: no line is cut, and it goes on when there is room", async () => {
  const { account, url } = await serve({ account: makeAccount(33) });
  const names = new Set();
  for (const steps of [
    [0, 1, 3, 7, 9],
    [10, 12, 20, 40],
    [5, 11, 11, 30, 61],
  ]) {
    const cwd = write({});
    for (const kibibytes of steps) {
      const { status, stdout, stderr } = await withFilesOf(kibibytes, into(url), cwd);
      assert.deepEqual([status, stdout], [3, ""], stderr);
      const [, name] = /usage-by-agent: (\S+) can't be written: file too large\n$/.exec(stderr) ?? assert.fail(stderr);
      names.add(name);
      assertBehind(cwd);
      if (existsSync(join(cwd, "june.ndjson"))) recordsIn(join(cwd, "june.ndjson"));
      assert.ok(!readdirSync(cwd).some((each) => /\.(lock|tmp)$/.test(each)));
    }
    assert.equal((await usage(into(url), { cwd, env })).status, 0);
    assertHolds(join(cwd, "june.ndjson"), account);
  }
  assert.deepEqual([...names].sort(), ["june.ndjson", "june.ndjson.state"]);
});

test("standard output that is full or closed", async () => {
  const { url, vendor } = await serve({ account: makeAccount(34, { conversations: 200 }) });
  const records = ["collect", "--out", "-", ...PERIOD, "--base-url", url].join(" ");
  const shell = (line) => run("bash", ["-c", line, process.execPath, script], { env });
  const full = await shell(`"$0" "$1" ${records} > /dev/full`);
  const words = "usage-by-agent: standard output can't be written: no space left on device\n";
  assert.deepEqual([full.status, full.stderr], [3, words]);
  await shell(`"$0" "$1" ${records} > /dev/null`);
  const all = vendor.requests.length;
  const { stdout, stderr } = await shell(`"$0" "$1" ${records} | head -n 2; echo "\${PIPESTATUS[0]}"`);
  const lines = stdout.trimEnd().split("\n");
  assert.deepEqual([stderr, lines.length, lines.at(-1)], ["", 3, "0"]);
  for (const line of lines.slice(0, 2)) JSON.parse(line);
  assert.ok(vendor.requests.length - all < all, "it did not list everything for nobody");
});

test("places that can't be written are named, and nothing is asked", async () => {
  const { url, vendor } = await serve();
  const cwd = write({ "taken/x": "", "a file": "" });
  const fails = (name, words) => {
    const args = into(url).map((arg) => (arg === "june.ndjson" ? name : arg));
    return assertFails(args, 3, words, { cwd, env });
  };
  await fails("taken", "taken can't be written: it is a folder; wanted a file");
  await fails("none/june.ndjson", "none/june.ndjson can't be written: its folder does not exist");
  await fails("a file/june.ndjson", "a file/june.ndjson can't be written: not a directory");
  const wanted = "wanted a file, or - for standard output";
  await fails("/dev/full", `/dev/full can't be written: it is not a regular file; ${wanted}`);
  mkdirSync(join(cwd, "june.ndjson.state"));
  await fails("june.ndjson", "june.ndjson.state can't be read: it is a folder; wanted a file");
  rmSync(join(cwd, "june.ndjson.state"), { recursive: true });
  // The administrator may write everywhere, so the command gives that right up.
  const isRoot = process.getuid() === 0;
  const limited = isRoot ? ["setpriv", "--inh-caps=-all", "--bounding-set=-all", process.execPath] : [process.execPath];
  const [file, ...args] = [...limited, script, ...into(url)];
  const folder = write({});
  execFileSync("chmod", ["555", folder]);
  const { status, stderr } = await run(file, args, { cwd: folder, env });
  execFileSync("chmod", ["755", folder]);
  const words = "usage-by-agent: june.ndjson can't be written: permission is denied\n";
  assert.deepEqual([status, stderr], [3, words]);
  const readOnly = write({ "june.ndjson": "" });
  execFileSync("chmod", ["444", join(readOnly, "june.ndjson")]);
  const second = await run(file, args, { cwd: readOnly, env });
  assert.deepEqual([second.status, second.stderr, readdirSync(readOnly)], [3, words, ["june.ndjson"]]);
  assert.equal(vendor.requests.length, 0);
});

test("two processes do not write one file", async () => {
  const { instead, after, open: release } = gate();
  const { account, url } = await serve({ account: makeAccount(35), instead });
  const cwd = write({});
  const reached = after(12);
  const { child, ended } = start(into(url), { cwd });
  await whileRunning(reached, ended);
  const got = `june.ndjson is being written by another process, whose number is ${child.pid}`;
  const wanted = "wait for it, or remove june.ndjson.lock if that is another program";
  await assertFails(into(url), 3, `${got}; ${wanted}`, { cwd, env });
  release();
  assert.equal((await ended).status, 0);
  assertHolds(join(cwd, "june.ndjson"), account);
});

test("the lock of a process that was killed does not keep others out", async () => {
  const { url } = await serve();
  const { child, ended } = start(["--version"], { cwd: write({}) });
  await ended;
  for (const lock of [`${child.pid}\n`, ""]) {
    const cwd = write({ "june.ndjson.lock": lock });
    assert.equal((await usage(into(url), { cwd, env })).status, 0);
    assert.ok(!existsSync(join(cwd, "june.ndjson.lock")));
  }
  const cwd = write({ "june.ndjson.lock": "mine" });
  await assertFails(into(url), 3, "june.ndjson.lock exists, and is not a lock; remove it", { cwd, env });
  assert.equal(readFileSync(join(cwd, "june.ndjson.lock"), "utf8"), "mine");
});

test("a file that another program changes meanwhile is not written any more", async () => {
  const { instead, after, open: release } = gate();
  const { url } = await serve({ instead });
  const cwd = write({});
  const path = join(cwd, "june.ndjson");
  const reached = after(12);
  const { ended } = start(into(url), { cwd });
  await whileRunning(reached, ended);
  const before = readFileSync(path, "utf8");
  writeFileSync(path, `${before}mine\n`);
  release();
  const { status, stderr } = await ended;
  assert.equal(status, 3);
  assert.match(
    stderr,
    /usage-by-agent: june\.ndjson can't be written: it has \d+ bytes instead of \d+, because another program changed it\n$/,
  );
  assert.ok(readFileSync(path, "utf8").endsWith("mine\n"));
});
