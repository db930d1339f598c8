// Compares one thread with two. The input is a Blob of 1 GB of NDJSON: calls and messages as the API lists them.

import { Blob } from "node:buffer";
import { usageByAgentStream } from "usage-by-agent";
import { threads as threadsOf } from "usage-by-agent/threads";
import { digits, interleaved, median, note, ratios, spread } from "./measure.mjs";
import { listed } from "./records/listed.mjs";

const BYTES = Number(process.env.BYTES ?? 1e9);
const ROUNDS = Number(process.env.ROUNDS ?? 7);

export async function threads() {
  note("a Blob by one thread and by two");
  const { blob, agents } = input();
  const rows = [];
  for (const dedupe of [false, true]) {
    const query = { period: "year", tz: "America/New_York", now: "2024-06-15T12:00:00Z", agents, dedupe };
    const cores = { one: [], two: [] };
    const reports = new Set();
    const run = (name, count) => async () => {
      const [start, used] = [performance.now(), process.cpuUsage()];
      reports.add(JSON.stringify(await usageByAgentStream(blob, { ...query, threads: threadsOf(count) })));
      const { user, system } = process.cpuUsage(used);
      cores[name].push((user + system) / 1e6);
      return (performance.now() - start) / 1000;
    };
    const contenders = { one: run("one", 1), two: run("two", 2) };
    await interleaved(contenders, { rounds: 1 }); // warms up
    const costs = await interleaved(contenders, { rounds: ROUNDS });
    if (reports.size !== 1) throw new Error("the reports differ");
    const measured = (name) =>
      `${digits(median(costs[name]))} s, ${digits(blob.size / 1e6 / median(costs[name]))} MB/s; ${digits(median(cores[name]))} s of a core`;
    rows.push({
      job: `${digits(blob.size / 1e9)} GB of NDJSON in a Blob by two threads, dedupe ${dedupe ? "on" : "off"}`,
      against: "one thread",
      ratio: `${spread(ratios(costs.one, costs.two))} × as fast`,
      ours: measured("two"),
      theirs: measured("one"),
    });
  }
  return { rows, notes: [] };
}

/** A Blob of records that repeat, with ids of their own. */
function input() {
  const { records, agents } = listed(300_000);
  const lines = Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(""));
  const places = [];
  for (let at = lines.indexOf('"id":"'); at >= 0; at = lines.indexOf('"id":"', at + 1))
    places.push(lines.indexOf("_", at) + 1);
  const parts = [];
  for (let turn = 0; turn * lines.length < BYTES; turn++) {
    for (const at of places) lines[at] = 0x67 + turn; // g, h, …: no hexadecimal digit
    parts.push(Buffer.from(lines));
  }
  return { blob: new Blob([Buffer.concat(parts)]), agents };
}
