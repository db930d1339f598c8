// Compares the service with a Worker of twenty lines that checks the signature of a delivery and writes its body into the table of one
// Durable Object. Both run on workerd on this machine, in turn. The senders run beside them and take a share of the time.

import { loadavg } from "node:os";
import { startProcesses } from "../tests/workerd/service-process.mjs";
import { ADMIN_TOKEN, delivery, message } from "../tests/workerd/service-support.mjs";
import { digits, interleaved, median, note, quantile, ratios, spread } from "./measure.mjs";
import { asAdmin, cpuSeconds, load } from "./service/load.mjs";
import { reports } from "./service/reports.mjs";

const AT_ONCE = 16;
const DELIVERIES = Number(process.env.DELIVERIES ?? 1500);
const ROUNDS = Number(process.env.ROUNDS ?? 7);
const SECRET = "whsec_of_the_bench";
const PLAIN = "a Worker of twenty lines";

export async function service() {
  const parts = [await deliveriesASecond(), await reports()];
  return { rows: parts.flatMap(({ rows }) => rows), notes: parts.flatMap(({ notes }) => notes) };
}

async function deliveriesASecond() {
  note("deliveries to the service on workerd");
  const workers = {
    ours: await startProcesses("crash-worker.mjs", { ADMIN_TOKEN, BEHIND_MS: 0 }),
    [PLAIN]: await startProcesses("../../benches/service/plain.mjs", { SECRET }),
  };
  try {
    for (const worker of Object.values(workers)) await worker.start();
    await makeAccount(workers.ours.base);
    const slowest = {};
    const cpu = {};
    const contenders = {};
    for (const [name, worker] of Object.entries(workers)) {
      slowest[name] = [];
      cpu[name] = [];
      contenders[name] = async () => {
        const requests = deliveries();
        const before = cpuSeconds(worker.pid());
        const { seconds, times } = await load(worker.base, requests, AT_ONCE);
        cpu[name].push((cpuSeconds(worker.pid()) - before) / DELIVERIES);
        slowest[name].push(quantile(times, 0.99));
        return seconds / DELIVERIES;
      };
    }
    await interleaved(contenders, { rounds: 1 }); // warms up
    for (const list of [...Object.values(slowest), ...Object.values(cpu)]) list.length = 0;
    const costs = await interleaved(contenders, { rounds: ROUNDS });
    const measurement = (name) =>
      `${digits(1 / median(costs[name]))} a second; 99 of 100 within ${digits(median(slowest[name]))} ms; ` +
      `${digits(median(cpu[name]) * 1000)} ms of a core each`;
    const row = {
      job: `deliveries on workerd, ${AT_ONCE} at once`,
      against: PLAIN,
      ratio: `${spread(ratios(costs[PLAIN], costs.ours))} × as fast`,
      ours: measurement("ours"),
      theirs: measurement(PLAIN),
    };
    const busy = `The load average was ${loadavg().map((value) => value.toFixed(1))} at the end.`;
    return {
      rows: [row],
      notes: [`A core's time: ${spread(ratios(cpu.ours, cpu[PLAIN]))} × that of the other Worker.`, busy],
    };
  } finally {
    for (const worker of Object.values(workers)) await worker.stop();
  }
}

async function makeAccount(base) {
  const admin = asAdmin(base);
  await admin("PUT", "acme", {});
  await admin("POST", "acme/secrets", { secret: SECRET });
}

/** Deliveries of messages with new ids, which are signed. */
function deliveries() {
  return Array.from({ length: DELIVERIES }, () => {
    const { body, headers } = delivery(message(), { secret: SECRET });
    return { path: "/v1/webhooks/agentphone/acme", headers, body };
  });
}
