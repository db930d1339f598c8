// Finds a Firefox and its driver, geckodriver, for the wasm-bindgen tests, which run in two browsers.

import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { Failed, isRoot, Missing, quietly, step, which } from "./run.mjs";

/** The version that is built where no geckodriver is installed. */
const GECKODRIVER = "0.36.0";

const MAC_APPS = ["/Applications", join(homedir(), "Applications")].map(
  (folder) => `${folder}/Firefox.app/Contents/MacOS/firefox`,
);

/** Returns the paths of both programs. Installs them if that is possible without asking the user. */
export async function firefox() {
  if (!browser() && existsSync("/etc/debian_version") && which("apt-get") && isRoot()) {
    await unlessFailed("Firefox: apt-get install", install);
  }
  if (!driver() && which("cargo")) {
    await unlessFailed(`geckodriver ${GECKODRIVER}: building it, about two minutes`, build);
  }
  const found = { firefox: browser(), geckodriver: driver() };
  if (found.firefox && found.geckodriver) return found;
  throw new Missing(
    "Firefox with its geckodriver not found. Install both (Debian: `apt-get install firefox-esr` and " +
      "`cargo install geckodriver`; macOS: `brew install --cask firefox` and `brew install geckodriver`) or name them in FIREFOX " +
      "and GECKODRIVER, then run this again.",
  );
}

function browser() {
  return process.env.FIREFOX || which("firefox") || which("firefox-esr") || MAC_APPS.find(existsSync);
}

function driver() {
  // Hosted CI machines set GECKOWEBDRIVER to the folder.
  const folders = [process.env.GECKOWEBDRIVER, join(home(), "bin")].filter(Boolean);
  return process.env.GECKODRIVER || which("geckodriver", folders);
}

function home() {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(cache, "usage-by-agent", `geckodriver-${GECKODRIVER}`);
}

async function unlessFailed(title, run) {
  try {
    await step(title, run);
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
  }
}

async function install() {
  await quietly("apt-get", ["update"]);
  const noQuestions = { DEBIAN_FRONTEND: "noninteractive" };
  await quietly("apt-get", ["install", "-y", "--no-install-recommends", "firefox-esr"], { env: noQuestions });
}

async function build() {
  mkdirSync(home(), { recursive: true });
  const place = ["--root", home(), "--force"];
  await quietly("cargo", ["install", "geckodriver", "--version", `=${GECKODRIVER}`, ...place], { cwd: home() });
}
