// A Python environment with the packages that the tests need from PyPI.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, relative } from "node:path";
import { ask, Failed, isRoot, Missing, quietly, root, step, which } from "./run.mjs";

const MINOR = 11; // the oldest Python 3 that FastAPI and schemathesis support
const REQUIREMENTS = join(root, "tests", "clients", "requirements.txt");
const CURE = "Install it with its venv module (Debian: `apt-get install python3-venv`), then run this again.";

/**
 * Returns the path of the environment's Python. Makes the environment if there is none with these packages.
 *
 * @param requirements the list of packages
 */
export async function python(requirements = REQUIREMENTS) {
  const found = find() ?? (await install());
  if (!found) throw new Missing(`Python 3.${MINOR} or newer with venv and pip not found. ${CURE}`);

  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const key = createHash("sha256").update(found.version).update(readFileSync(requirements)).digest("hex").slice(0, 12);
  const home = join(cache, "usage-by-agent", `python-${key}`);
  if (!existsSync(interpreter(home)))
    await step("Python packages: pip install, half a minute", () => make(found.path, home, requirements));
  return interpreter(home);
}

const interpreter = (home) => join(home, "bin", "python");

/** The first Python that is new enough and can make environments. On Debian that needs a separate package. */
function find() {
  const probe = `import sys, venv, ensurepip; print(sys.version); sys.exit(sys.version_info < (3, ${MINOR}))`;
  for (const name of ["python3", "python"]) {
    const path = which(name);
    const { ok, out } = path ? ask(path, ["-c", probe]) : {};
    if (ok) return { path, version: `${path} ${out}` };
  }
  return undefined;
}

/** Makes the environment under another name first, so that an unfinished one is not used. */
async function make(path, home, requirements) {
  const coming = `${home}.${process.pid}`;
  mkdirSync(dirname(home), { recursive: true });
  try {
    await quietly(path, ["-m", "venv", coming]);
    // The scripts in bin/ contain the first name, so they are not used. `python -m` works.
    const env = { PIP_DISABLE_PIP_VERSION_CHECK: "1", PIP_USER: "0", PIP_REQUIRE_VIRTUALENV: "0" };
    await quietly(interpreter(coming), ["-m", "pip", "install", "--quiet", "--requirement", requirements], { env });
    if (existsSync(interpreter(home))) return; // another run has made it meanwhile
    rmSync(home, { recursive: true, force: true });
    renameSync(coming, home);
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    throw new Missing(
      `The Python packages of ${relative(root, requirements)} are missing: \`python3 -m venv\` and PyPI (or a mirror) are needed. ${CURE}`,
    );
  } finally {
    rmSync(coming, { recursive: true, force: true });
  }
}

async function install() {
  if (!existsSync("/etc/debian_version") || !which("apt-get") || !isRoot()) return undefined;
  const noQuestions = { DEBIAN_FRONTEND: "noninteractive" };
  try {
    await step("Python: apt-get install", async () => {
      await quietly("apt-get", ["update"]);
      const packages = ["python3", "python3-venv"];
      await quietly("apt-get", ["install", "-y", "--no-install-recommends", ...packages], { env: noQuestions });
    });
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
  }
  return find();
}
