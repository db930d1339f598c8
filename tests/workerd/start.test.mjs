/** What `npm start` starts, without its build: the service with an account in it, and the line that posts a webhook. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { startService as begin } from "../../tools/start/service.mjs";

const TIMEOUT = { timeout: 300_000 };

async function freePort() {
  const probe = createServer();
  await new Promise((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

const startService = async (options) =>
  begin({ port: await freePort(), progress: (_title, work) => work(), ...options });

/** Asks the started service. */
function asking({ page, token }) {
  return async (path) => {
    const response = await fetch(new URL(path, page), { headers: { authorization: `Bearer ${token}` } });
    assert.equal(response.status, 200);
    return response.json();
  };
}

const shell = (line) => promisify(execFile)("sh", ["-c", line]);
const totalOf = async (ask) => (await ask("/v1/usage/breakdown")).totals.messages;

test("the service has two months of usage, and the printed lines work", TIMEOUT, async () => {
  const started = await startService();
  try {
    const ask = asking(started);
    const { data } = await ask("/v1/usage/monthly?months=3");
    assert.ok(data.filter(({ messages, calls }) => messages > 100 && calls > 100).length >= 2, JSON.stringify(data));
    const { rows } = await ask("/v1/usage/breakdown?by=agent,channel");
    assert.ok(new Set(rows.map(({ agentName }) => agentName)).size > 10);
    const before = await totalOf(ask);
    assert.deepEqual(JSON.parse((await shell(started.delivery)).stdout), { status: "counted" });
    assert.equal(await totalOf(ask), before + 1);
    const lines = started.greeting.match(/curl -H .*$/gm);
    assert.ok(lines.length >= 4);
    for (const line of lines) assert.ok(JSON.parse((await shell(line)).stdout).error === undefined, line);
    const page = await fetch(started.page);
    assert.match(page.headers.get("content-type"), /^text\/html/);
    assert.match(new URL(started.page).hash, /^#token=uba_demo\./);
  } finally {
    await started.stop();
  }
});

test("a named folder keeps what was counted, and the next start has tokens of its own", TIMEOUT, async () => {
  const folder = mkdtempSync(join(tmpdir(), "usage-by-agent-"));
  try {
    const first = await startService({ folder });
    await shell(first.delivery);
    const before = await totalOf(asking(first));
    await first.stop();
    assert.ok(readdirSync(folder).length > 0);
    const second = await startService({ folder });
    try {
      assert.equal(await totalOf(asking(second)), before);
      const refused = await fetch(new URL("/v1/ingest", second.page), {
        headers: { authorization: `Bearer ${first.token}` },
      });
      assert.equal(refused.status, 401);
    } finally {
      await second.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
