// `npm start -- records`: the Worker over sample records in a bucket.

import { plainSample } from "../generate/plain.mjs";
import { step } from "../setup/run.mjs";
import { askLine, startServer } from "./server.mjs";

const TOKEN = "demo-token"; // gives access only to the sample on this machine
const RECORDS = 100_000;

/** Starts it, and gives what to print and how to end it. */
export async function startRecords({ port }) {
  const sample = await step(`Sample of ${RECORDS.toLocaleString("en")} records`, generate);
  const server = await step("Worker and page on workerd", () => serve(sample, port));
  const address = `http://localhost:${port}`;
  const greeting = `
The page:    ${address}
The answers: ${askLine(address, TOKEN, "/v1/usage/by-agent?period=month&tz=America/New_York")}
             ${askLine(address, TOKEN, "/v1/usage/daily?days=7")}
             ${askLine(address, TOKEN, "/v1/usage")}
Described:   ${address}/openapi.json
Ctrl-C ends it.`;
  return { greeting, stop: () => server.dispose() };
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

async function serve(sample, port) {
  const server = await startServer({ mode: "records", vars: { API_TOKENS: TOKEN }, port });
  const bucket = await server.getR2Bucket("RECORDS");
  for (const [name, text] of Object.entries(sample)) await bucket.put(name, text);
  return server;
}
