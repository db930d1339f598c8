/** Collects by the command from the vendor of tests/support, and looks at the files that it writes. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after } from "node:test";
import { serveVendor } from "../../support/collect-http.mjs";
import { byId, makeAccount, makeVendor, recordsOf, TOKEN } from "../../support/collect-vendor.mjs";
import { script } from "./command.mjs";

export { makeAccount, TOKEN } from "../../support/collect-vendor.mjs";

/** The window of the vendor's records, as options and as a query. */
export const PERIOD = ["--period", "month", "--now", "2025-06-15T12:00:00Z", "--tz", "UTC"];
export const QUERY = { period: "month", now: "2025-06-15T12:00:00Z", tz: "UTC" };

/** The environment with the key of the API. */
export const KEY = { AGENTPHONE_API_KEY: TOKEN, NO_COLOR: "1" };

/** Serves an account until the tests of the file have ended. */
export async function serve({ account = makeAccount(1), manners = {}, instead } = {}) {
  const vendor = makeVendor(account, manners);
  const { url, stop } = await serveVendor(vendor, instead);
  after(stop);
  return { account, vendor, url };
}

/** The arguments that collect into `june.ndjson`. */
export const into = (url, ...more) => ["collect", "--out", "june.ndjson", ...PERIOD, "--base-url", url, ...more];

/** Starts the command. `ended` gives `{status, signal, stdout, stderr}`. */
export function start(args, { cwd, env = KEY, program = [process.execPath, script] }) {
  const [file, ...before] = program;
  const child = spawn(file, [...before, ...args], { cwd, env: { ...process.env, NODE_OPTIONS: "", ...env } });
  const outputs = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"]) {
    child[name].setEncoding("utf8").on("data", (text) => {
      outputs[name] += text;
    });
  }
  const ended = once(child, "close").then(([status, signal]) => ({ status, signal, ...outputs }));
  return { child, ended };
}

/** The records of a file. Asserts that no line of it is cut. */
export function recordsIn(path) {
  const text = readFileSync(path, "utf8");
  assert.ok(text === "" || text.endsWith("\n"), `the last line is cut: ${text.slice(-80)}`);
  return text.split("\n").slice(0, -1).map(JSON.parse);
}

/** Asserts that a file has the records of the account's window, and none twice. */
export function assertHolds(path, account, calls = account.calls) {
  const records = recordsIn(path);
  const there = recordsOf(account, calls);
  const isCall = (record) => "startedAt" in record;
  assert.deepEqual([...byId(records.filter(isCall))], [...there.calls]);
  assert.deepEqual([...byId(records.filter((record) => !isCall(record)))], [...there.messages]);
  assert.equal(records.length, there.calls.size + there.messages.size, "a record is there twice");
}

/**
 * Asserts what must hold at every moment, whatever ended the command: the state does not tell of more than the file has, and all
 * that it tells of are whole lines.
 */
export function assertBehind(cwd) {
  const path = join(cwd, "june.ndjson");
  if (!existsSync(`${path}.state`)) return;
  const { length, lines } = JSON.parse(readFileSync(`${path}.state`, "utf8"));
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  assert.ok(length <= bytes.length, `the state tells of ${length} bytes, and the file has ${bytes.length}`);
  const covered = bytes.subarray(0, length).toString().split("\n");
  assert.equal(covered.pop(), "");
  assert.equal(covered.map(JSON.parse).length, lines);
}

/** A clock that shows this time when the command begins, as an option of Node. */
export function at(time) {
  return loaded(`const { now } = Date, late = now() - Date.parse("${time}"); Date.now = () => now() - late;`);
}

/** Sends to another server what is meant for the vendor's, as an option of Node. */
export function redirected(url) {
  return loaded(
    `const own = fetch; globalThis.fetch = (to, init) => own(to.replace("https://api.agentphone.ai", "${url}"), init);`,
  );
}

/** Makes pauses of up to 20 seconds take no time, as an option of Node. */
export const withoutPauses = () =>
  loaded(
    "const own = setTimeout; globalThis.setTimeout = (run, ms, ...more) => own(run, ms > 20000 ? ms : 0, ...more);",
  );

/** Code that Node runs before the command. */
const loaded = (source) => `--import=data:text/javascript,${encodeURIComponent(source)}`;
