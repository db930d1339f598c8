// The time and the memory of a report over many events in eight shards, with nothing in memory and with counts that are kept.

import { loadavg } from "node:os";
import { startProcesses } from "../../tests/workerd/service-process.mjs";
import { ADMIN_TOKEN } from "../../tests/workerd/service-support.mjs";
import { digits, median, note, spread } from "../measure.mjs";
import { asAdmin, memoryOf, send } from "./load.mjs";

const EVENTS = Number(process.env.EVENTS ?? 1_000_000);
const BATCH = 20_000;
const NOW = Date.parse("2025-06-15T12:34:56Z");
const QUESTION = "/v1/usage/by-agent?period=month&tz=America/New_York";

/** `EVENTS` is their number; 0 leaves this bench out. */
export async function reports() {
  if (EVENTS === 0) return { rows: [], notes: [] };
  note(`reports over ${EVENTS.toLocaleString("en-US")} events in eight shards`);
  const worker = await startProcesses("../../benches/service/report-worker.mjs", { ADMIN_TOKEN, NOW });
  try {
    await worker.start();
    const bench = async (path) => JSON.parse(await send(worker.base, { path: `/bench/${path}` }));
    const token = await makeAccount(worker.base);
    const ask = async () => {
      const start = performance.now();
      const text = await send(worker.base, {
        path: QUESTION,
        method: "GET",
        headers: { authorization: `Bearer ${token}` },
      });
      return { ms: performance.now() - start, text };
    };

    const start = performance.now();
    for (let from = 0; from < EVENTS; from += BATCH) {
      const count = Math.min(BATCH, EVENTS - from);
      const counted = await bench(`fill?from=${from}&count=${count}&total=${EVENTS}`);
      if (counted !== count) throw new Error(`${counted} of ${count} events were counted`);
      if (from % (BATCH * 10) === 0) note(`  ${from}: ${Math.round((performance.now() - start) / 1000)} s`);
    }
    const filling = (performance.now() - start) / 1000;
    const filled = await bench("sizes");

    const cold = [];
    const memory = [];
    for (let round = 0; round < 3; round++) {
      await worker.kill();
      await worker.start();
      await send(worker.base, { path: "/openapi.json", method: "GET" }); // the Worker is there, and no object
      const before = memoryOf(worker.pid()).now;
      cold.push((await ask()).ms);
      memory.push({ ...(await bench("sizes")), process: memoryOf(worker.pid()).most - before });
    }
    const warm = [];
    const evicted = [];
    const changed = [];
    for (let round = 0; round < 7; round++) {
      warm.push((await ask()).ms);
      await bench(`fill?from=${EVENTS + round * 100}&count=100&total=${EVENTS + 1000}`);
      changed.push((await ask()).ms);
      await bench("evict");
      evicted.push((await ask()).ms);
    }
    const sum = (list) => list.reduce((total, one) => total + one, 0);
    const mib = (bytes) => `${digits(bytes / 2 ** 20)} MiB`;
    const row = (job, times) => ({
      job: `a report over ${EVENTS.toLocaleString("en-US")} events, ${job}`,
      ratio: "",
      against: "",
      ours: spread(times, " ms"),
      theirs: "",
    });
    return {
      rows: [
        row("nothing in memory", cold),
        row("counts are kept, nothing changed", warm),
        row("100 changes", changed),
        row("counts are kept, the objects were evicted", evicted),
      ],
      notes: [
        `Filled in ${digits(filling)} s; the databases take ${mib(sum(filled.storage))}.`,
        `The modules of the isolate take ${mib(sum(filled.modules))} after filling and ${mib(median(memory.map(({ modules }) => sum(modules))))} ` +
          `after a report with nothing in memory before; the process has grown by ${mib(median(memory.map(({ process }) => process)))} then.`,
        `The load average was ${loadavg().map((value) => value.toFixed(1))} at the end.`,
      ],
    };
  } finally {
    await worker.stop();
  }
}

async function makeAccount(base) {
  const admin = asAdmin(base);
  await admin("PUT", "acme", { shards: 8 });
  return JSON.parse(await admin("POST", "acme/tokens", {})).token;
}
