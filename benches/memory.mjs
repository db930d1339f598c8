// The memory that each function and endpoint takes, each in a process of its own. Peers do not limit their memory, so there is no
// comparison. `--expose-gc` is not used: the figures are what a program sees.

import { digits, inProcess, note } from "./measure.mjs";

/** Job, records (or ids, agents, rows, bytes) and the option that keeps it inside an isolate of 128 MB. */
const JOBS = [
  ["question of ids", 500_000, "`/v1/usage/by-agent` from records, 500,000 ids", ""],
  ["one-shot without dedupe of ids", 500_000, "`usageByAgentStream`, 500,000 records, `dedupe: false`", ""],
  [
    "10 questions at once of ids",
    500_000,
    "10 questions of the handler at once, 500,000 ids",
    "`maxMemoryBytes`: 8 MiB for each",
  ],
  ["/v1/usage/daily of ids", 500_000, "`/v1/usage/daily` from records, 500,000 ids", ""],
  ["/v1/usage/by-number of ids", 500_000, "`/v1/usage/by-number` from records, 500,000 ids", ""],
  ["one-shot of statuses", 1_000_000, "`usageByAgentStream`, a million statuses", "`maxStatuses`, by default"],
  ["endless line", 200_000_000, "a line of 200 MB that never ends", "`maxRecordBytes`: 16 MiB"],
  ["one-shot of agents", 200_000, "`usageByAgentStream`, 200,000 agents", "`maxMemoryBytes`: 32 MiB"],
  ["byAgent of agents", 200_000, "`byAgent` of a rollup, 200,000 agents", "`maxMemoryBytes`: 48 MiB"],
  ["breakdown of ids", 500_000, "`breakdown` by agent, channel and month, 500,000 ids", ""],
  ["snapshot of ids", 1_000_000, "`snapshot` of a rollup, a million ids", ""],
  ["merge of ids", 1_000_000, "`merge` of that snapshot into another rollup", "`maxMemoryBytes`: 32 MiB for each"],
  ["validateResponse", 200_000, "`validateResponse`, 200,000 rows", ""],
];

export function memory() {
  const mb = (bytes) => `${digits(bytes / 1e6)} MB`;
  const rows = JOBS.map(([job, size, name, limit]) => {
    note(`memory: ${name}`);
    const { module, process } = inProcess(new URL("memory/job.mjs", import.meta.url), [job, String(size)]);
    return { job: `memory: ${name}`, ours: `${mb(module)}; ${mb(process)}`, against: limit, ratio: "", theirs: "" };
  });
  return {
    rows,
    notes: [
      "Memory is the peak of the module's instances together, and how much the process grew, the module and the records in flight " +
        "included. The column `against` has the option that keeps a larger input inside 128 MB.",
    ],
  };
}
