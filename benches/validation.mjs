// Compares the check of a by-agent response from its bytes with `JSON.parse` and with common validators, in Node and in Deno.

import { createRequire } from "node:module";
import { ask } from "../tools/setup/run.mjs";
import { digits, inProcess, median, note, ratios, spread } from "./measure.mjs";

const SCRIPT = new URL("validation/contest.mjs", import.meta.url);
const ROUNDS = 31;

export async function validation() {
  const deno = createRequire(import.meta.url)("deno/install_api.cjs").runInstall();
  const version = ask(deno, ["--version"]).out.match(/[\d.]+/)?.[0];
  const flags = ["run", "--allow-all", "--no-remote", "--no-lock", "--quiet"];
  const runtimes = {
    [`Node ${process.versions.node}`]: {},
    [`Deno ${version}`]: { program: deno, flags, env: { DENO_NO_UPDATE_CHECK: "1" } },
  };
  const rows = [];
  for (const [runtime, how] of Object.entries(runtimes)) {
    for (const count of [1000, 10_000]) {
      note(`validation of ${count} rows: ${runtime}`);
      const { bytes, costs } = inProcess(SCRIPT, [String(count), String(ROUNDS)], how);
      const job = `a by-agent answer of ${digits(count)} rows (${digits(bytes / 1e3)} kB), checked from bytes, ${runtime}`;
      for (const [name, cost] of Object.entries(costs)) {
        if (name === "ours") continue;
        rows.push({
          job,
          against: name.startsWith("ours") || name.startsWith("JSON") ? name : `JSON.parse and ${name}`,
          ratio: `${spread(ratios(cost, costs.ours))} × as fast`,
          ours: `${digits(median(costs.ours))} µs`,
          theirs: `${digits(median(cost))} µs`,
        });
      }
    }
  }
  return {
    rows,
    notes: [
      "Ajv compiles the OpenAPI document that the package ships; none of the others looks for ids that come twice, or at bounds.",
    ],
  };
}
