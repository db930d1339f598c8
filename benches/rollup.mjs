// Measures a rollup of ten million events in one year, and the merging of parts. No peer does this, so there is no comparison.

import { digits, inProcess, note } from "./measure.mjs";

export async function rollup() {
  note("a rollup of ten million events, and the merging of 64 parts");
  const results = inProcess(new URL("rollup/measured.mjs", import.meta.url), [], { flags: ["--expose-gc"] });
  const row = (job, ours) => ({ job, ours, against: "", ratio: "", theirs: "" });
  const mb = (bytes) => `${digits(bytes / 1e6)} MB`;
  const events = `${digits(results.events)} events, ${results.agents} agents, a year`;
  const rows = [];
  for (const [name, { asked, breakdowns, memory, snapshot, feeding }] of Object.entries(results.rollups)) {
    const job = `a rollup of ${events}, ${name}`;
    rows.push(
      row(`${job}: \`byAgent\` of a month, in any of ${asked.months.count} months and zones`, times(asked.months)),
      row(`${job}: \`byAgent\` of the year, in any zone`, times(asked.years)),
      row(`${job}: \`daily\` of 365 days`, times(asked.days)),
      row(`${job}: the first \`breakdown\` of the year by agent and day in a zone`, `${digits(breakdowns.first)} ms`),
      ...breakdowns.figures.map(([what, { time, ratio }]) =>
        row(`${job}: \`breakdown\` of the year ${what}`, `${digits(time)} ms, ${digits(ratio)} × \`byAgent\``),
      ),
      row(`${job}: memory; snapshot`, `${mb(memory)}; ${mb(snapshot)}`),
      row(`${job}: counting an event, given as JSON in batches`, `${digits(feeding)} ns`),
    );
  }
  const { parts, counted, aggregators, rollups } = results.merged;
  const job = `\`merge\` of ${parts} snapshots of ${digits(counted)} events together, with ids`;
  rows.push(row(`${job}: aggregators`, times(aggregators)), row(`${job}: rollups`, times(rollups)));
  return {
    rows,
    notes: [
      "The module's memory never shrinks: a rollup's is how much it grew, what its tables had outgrown included.",
    ],
  };
}

const times = ({ median, worst }) => `${digits(median)} ms (at worst ${digits(worst)})`;
