// Installs the npm packages of package-lock.json.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Failed, Missing, quietly, root, step } from "./run.mjs";

export async function npmPackages() {
  if (upToDate()) return;
  try {
    await step("npm packages: npm ci, about 225 MB of downloads", () =>
      quietly("npm", ["ci", "--no-audit", "--no-fund"]),
    );
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    throw new Missing("The npm packages are missing. Run `npm ci`, then run this again.");
  }
}

/** Compares package-lock.json with npm's list of installed packages in node_modules. Dates are not compared. */
function upToDate() {
  const installed = read("node_modules/.package-lock.json");
  if (!installed) return false;
  return Object.entries(read("package-lock.json")).every(([path, { version, link, optional }]) => {
    if (path === "" || !path.startsWith("node_modules/")) return true; // the project's packages
    if (link) return existsSync(join(root, path));
    const got = installed[path];
    return got ? got.version === version && existsSync(join(root, path)) : optional; // optional packages may be for other machines
  });
}

function read(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), "utf8")).packages;
  } catch {
    return undefined;
  }
}
