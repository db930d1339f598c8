// Runs a test command, shows its output, and keeps the output for counting.

import { spawn } from "node:child_process";
import { stripVTControlCharacters } from "node:util";
import { Failed, root } from "../setup/run.mjs";
import { say } from "./output.mjs";

// The time limit of a command, so that a hanging test does not hang the run. Every command takes less than half of it, also beside another.
const LIMIT_MINUTES = 20;

/** Returns `{ ok, out }`; throws `Failed` when the command can't be started or takes far too long. */
export async function capture(command, args, { env, cwd = root } = {}) {
  const colours = process.stdout.isTTY ? { FORCE_COLOR: "1", CARGO_TERM_COLOR: "always" } : {};
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...colours, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // a process group, so that the time limit also ends the child processes
  });
  const stop = (signal) => {
    try {
      process.kill(-child.pid, signal);
    } catch {
      // the process has ended already
    }
  };
  const interrupted = () => {
    stop("SIGTERM");
    setImmediate(() => process.exit(130)); // after the commands that run beside this one were stopped, too
  };
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, interrupted);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    stop("SIGKILL");
  }, LIMIT_MINUTES * 60_000);

  const said = [];
  child.stdout.on("data", (data) => said.push(data) && say(data));
  child.stderr.on("data", (data) => said.push(data) && say(data, "stderr"));
  try {
    const status = await new Promise((resolve, reject) => {
      child.on("error", (error) => reject(new Failed(`${command}: ${error.message}`)));
      child.on("close", resolve);
    });
    if (late) throw new Failed(`\`${command}\` was ended after ${LIMIT_MINUTES} minutes.`);
    return { ok: status === 0, out: stripVTControlCharacters(Buffer.concat(said).toString()) };
  } finally {
    clearTimeout(timer);
    for (const signal of ["SIGINT", "SIGTERM"]) process.off(signal, interrupted);
  }
}
