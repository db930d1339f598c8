/** Python with the tz database of one release: its own zoneinfo, and PyPI's `tzdata`, fetched once. */
import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const SCRIPT = fileURLToPath(new URL("zones.py", import.meta.url));

/** What `zones.py` prints, line by line as it comes. */
export async function* zonesFromPython(tzdb, firstYear, yearAfterTheLast) {
  const python = await findPython();
  const folder = await tzdata(python, tzdb);
  // Without a path to search, zoneinfo takes the package and never this machine's own tz database.
  const env = { ...process.env, PYTHONTZPATH: "", PYTHONPATH: folder };
  const child = spawn(python, ["-B", SCRIPT, String(firstYear), String(yearAfterTheLast)], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => child.on("close", resolve));
  try {
    for await (const line of createInterface({ input: child.stdout })) yield JSON.parse(line);
    const status = await ended;
    if (status !== 0) throw new Error(`${python} ${SCRIPT} ended with ${status}`);
  } finally {
    child.kill(); // when it isn't read to its end
  }
}

async function findPython() {
  const isNewEnough = "import sys; sys.exit(sys.version_info < (3, 9))";
  for (const name of ["python3", "python"]) {
    const ok = await promisify(execFile)(name, ["-c", isNewEnough]).then(
      () => true,
      () => false,
    );
    if (ok) return name;
  }
  throw new Error("Python 3.9 or newer is needed, for its zoneinfo. Install it, then run this again.");
}

/** The folder with the `tzdata` of a release: 2026f is 2026.6 there. */
async function tzdata(python, tzdb) {
  const version = `${tzdb.slice(0, 4)}.${tzdb.charCodeAt(4) - 96}`;
  const folder = join(root, ".generated/tzdata", version);
  if (existsSync(folder)) return folder;
  // Under another name at first, so that what was left half done isn't taken for done.
  const coming = `${folder}.${process.pid}`;
  mkdirSync(dirname(folder), { recursive: true });
  try {
    const args = ["-m", "pip", "install", "--quiet", "--no-deps", "--target", coming, `tzdata==${version}`];
    const env = { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: "1", PIP_ROOT_USER_ACTION: "ignore", PIP_USER: "0" };
    await promisify(execFile)(python, args, { env });
    renameSync(coming, folder);
  } catch (error) {
    rmSync(coming, { recursive: true, force: true });
    const why = String(error.stderr || error.message).trim();
    throw new Error(
      `tzdata ${version} could not be had: \`${python} -m pip\` and PyPI (or a mirror) are needed.\n${why}`,
    );
  }
  return folder;
}
