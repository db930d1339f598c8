// `npm test`: sets up, builds, runs every suite and prints one table.
// `npm test -- rust node` runs only the named suites, and sets up only what they need.

import { buildAll } from "./build/all.mjs";
import { BUILD, setUp } from "./setup/all.mjs";
import { Failed, fail, Missing } from "./setup/run.mjs";
import { suites } from "./test/suites.mjs";
import { printTable } from "./test/table.mjs";

const BROKEN = { passed: 0, failed: 1, skipped: 0 };

try {
  const chosen = choose(process.argv.slice(2));
  const isBuilt = chosen.some((suite) => suite.needs.includes("build"));
  const tools = await setUp([...(isBuilt ? BUILD : []), ...chosen.flatMap((suite) => suite.needs)]);

  const rows = [];
  if (isBuilt) rows.push(await timed({ name: "build", run: build }, tools));
  const buildFailed = rows.some((row) => row.failed > 0);
  for (const suite of chosen) {
    // A suite that can't run counts as failed, because nothing was tested.
    if (buildFailed && suite.needs.includes("build"))
      rows.push({ name: suite.name, ...BROKEN, seconds: 0, note: "not run, the build failed" });
    else rows.push(await timed(suite, tools));
  }
  process.exitCode = printTable(rows) > 0 ? 1 : 0;
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
async function timed(suite, tools) {
  console.log(`\n━━ ${suite.name} ${"━".repeat(Math.max(0, 70 - suite.name.length))}\n`);
  const start = performance.now();
  let result;
  try {
    result = await suite.run(tools);
  } catch (error) {
    console.error(error instanceof Failed ? error.message : error);
    result = { ...BROKEN, note: "did not run to its end" };
  }
  return { name: suite.name, ...result, seconds: (performance.now() - start) / 1000 };
}
