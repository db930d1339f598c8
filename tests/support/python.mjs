/** Python with the packages of tests/clients/requirements.txt. */
import { spawn } from "node:child_process";
import { python } from "../../tools/setup/python.mjs";

/** Starts `python ARGS`; what it says goes to a pipe, what it complains of is seen. */
export async function startPython(args, { cwd, env } = {}) {
  return spawn(await python(), ["-B", ...args], {
    // Without a path to search, zoneinfo takes PyPI's `tzdata` and never this machine's own tz database.
    env: { ...process.env, PYTHONTZPATH: "", ...env },
    cwd,
    stdio: ["pipe", "pipe", "inherit"],
  });
}
