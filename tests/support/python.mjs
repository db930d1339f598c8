/** Starts Python with the packages of tests/clients/requirements.txt. */
import { spawn } from "node:child_process";
import { python } from "../../tools/setup/python.mjs";

/** Starts `python ARGS`. Its standard output is a pipe. Its standard error is this process's. */
export async function startPython(args, { cwd, env } = {}) {
  return spawn(await python(), ["-B", ...args], {
    // With an empty search path, zoneinfo uses PyPI's `tzdata` and never the tz database of this machine.
    env: { ...process.env, PYTHONTZPATH: "", ...env },
    cwd,
    stdio: ["pipe", "pipe", "inherit"],
  });
}
