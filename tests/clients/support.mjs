/** Helpers of these tests: they start FastAPI and Workers, run Python programs, and send requests unchanged. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startPython } from "../support/python.mjs";
import { startService } from "../workerd/service-support.mjs";
import { startWorker, TOKEN } from "../workerd/support.mjs";
import { ACCOUNT, DIRECTORY, NOW, RECORDS } from "./records.mjs";

export { OTHER_TOKEN, startWorker, TOKEN } from "../workerd/support.mjs";

export const PATHS = {
  "by-agent": "/v1/usage/by-agent",
  usage: "/v1/usage",
  daily: "/v1/usage/daily",
  monthly: "/v1/usage/monthly",
  "by-number": "/v1/usage/by-number",
};

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/**
 * Starts a Python program of this folder that serves on a free port. The result also has what else
 * the program says first.
 */
export async function startServer(args) {
  const child = await startPython(args, { cwd: here(".") });
  const ended = once(child, "close");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { value: line, done } = await lines.next();
  assert.ok(!done, `${args[0]} did not start`);
  const { port, ...said } = JSON.parse(line);
  return {
    base: new URL(`http://127.0.0.1:${port}`),
    ...said,
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}

/** Starts `upstream.py`. `now` is the time of its clock. */
export const startFastApi = () => startServer([here("upstream.py"), TOKEN]);

/** Sends one `GET` of `path` to `base`. Unlike `fetch`, it does not change unusual characters in the path. */
export async function ask(base, path, { token = TOKEN } = {}) {
  const headers = { accept: "application/json", authorization: `Bearer ${token}` };
  const { hostname, port } = base;
  const sent = request({ hostname, port, path, headers }).end();
  const [response] = await once(sent, "response");
  const bytes = Buffer.concat(await response.toArray());
  return { status: response.statusCode, headers: response.headers, bytes, json: () => JSON.parse(bytes.toString()) };
}

/** Runs a Python program of this folder. Its input is `input` as JSON, and its output is JSON. */
export async function runPython(script, input) {
  const child = await startPython([here(script)]);
  const ended = once(child, "close");
  child.stdin.end(JSON.stringify(input));
  const said = Buffer.concat(await child.stdout.toArray());
  const [status] = await ended;
  assert.equal(status, 0, `${script} ended with ${status}`);
  return JSON.parse(said.toString());
}

/** Starts a Worker that computes from the records of `records.mjs`. */
export function startComputing({ vars, objects } = {}) {
  return startWorker({
    vars: { API_TOKENS: TOKEN, NOW, ...vars },
    objects: {
      "records.ndjson": RECORDS.map((record) => JSON.stringify(record)).join("\n"),
      "agents.json": JSON.stringify(DIRECTORY),
      "account.json": JSON.stringify(ACCOUNT),
      ...objects,
    },
  });
}

/**
 * Starts the durable service, which gets the records of `records.mjs`: some of the messages are delivered, and everything is added from
 * a file, so that some records come both ways.
 */
export async function startServing() {
  const service = await startService();
  try {
    await service.switch({ frozenMs: Date.parse(NOW) });
    const { secret, token } = await service.account("acme", { account: ACCOUNT, agents: DIRECTORY });
    const webhooks = RECORDS.filter(({ event }) => event !== undefined).slice(0, 200);
    for (const event of webhooks) {
      const delivered = await service.deliver("acme", event, { secret, timestamp: Date.parse(NOW) / 1000 });
      assert.equal(delivered.status, 200, delivered.text);
    }
    const writer = (await service.admin("POST", "/v1/admin/accounts/acme/tokens", { access: "write" })).json();
    const body = RECORDS.map((record) => JSON.stringify(record)).join("\n");
    const added = await service.request("/v1/records", { method: "POST", token: writer.token, body });
    assert.equal(added.status, 200, added.text);
    return { base: service.base, token, stop: service.stop };
  } catch (error) {
    await service.stop();
    throw error;
  }
}

/** Starts a Worker in front of another server. */
export function startProxying(base) {
  return startWorker({ vars: { UPSTREAM_BASE_URL: base.origin, UPSTREAM_RETRIES: "0" } });
}

/**
 * Runs schemathesis with the document that a Worker serves, and with its token if it has another one. `said` is its output. `counts` contains the numbers of responses by
 * status and of passed checks, for each endpoint: {"GET /v1/usage": {"GET 200": 9, "not_a_server_error": 13, …}, …}.
 */
export async function schemathesis(worker, options) {
  const folder = mkdtempSync(join(tmpdir(), "schemathesis-")); // schemathesis leaves folders where it runs
  try {
    const report = join(folder, "report.ndjson");
    const args = ["-m", "schemathesis.cli", "--no-color", "--config-file", here("schemathesis.toml"), "run"];
    const { base, token = TOKEN } = worker;
    args.push(new URL("/openapi.json", base).href, "--header", `Authorization: Bearer ${token}`);
    args.push("--report", "ndjson", "--report-ndjson-path", report, ...options);
    const env = { SCHEMATHESIS_HOOKS: here("schemathesis_hooks.py") };
    const child = await startPython(args, { cwd: folder, env });
    const ended = once(child, "close");
    const said = Buffer.concat(await child.stdout.toArray()).toString();
    const [status] = await ended;
    return { ok: status === 0, said, counts: countsIn(readFileSync(report, "utf8")) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function countsIn(report) {
  const counts = {};
  for (const line of report.trim().split("\n")) {
    const { label, interactions, checks } = JSON.parse(line).ScenarioFinished?.recorder ?? {};
    if (!interactions || !checks) continue;
    counts[label] ??= {};
    const count = (what) => {
      counts[label][what] = (counts[label][what] ?? 0) + 1;
    };
    for (const { request, response } of Object.values(interactions))
      count(`${request.method} ${response?.status_code}`);
    for (const { name, status } of Object.values(checks).flat()) if (status === "success") count(name);
  }
  return counts;
}
