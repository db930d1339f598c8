// Checks the dependencies: what cargo-deny and `npm audit` say of the lock files. `deny.toml` has the rules for Rust.
//
// The databases of security advisories are on the internet: RustSec's on GitHub, npm's at its registry. Where they can't be reached,
// this says so and checks the rest. With ADVISORIES=required, as in the project's workflows, it is then an error.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cargoDeny } from "../setup/cargo-deny.mjs";
import { ask, root } from "../setup/run.mjs";
import { wrongPackages } from "./npm-lock.mjs";

/** The workspaces that have lock files of their own. */
const CARGO = ["Cargo.toml", "tools/bindgen/Cargo.toml", "fuzz/Cargo.toml"];

/** What the programs say when a database can't be reached, or a mirror of the registry does not have it. */
const UNREACHABLE = {
  cargo: /failed to fetch advisory database/,
  npm: /audit endpoint returned an error|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENOAUDIT/,
};

const problems = [];
const unchecked = [];

function note(what, { ok, out, err }, unreachable) {
  if (ok) return;
  const said = `${out}\n${err}`.trim();
  if (unreachable?.test(said)) unchecked.push(what);
  else problems.push(`${what}:\n${said}`);
}

const deny = await cargoDeny();
const config = join(root, "deny.toml");
for (const manifest of CARGO) {
  const check = (...which) =>
    ask(deny, ["--manifest-path", join(root, manifest), "--config", config, "--locked", "check", ...which]);
  note(`licences and sources of ${manifest}`, check("bans", "licenses", "sources"));
  note(`advisories of ${manifest}`, check("advisories"), UNREACHABLE.cargo);
}

const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
problems.push(...wrongPackages(lock).map((wrong) => `package-lock.json: ${wrong}`));
// `npm run --silent` would make it silent, too, and its reason would be unknown.
note("npm audit", ask("npm", ["audit", "--audit-level=low", "--loglevel=warn"], { cwd: root }), UNREACHABLE.npm);

for (const what of unchecked) console.error(`NOT CHECKED, because the database can't be reached: ${what}`);
for (const problem of problems) console.error(problem);
const isMissing = unchecked.length > 0 && process.env.ADVISORIES === "required";
process.exitCode = problems.length > 0 || isMissing ? 1 : 0;
