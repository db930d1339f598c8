// The input files. They are generated once, and kept in .generated/, which git ignores.

import { existsSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { quietly, root } from "../../tools/setup/run.mjs";
import { note } from "../measure.mjs";

const SETS = {
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
    const args = ["--records", String(records), "--transcripts", transcripts, "--format", format, "--no-expected"];
    await quietly(process.execPath, [join(root, "tools/generate.mjs"), ...args, "--out", `${folder}.part`]);
    renameSync(`${folder}.part`, folder); // so the folder is never incomplete
  }
  return { file, agents: join(folder, "agents.json"), records, bytes: statSync(file).size };
}

/** A query whose period contains the file's records, except a few at its edges. */
export function queryOf(agentsFile) {
  const { data } = JSON.parse(readFileSync(agentsFile, "utf8"));
  const agents = data.map(({ id, name }) => ({ id, name }));
  return { period: "year", tz: "America/New_York", now: "2024-06-15T12:00:00Z", agents };
}
