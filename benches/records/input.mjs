// The input files. They are generated once, and kept in .generated/, which git ignores.

import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { quietly, root } from "../../tools/setup/run.mjs";
import { note } from "../measure.mjs";
import { listed } from "./listed.mjs";

const SETS = {
  listed: { records: 400_000 },
  mixed: { records: 420_000, transcripts: "0.005:20000" },
  transcripts: { records: 50_000, transcripts: "0.5:20000" },
};

/** Returns the file of a set in a format ("ndjson" or "array"). Generates the file if it does not exist. */
export async function fileOf(set, format) {
  const { records, transcripts } = SETS[set];
  const folder = join(root, `.generated/bench-${set}-${records}-${format}`);
  const file = join(folder, format === "ndjson" ? "records.ndjson" : "records.json");
  if (!existsSync(folder)) {
    note(`generating ${records} records: ${set}, ${format}`);
    if (set === "listed") writeListed(`${folder}.part`, records);
    else await generate(`${folder}.part`, { records, transcripts, format });
    renameSync(`${folder}.part`, folder); // so the folder is never incomplete
  }
  return { file, agents: join(folder, "agents.json"), records, bytes: statSync(file).size };
}

function writeListed(folder, count) {
  const { records, agents } = listed(count);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "records.json"), JSON.stringify(records));
  writeFileSync(join(folder, "agents.json"), JSON.stringify({ data: agents }));
}

/** In one form, because the loops read the API's own spelling, as most programs do. */
async function generate(folder, { records, transcripts, format }) {
  const args = [
    "--records",
    String(records),
    "--transcripts",
    transcripts,
    "--format",
    format,
    "--one-form",
    "--no-expected",
  ];
  await quietly(process.execPath, [join(root, "tools/generate.mjs"), ...args, "--out", folder]);
}

/** A query whose period contains the file's records, except a few at its edges. */
export function queryOf(agentsFile) {
  const { data } = JSON.parse(readFileSync(agentsFile, "utf8"));
  const agents = data.map(({ id, name }) => ({ id, name }));
  return { period: "year", tz: "America/New_York", now: "2024-06-15T12:00:00Z", agents };
}
