// `npm run schemathesis -- [MINUTES]`: sends random requests until the time is over. `npm test` sends a fixed set of requests.

import { buildAll } from "./build/all.mjs";
import { BUILD, setUp } from "./setup/all.mjs";
import { fail, Missing, step } from "./setup/run.mjs";

async function main() {
  const minutes = Number(process.argv[2] ?? 10);
  if (!(minutes > 0)) throw new Missing("Usage: npm run schemathesis -- [MINUTES]");
  await buildAll(await setUp([...BUILD, "python"]));
  // Imported here, because npm's packages and the build may be missing when this file loads.
  const { schemathesis, startComputing } = await import("../tests/clients/support.mjs");
  const worker = await startComputing();
  const { ok, said, counts } = await step(`schemathesis: ${minutes} minutes`, () =>
    schemathesis(worker, ["--max-time", String(Math.ceil(minutes * 60))]),
  );
  await worker.stop();
  console.log(said);
  const kinds = [...new Set(Object.values(counts).flatMap(Object.keys))];
  const row = (kind) => Object.entries(counts).map(([endpoint, seen]) => [endpoint.split("/").at(-1), seen[kind] ?? 0]);
  console.table(Object.fromEntries(kinds.map((kind) => [kind, Object.fromEntries(row(kind))])));
  process.exitCode = ok ? 0 : 1;
}

main().catch(fail);
