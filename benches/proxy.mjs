// Compares our Worker in front of an upstream with a Worker of ten lines that checks nothing. Both run in turn on workerd on this
// machine. The upstream and the clients run beside them and take a share of the time. The share is equal for both Workers.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Agent, get } from "node:http";
import { Miniflare } from "miniflare";
import { root } from "../tools/setup/run.mjs";
import { miniflareOptions } from "../worker/dev/miniflare-options.mjs";
import { digits, interleaved, median, note, quantile, ratios, spread } from "./measure.mjs";

const AT_ONCE = 16;
const REQUESTS = 2000;
const ROUNDS = 9;
const QUERY = "/v1/usage/by-agent?period=month&tz=America%2FNew_York";

export async function proxy() {
  note("a proxy on workerd");
  const upstream = spawn(process.execPath, [new URL("proxy/upstream.mjs", import.meta.url).pathname], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [port] = await once(upstream.stdout, "data");
  const vars = { UPSTREAM_BASE_URL: `http://127.0.0.1:${String(port).trim()}` };
  const { assets: _, r2Buckets: __, ...ours } = miniflareOptions({ root, vars }); // the API does not need assets or buckets here
  const plain = {
    modules: true,
    script: readFileSync(new URL("proxy/plain.mjs", import.meta.url), "utf8"),
    compatibilityDate: ours.compatibilityDate,
    bindings: vars,
    cf: false,
  };
  // The smallest possible cost of a check: it must read the whole response before it sends the first byte.
  const whole = { ...plain, script: plain.script.replace("response.body,", "await response.arrayBuffer(),") };
  const workers = {
    ours: new Miniflare(ours),
    "a Worker of ten lines": new Miniflare(plain),
    "the same, that reads the answer whole": new Miniflare(whole),
  };
  const slowest = Object.fromEntries(Object.keys(workers).map((name) => [name, []]));
  try {
    const contenders = {};
    for (const [name, worker] of Object.entries(workers)) {
      const base = await worker.ready;
      contenders[name] = async () => {
        const { seconds, times } = await load(base);
        slowest[name].push(quantile(times, 0.99));
        return seconds / REQUESTS;
      };
    }
    await interleaved(contenders, { rounds: 2 }); // warms up
    for (const list of Object.values(slowest)) list.length = 0;
    const costs = await interleaved(contenders, { rounds: ROUNDS });
    const measurement = (name) =>
      `${digits(1 / median(costs[name]))} a second; 99 of 100 within ${digits(median(slowest[name]))} ms`;
    const [, ...peers] = Object.keys(workers);
    const rows = peers.map((theirs) => ({
      job: `a by-agent answer of 1,000 rows through a proxy on workerd, ${AT_ONCE} at once`,
      against: theirs,
      ratio: `${spread(ratios(costs[theirs], costs.ours))} × as fast`,
      ours: measurement("ours"),
      theirs: measurement(theirs),
    }));
    return { rows, notes: [] };
  } finally {
    for (const worker of Object.values(workers)) await worker.dispose();
    upstream.kill();
  }
}

/** Sends the requests, some of them at once. Returns the seconds for all of them, and the milliseconds for each. */
async function load(base) {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const times = [];
  let left = REQUESTS;
  const start = performance.now();
  const asker = async () => {
    while (left-- > 0) {
      const asked = performance.now();
      await ask(new URL(QUERY, base), agent);
      times.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, asker));
  const seconds = (performance.now() - start) / 1000;
  agent.destroy();
  return { seconds, times };
}

function ask(url, agent) {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers: { authorization: "Bearer token" } }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`the status is ${response.statusCode}`));
      response.on("data", () => {}).on("end", resolve);
    }).on("error", reject);
  });
}
