// `npm test`: sets up, builds, runs every suite and prints one table.
// `npm test -- rust node` runs only the named suites, and sets up only what they need.

import { inspect } from "node:util";
import { buildAll } from "./build/all.mjs";
import { BUILD, setUp } from "./setup/all.mjs";
import { Failed, fail, Missing } from "./setup/run.mjs";
import { asOnePiece, say } from "./test/output.mjs";
import { suites } from "./test/suites.mjs";
import { printTable } from "./test/table.mjs";

const BROKEN = { passed: 0, failed: 1, skipped: 0 };

try {
  const chosen = choose(process.argv.slice(2));
  const isBuilt = chosen.some((suite) => suite.needs.includes("build"));
  const tools = await setUp([...(isBuilt ? BUILD : []), ...chosen.flatMap((suite) => suite.needs)]);

  const rows = new Map(); // by the name of the suite
  const lane = async (name) => {
    for (const suite of chosen.filter((suite) => suite.lane === name)) {
      // A suite that can't run counts as failed, because nothing was tested.
      if (rows.get("build")?.failed > 0 && suite.needs.includes("build"))
        rows.set(suite.name, { name: suite.name, ...BROKEN, seconds: 0, note: "not run, the build failed" });
      else rows.set(suite.name, await timed(suite, tools));
    }
  };
  // The build starts first. So its output, which does not wait for others, is the first in turn.
  const afterBuild = async () => {
    if (isBuilt) rows.set("build", await timed({ name: "build", run: build }, tools));
    await lane("node");
  };
  const start = performance.now();
  await Promise.all([afterBuild(), lane("cargo")]);
  await lane("alone");
  const order = ["build", ...chosen.map(({ name }) => name)];
  const sorted = order.flatMap((name) => rows.get(name) ?? []);
  process.exitCode = printTable(sorted, (performance.now() - start) / 1000) > 0 ? 1 : 0;
} catch (error) {
  fail(error);
}

function choose(names) {
  const unknown = names.find((name) => !suites.some((suite) => suite.name === name));
  if (unknown)
    throw new Missing(`No suite is named ${unknown}. There are: ${suites.map((suite) => suite.name).join(", ")}.`);
  return names.length === 0 ? suites : suites.filter((suite) => names.includes(suite.name));
}

async function build(tools) {
  await buildAll(tools);
  return { passed: 1, failed: 0, skipped: 0 };
}

/** Runs one suite. An error in it counts as its failure, and the next suites run anyway. */
function timed(suite, tools) {
  return asOnePiece(async () => {
    say(`\n━━ ${suite.name} ${"━".repeat(Math.max(0, 70 - suite.name.length))}\n\n`);
    const start = performance.now();
    let result;
    try {
      result = await suite.run(tools);
    } catch (error) {
      say(`${error instanceof Failed ? error.message : inspect(error)}\n`, "stderr");
      result = { ...BROKEN, note: "did not run to its end" };
    }
    return { name: suite.name, ...result, seconds: (performance.now() - start) / 1000 };
  });
}
