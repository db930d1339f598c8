/** The command of the packed package, as users run it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installed, run } from "../../support/packed.mjs";

/** The script. */
export const script = join(installed, "dist/command.js");

/** June 2024 in a zone, as options. */
export const JUNE = ["--period", "month", "--now", "2024-06-15T12:00:00Z", "--tz", "America/New_York"];

/** What every run has: a zone that is not UTC, and colours that depend on the terminal alone. */
export const ENVIRONMENT = { TZ: "Asia/Kathmandu", TERM: "xterm", NO_COLOR: "", FORCE_COLOR: undefined, CI: "" };

/** Runs the command, and returns its exit code and its outputs. */
export function usage(args, { env, ...options } = {}) {
  return run(process.execPath, [script, ...args], { ...options, env: { ...ENVIRONMENT, ...env } });
}

/** Runs the command in a terminal. `stdout` is all that the terminal gets, with `\n` as the end of a line. */
export async function inTerminal(args, { columns = 80, env, program = [process.execPath, script], ...options } = {}) {
  const helper = fileURLToPath(new URL("terminal.py", import.meta.url));
  const result = await run("python3", [helper, String(columns), ...program, ...args], {
    ...options,
    env: { ...ENVIRONMENT, ...env },
  });
  return { ...result, stdout: result.stdout.replaceAll("\r\n", "\n") };
}

/** Runs the command. Returns its standard output if it ends with 0. */
export async function outputOf(args, options) {
  const { status, stdout, stderr } = await usage(args, options);
  assert.equal(status, 0, stderr);
  return stdout;
}

/** Asserts that the command fails with one line on standard error, and writes nothing else. */
export async function assertFails(args, exit, words, options) {
  const { status, stdout, stderr } = await usage(args, options);
  assert.equal(status, exit, stderr);
  assert.equal(stdout, "");
  const lines = stderr.split("\n");
  assert.match(lines.at(-2), /^usage-by-agent: /);
  assert.equal(lines.at(-1), "");
  assert.equal(lines.length, 2, stderr);
  if (words instanceof RegExp) assert.match(lines[0], words);
  else assert.equal(lines[0], `usage-by-agent: ${words}`);
}

/** A message of June 2024, as a line of NDJSON. */
export const message = (id, more = {}) =>
  `${JSON.stringify({ id, receivedAt: "2024-06-10T12:00:00Z", agentId: "a1", agentName: "Support", ...more })}\n`;
