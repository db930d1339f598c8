// The command's report of a long file beside other programs that compute it. Whole processes run in turn. Their reports are compared.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { python } from "../tools/setup/python.mjs";
import { ask, root, which } from "../tools/setup/run.mjs";
import { FROM, PERIOD, TO, writeRecords } from "./command/input.mjs";
import { digits, interleaved, median, note, ratios, spread } from "./measure.mjs";

/** The sizes of the files in bytes, and the rounds of each. jq runs in the first round only, because it takes minutes. */
const SIZES = (process.env.SIZES ?? "300e6:5 1e9:3").split(" ").map((each) => each.split(":").map(Number));
const STARTS = 15;

const OURS = "ours";
const ONE_CORE = "ours, on one core";

const here = (name) => join(root, "benches/command", name);
const script = join(root, "pkg/dist/command.js");

export async function command() {
  const folder = mkdtempSync(join(tmpdir(), "usage-by-agent-command-"));
  try {
    const rows = await starts();
    for (const [size, rounds] of SIZES) rows.push(...(await reports(folder, size, rounds)));
    return { rows, notes: NOTES };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const NOTES = [
  "Whole processes, from their start to their end, in turn. The first time is the wall's, so others on the machine are in it; that of a core is not. Memory is that of the largest process. The files are in the system's cache.",
  "DuckDB is PyPI's, and starts with Python. The loop is benches/command/loop.mjs. jq's events go through sort and awk; one round.",
];

async function reports(folder, size, rounds) {
  const file = join(folder, "records.ndjson");
  note(`writing ${digits(size / 1e6)} MB`);
  const { records, bytes } = writeRecords(file, size);
  const interpreter = await python(join(root, "benches/requirements.txt"));
  const period = Object.entries(PERIOD).flatMap(([name, value]) => [`--${name}`, value]);
  const ours = [process.execPath, script, "report", file, ...period, "--format", "json"];
  const programs = {
    [OURS]: ours,
    ...(which("taskset") && { [ONE_CORE]: ["taskset", "-c", "0", ...ours] }),
    DuckDB: [interpreter, here("query.py"), here("report.sql"), file, FROM, TO],
    "JSON.parse and a loop in Node": [process.execPath, here("loop.mjs"), file, FROM, TO],
  };
  const runs = {};
  const output = join(folder, "report");
  let wanted;
  const contender = (name, program) => () => {
    const result = run(interpreter, output, program);
    runs[name] = [...(runs[name] ?? []), result];
    const rows = rowsOf(readFileSync(output, "utf8"));
    wanted ??= rows;
    if (rows !== wanted) throw new Error(`the report by ${name} differs from ours`);
    return result.seconds;
  };
  const contenders = Object.fromEntries(
    Object.entries(programs).map(([name, program]) => [name, contender(name, program)]),
  );
  contenders[OURS](); // its report is the one that others are compared with, and the file is then in the system's cache
  note(`reports of ${digits(bytes / 1e6)} MB, ${rounds} rounds`);
  const costs = await interleaved(contenders, { rounds });
  if (which("jq")) {
    note("jq, one round");
    costs.jq = Array(rounds).fill(contender("jq", ["sh", here("jq.sh"), file, FROM, TO])());
  } else note("jq is not installed (Debian: `apt-get install jq`), so it is left out");
  rmSync(file);
  const job = `\`report\` of ${digits(bytes / 1e6)} MB, ${digits(records)} records`;
  const said = (name) => {
    const of = (what) => runs[name].map((result) => result[what]);
    const cores = `${digits(median(of("processor")))} s of a core's time`;
    return `${digits(median(costs[name]))} s; ${cores}; ${digits(Math.max(...of("memory")) / 1e6)} MB of memory`;
  };
  return Object.keys(costs)
    .filter((name) => name !== OURS)
    .map((name) => ({
      job,
      against: name,
      ratio: `${spread(ratios(costs[name], costs[OURS]))} × as fast`,
      ours: said(OURS),
      theirs: said(name),
    }));
}

function run(interpreter, output, program) {
  const { ok, out, err } = ask(interpreter, [here("process.py"), output, ...program]);
  if (!ok) throw new Error(err);
  const result = JSON.parse(out);
  if (result.status !== 0) throw new Error(`${program.join(" ")} ended with ${result.status}`);
  return result;
}

/** The rows of a report as one text, in an order that does not depend on the program. */
function rowsOf(text) {
  const rows = text.startsWith("{") ? JSON.parse(text).data : text.trimEnd().split("\n").map(rowOfLine);
  const fields = ({ agentId, agentName, messages, calls, totalSeconds }) =>
    JSON.stringify([agentId ?? "", agentName, messages, calls, totalSeconds]);
  return rows.map(fields).sort().join("\n");
}

function rowOfLine(line) {
  const [agentId, agentName, ...counts] = line.split("\t").map((text) => text.replaceAll("\\\\", "\\"));
  const [messages, calls, totalSeconds] = counts.map(Number);
  return { agentId, agentName, messages, calls, totalSeconds };
}

/** The time that `bounds` takes beyond an empty program of Node. */
async function starts() {
  note("starts");
  const bounds = [script, "bounds", "--period", "month", "--tz", "UTC", "--now", PERIOD.now];
  const timed = (args) => () => {
    const start = performance.now();
    if (!ask(process.execPath, args).ok) throw new Error(`${args.join(" ")} failed`);
    return performance.now() - start;
  };
  const costs = await interleaved({ bounds: timed(bounds), nothing: timed(["-e", "0"]) }, { rounds: STARTS });
  const more = costs.bounds.map((ms, round) => ms - costs.nothing[round]);
  return [
    {
      job: "`bounds`, from its start to its end",
      against: "`node -e 0`",
      ratio: `${spread(more, " ms")} more`,
      ours: `${digits(median(costs.bounds))} ms`,
      theirs: `${digits(median(costs.nothing))} ms`,
    },
  ];
}
