// `npm start`: serves the page and the Worker with sample records on this machine.

import { createServer } from "node:net";
import { buildAll } from "./build/all.mjs";
import { plainSample } from "./generate/plain.mjs";
import { BUILD, setUp } from "./setup/all.mjs";
import { fail, Missing, root, step } from "./setup/run.mjs";

const HOST = "127.0.0.1";
const PORT = Number(process.env.PORT || 8787);
const TOKEN = "demo-token"; // gives access only to the sample on this machine
const RECORDS = 100_000;

try {
  await checkPort(); // first, because the build takes long
  await buildAll(await setUp(BUILD));
  const sample = await step(`Sample of ${RECORDS.toLocaleString("en")} records`, generate);
  const server = await step("Worker and page on workerd", () => serve(sample));
  greet();
  endOnSignal(server);
} catch (error) {
  fail(error);
}

async function checkPort() {
  if (!(PORT > 0 && PORT < 65536))
    throw new Missing("PORT is not the number of a port. `PORT=8788 npm start` is right.");
  const probe = createServer();
  const problem = await new Promise((resolve) => {
    probe.once("error", (error) => resolve(error.code));
    probe.listen(PORT, HOST, () => resolve(undefined));
  });
  if (problem) {
    throw new Missing(`Port ${PORT} can't be used (${problem}). Run \`PORT=8788 npm start\`, or end what uses it.`);
  }
  await new Promise((resolve) => probe.close(resolve));
}

/** Makes records up to the current time, so that the current month always has some. */
function generate() {
  const { lines, agents, account } = plainSample({
    records: RECORDS,
    seed: 1,
    start: "2024-01-01T00:00:00Z",
    end: new Date().toISOString(),
  });
  return {
    "records.ndjson": [...lines].join(""),
    "agents.json": JSON.stringify(agents),
    "account.json": JSON.stringify(account),
  };
}

async function serve(sample) {
  // Imported here, because npm's packages and the build may be missing when this file loads.
  const { Miniflare, Log, LogLevel } = await import("miniflare");
  const { miniflareOptions } = await import("../worker/dev/miniflare-options.mjs");
  const server = new Miniflare({
    ...miniflareOptions({ root, vars: { API_TOKENS: TOKEN }, port: PORT }),
    host: HOST,
    cf: false, // otherwise Miniflare fetches the request's location, which is not used here
    log: new Log(LogLevel.WARN),
  });
  const bucket = await server.getR2Bucket("RECORDS");
  for (const [name, text] of Object.entries(sample)) await bucket.put(name, text);
  await server.ready;
  return server;
}

function greet() {
  const address = `http://localhost:${PORT}`;
  const ask = (path) => `curl -H 'Authorization: Bearer ${TOKEN}' '${address}${path}'`;
  console.log(`
The page:    ${address}
The answers: ${ask("/v1/usage/by-agent?period=month&tz=America/New_York")}
             ${ask("/v1/usage/daily?days=7")}
             ${ask("/v1/usage")}
Described:   ${address}/openapi.json
Ctrl-C ends it.`);
}

function endOnSignal(server) {
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, async () => {
      await server.dispose();
      process.exit(0);
    });
  }
}
