// Writes the licences of the crates whose code is in the module, and of the npm packages whose code is in the command or in its page.
// The package has to carry them with it.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ask, Failed, root } from "../setup/run.mjs";

const TARGET = "wasm32-unknown-unknown";

/** What the compiler links without a crate of the lock file. */
const RUST = `## The Rust standard library

MIT OR Apache-2.0, https://github.com/rust-lang/rust. Copyright (c) The Rust Project Contributors`;

const DATA = `## The tz database

In the public domain, https://www.iana.org/time-zones.`;

/**
 * The text of the file of notices.
 *
 * @param bundled the folders of the npm packages whose code is in the command, and of those in its page, relative to the root
 */
export function notices({ command, page }) {
  const crates = linkedCrates();
  const parts = crates.map(({ name, version, license, repository, manifest_path }) => {
    const texts = licencesIn(dirname(manifest_path));
    return `## ${name} ${version}\n\n${license}, ${repository}\n\n${texts.join("\n\n")}`;
  });
  const head =
    "# Licences of what is linked into the module or bundled into the command and its page\n\n" +
    "Where a licence can be chosen, the MIT license is chosen.";
  return `${[head, RUST, DATA, ...parts, ...inPlace(command, "command"), ...inPlace(page, "page")].join("\n\n")}\n`;
}

const inPlace = (folders, place) => folders.map((folder) => noticeOfPackage(folder, place));

function noticeOfPackage(folder, where) {
  const { name, version, license, repository } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
  const texts = licencesIn(join(root, folder));
  if (texts.length === 0) throw new Failed(`${name} has no file with its licence`);
  const place = typeof repository === "string" ? `https://github.com/${repository}` : repository.url;
  return `## ${name} ${version} (npm, in the ${where})\n\n${license}, ${place}\n\n${texts.join("\n\n")}`;
}

/** The crates that the module is linked of: without macros, which run in the compiler alone, and without those for tests. */
function linkedCrates() {
  const tree = cargo("tree", "-e", "normal,no-proc-macro", "--target", TARGET, "--prefix", "none", "--format", "{p}");
  const linked = new Set(tree.split("\n").map((line) => line.split(" ").slice(0, 2).join(" ")));
  const { packages } = JSON.parse(cargo("metadata", "--format-version", "1", "--filter-platform", TARGET));
  const isLinked = ({ name, version }) => name !== "usage-by-agent" && linked.has(`${name} v${version}`);
  return packages.filter(isLinked).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function cargo(command, ...args) {
  const { ok, out, err } = ask("cargo", [command, "--locked", ...args], { cwd: root });
  if (!ok) throw new Failed(`cargo ${command}: ${err}`);
  return out;
}

/** The texts of a crate's licence: the MIT license if there is a choice. */
function licencesIn(folder) {
  const names = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name));
  const mit = names.filter((name) => /mit/i.test(name));
  return (mit.length > 0 ? mit : names).map((name) => readFileSync(join(folder, name), "utf8").trim());
}
