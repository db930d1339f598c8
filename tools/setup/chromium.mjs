// Finds a Chromium (or Chrome) and its ChromeDriver, for the tests that run in a browser.

import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { ask, Failed, isRoot, Missing, quietly, step, which } from "./run.mjs";

const MAC_APPS = ["Google Chrome", "Chromium"].flatMap((app) =>
  ["/Applications", join(homedir(), "Applications")].map((folder) => `${folder}/${app}.app/Contents/MacOS/${app}`),
);

/** Returns the paths of both programs. Installs them if that is possible without asking the user. */
export async function chromium() {
  if (!find() && existsSync("/etc/debian_version") && which("apt-get") && isRoot()) {
    try {
      await step("Chromium and ChromeDriver: apt-get install", install);
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
    }
  }
  const found = find();
  if (!found) {
    throw new Missing(
      "Chromium (or Chrome) with its chromedriver not found. Install both (Debian: `apt-get install chromium chromium-driver`; " +
        "macOS: `brew install --cask google-chrome chromedriver`) or name them in CHROMIUM and CHROMEDRIVER, then run this again.",
    );
  }
  const [browser, driver] = [found.chromium, found.chromedriver].map(
    (path) => /\d+/.exec(ask(path, ["--version"]).out)?.[0],
  );
  if (!browser || browser !== driver) {
    throw new Missing(
      `${found.chromium} is version ${browser} and ${found.chromedriver} is version ${driver}: install the same version of both, then run this again.`,
    );
  }
  return found;
}

function find() {
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
  const browser = process.env.CHROMIUM || first(names) || MAC_APPS.find(existsSync);
  // Hosted CI machines set CHROMEWEBDRIVER to the folder.
  const driver =
    process.env.CHROMEDRIVER ||
    first(["chromedriver"], [process.env.CHROMEWEBDRIVER, "/usr/lib/chromium", "/usr/lib/chromium-browser"]);
  return browser && driver ? { chromium: browser, chromedriver: driver } : undefined;
}

function first(names, folders = []) {
  for (const name of names) {
    const path = which(name, folders.filter(Boolean));
    if (path) return path;
  }
  return undefined;
}

async function install() {
  await quietly("apt-get", ["update"]);
  const noQuestions = { DEBIAN_FRONTEND: "noninteractive" };
  await quietly("apt-get", ["install", "-y", "--no-install-recommends", "chromium", "chromium-driver"], {
    env: noQuestions,
  });
}
