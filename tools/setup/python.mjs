// A Python with the packages that the tests take from PyPI, in an environment of its own.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { ask, Failed, isRoot, Missing, quietly, root, step, which } from "./run.mjs";

const MINOR = 11; // of Python 3: the oldest that FastAPI and schemathesis run on
const REQUIREMENTS = join(root, "tests", "clients", "requirements.txt");
const CURE = "Install it with its venv module (Debian: `apt-get install python3-venv`), then run this again.";

/** Returns the path of the environment's Python; makes the environment when there is none of these packages yet. */
export async function python() {
  const found = find() ?? (await install());
  if (!found) throw new Missing(`Python 3.${MINOR} or newer with venv and pip not found. ${CURE}`);

  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const key = createHash("sha256").update(found.version).update(readFileSync(REQUIREMENTS)).digest("hex").slice(0, 12);
  const home = join(cache, "usage-by-agent", `python-${key}`);
  if (!existsSync(interpreter(home)))
    await step("Python packages: pip install, half a minute", () => make(found.path, home));
  return interpreter(home);
}

const interpreter = (home) => join(home, "bin", "python");

/** The first that is new enough and can make an environment; Debian has the half that can in a package of its own. */
function find() {
  const probe = `import sys, venv, ensurepip; print(sys.version); sys.exit(sys.version_info < (3, ${MINOR}))`;
  for (const name of ["python3", "python"]) {
    const path = which(name);
    const { ok, out } = path ? ask(path, ["-c", probe]) : {};
    if (ok) return { path, version: `${path} ${out}` };
  }
  return undefined;
}

/** Under another name at first, so that what was left half done isn't taken for done. */
async function make(path, home) {
  const coming = `${home}.${process.pid}`;
  mkdirSync(dirname(home), { recursive: true });
  try {
    await quietly(path, ["-m", "venv", coming]);
    // No script of its bin/ is ever used, only `python -m`: they would name the folder that it is still called.
    const env = { PIP_DISABLE_PIP_VERSION_CHECK: "1", PIP_USER: "0", PIP_REQUIRE_VIRTUALENV: "0" };
    await quietly(interpreter(coming), ["-m", "pip", "install", "--quiet", "--requirement", REQUIREMENTS], { env });
    if (existsSync(interpreter(home))) return; // another run was faster
    rmSync(home, { recursive: true, force: true });
    renameSync(coming, home);
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    throw new Missing(
      `The Python packages of tests/clients/requirements.txt are missing: \`python3 -m venv\` and PyPI (or a mirror) are needed. ${CURE}`,
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
