/** Support for the tests of the Worker: the built Worker in workerd, and upstreams that misbehave on demand. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Log, LogLevel, Miniflare } from "miniflare";
import { compiled } from "../../tools/build/worker.mjs";
import { miniflareOptions } from "../../worker/dev/miniflare-options.mjs";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));
export const TOKEN = "tok_good-5f1c2e9a7b";
export const OTHER_TOKEN = "tok_evil-0d4b8c6e3a";
export const PATH = "/v1/usage/by-agent";

/** A valid upstream response of each other endpoint, with three days and six months. */
export const GOOD_ANSWERS = {
  "/v1/usage": {
    plan: { name: "Pro", colour: "blue" },
    numbers: { used: 1, limit: 2, remaining: 1 },
    stats: {
      totalMessages: 9,
      messagesLast24h: 1,
      messagesLast7d: 2,
      messagesLast30d: 3,
      totalCalls: 8,
      callsLast24h: 1,
      callsLast7d: 2,
      callsLast30d: 3,
      totalWebhookDeliveries: 7,
      successfulWebhookDeliveries: 6,
      failedWebhookDeliveries: 1,
    },
    periodStart: "2024-06-01T00:00:00Z",
    periodEnd: "2024-06-30T23:59:59Z",
  },
  "/v1/usage/daily": {
    data: ["13", "14", "15"].map((day) => ({ date: `2024-06-${day}`, messages: 1, calls: 2, webhooks: 3 })),
    days: 3,
  },
  "/v1/usage/monthly": {
    data: ["01", "02", "03", "04", "05", "06"].map((month) => ({
      month: `2024-${month}`,
      messages: 1,
      calls: 2,
      webhooks: 3,
    })),
    months: 6,
  },
  "/v1/usage/by-number": {
    data: [{ numberId: "n", phoneNumber: "+1", country: "US", status: "active", agentId: null, messages: 1, calls: 2 }],
  },
};

/**
 * The Worker on its own port. Its logs and responses are kept, and searched for tokens at the end. `mode` is that of `miniflareOptions`, and
 * `objects` are put into the bucket.
 */
export async function startWorker({ mode = "records", vars = {}, objects = {} } = {}) {
  const seen = [];
  const keep = (text) => seen.push(String(text));
  class KeptLog extends Log {
    log(message) {
      keep(message);
    }
  }
  const worker = new Miniflare({
    ...miniflareOptions({ root: ROOT, mode, vars }),
    log: new KeptLog(LogLevel.VERBOSE),
    handleRuntimeStdio(stdout, stderr) {
      stdout.on("data", keep);
      stderr.on("data", keep);
    },
  });
  const base = await worker.ready;
  const bucket = mode === "records" ? await worker.getR2Bucket("RECORDS") : undefined;
  // Copied, because a `Buffer` may be a part of a larger one, which Miniflare does not accept.
  const put = (key, value, options) =>
    bucket.put(key, typeof value === "string" ? value : Uint8Array.from(value), options);
  for (const [key, value] of Object.entries(objects)) await put(key, value);

  return {
    base,
    bucket,
    put,
    logs: () => seen.join("\n"),
    /** Sends one request; `token: null` sends no token. */
    async request(query = "?period=month", { token = TOKEN, headers = {}, path = PATH, ...init } = {}) {
      // Each request has its own connection, because the other side may close a kept one while a test is busy.
      const sent = { ...(token !== null && { authorization: `Bearer ${token}` }), connection: "close", ...headers };
      const response = await fetch(new URL(path + query, base), { ...init, headers: sent, redirect: "manual" });
      const bytes = Buffer.from(await response.arrayBuffer());
      const text = bytes.toString();
      keep(text);
      keep(JSON.stringify([...response.headers]));
      return { status: response.status, headers: response.headers, bytes, text, json: () => JSON.parse(text) };
    },
    async stop() {
      await worker.dispose();
      for (const secret of [TOKEN, OTHER_TOKEN]) {
        assert.ok(!seen.join("\n").includes(secret), "a token is in a log line or an answer");
      }
    },
  };
}

/** A server whose `behave` the test sets. It records every request. */
export async function startUpstream() {
  const upstream = {
    requests: [],
    behave: (_request, response) => response.writeHead(204).end(),
    url: "",
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  const server = createServer((request, response) => {
    upstream.requests.push({ method: request.method, url: request.url, headers: request.headers });
    upstream.behave(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  upstream.url = `http://127.0.0.1:${server.address().port}`;
  return upstream;
}

/** A behaviour: one fixed response. */
export function answers(status, body, headers = {}) {
  return (_request, response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(body);
  };
}

/** Asserts the `{"error": {...}}` shape, and returns the error. */
export function errorOf(answer, status, code) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.headers.get("content-type"), "application/json");
  const { error, ...rest } = answer.json();
  assert.deepEqual(rest, {});
  assert.deepEqual(Object.keys(error), ["message", "code", "type", "details"]);
  assert.equal(error.code, code);
  assert.ok(error.message.length > 0);
  return error;
}

/** Bundles a Worker of this folder as wrangler does. Gives the folder of its modules, and their names: the script comes first. */
export async function bundle(name) {
  const out = mkdtempSync(join(tmpdir(), "usage-by-agent-"));
  try {
    await build({
      entryPoints: [join(ROOT, "tests/workerd", name)],
      outdir: out,
      bundle: true,
      format: "esm",
      platform: "browser",
      conditions: ["workerd", "worker", "browser"],
      plugins: [compiled],
      external: ["cloudflare:workers"],
      loader: { ".wasm": "copy" },
      logLevel: "warning",
    });
    const names = readdirSync(out).sort((a, b) => a.endsWith(".wasm") - b.endsWith(".wasm"));
    return { out, names };
  } catch (error) {
    rmSync(out, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Bundles a Worker of this folder, and runs it in workerd. `stop` ends it. `changed` gives the bytes of the module that the Worker gets.
 * `optionsOf` makes the options of Miniflare of those that the Worker needs.
 */
export async function startBundled(name, changed = (bytes) => bytes, optionsOf = (own) => own) {
  const { out, names } = await bundle(name);
  let worker;
  const stop = async () => {
    await worker?.dispose();
    rmSync(out, { recursive: true, force: true });
  };
  try {
    for (const file of names.filter((file) => file.endsWith(".wasm"))) {
      writeFileSync(join(out, file), changed(readFileSync(join(out, file))));
    }
    const { compatibilityDate, compatibilityFlags, cf } = miniflareOptions({ root: ROOT });
    const modules = names.map((file) => {
      return { type: file.endsWith(".wasm") ? "CompiledWasm" : "ESModule", path: join(out, file) };
    });
    worker = new Miniflare(optionsOf({ modules, modulesRoot: out, compatibilityDate, compatibilityFlags, cf }));
    return { worker, base: await worker.ready, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
