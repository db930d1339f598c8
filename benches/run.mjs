/**
 * Measures the package and its peers, and prints one Markdown table. The ratios come first.
 *
 *     npm run bench                       runs all benches
 *     npm run bench -- periods size       runs only these benches
 *
 * The benches are periods, size, records, threads, command, rollup, validation, memory, proxy, service and page. The command measures
 * the built package (`npm run build`). The first run installs the peers.
 */
import { existsSync, readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { fail, Missing, quietly, root, step } from "../tools/setup/run.mjs";

const HERE = join(root, "benches");
const BENCHES = [
  "periods",
  "size",
  "records",
  "threads",
  "command",
  "rollup",
  "validation",
  "memory",
  "proxy",
  "service",
  "page",
];

async function main() {
  const picked = process.argv.slice(2);
  const unknown = picked.find((name) => !BENCHES.includes(name));
  if (unknown) throw new Missing(`There is no bench ${unknown}: wanted ${BENCHES.join(", ")}.`);
  if (!existsSync(join(root, "pkg/dist/node.js"))) throw new Missing("Run `npm run build` first.");
  await install();

  const rows = [];
  const notes = [];
  for (const name of picked.length > 0 ? picked : BENCHES) {
    const module = await import(`./${name}.mjs`); // imported here, because its own imports exist only after the installation
    const results = await module[name]();
    rows.push(...results.rows);
    notes.push(...results.notes);
  }
  print(rows, notes);
}

/** Installs the peers if necessary. npm writes a copy of the lock into node_modules, which lists the installed packages. */
async function install() {
  const wanted = JSON.parse(readFileSync(join(HERE, "package-lock.json"), "utf8")).packages;
  const copy = join(HERE, "node_modules/.package-lock.json");
  const got = existsSync(copy) ? JSON.parse(readFileSync(copy, "utf8")).packages : {};
  if (Object.keys(wanted).every((path) => path === "" || got[path]?.version === wanted[path].version)) return;
  const args = ["ci", "--no-audit", "--no-fund", "--workspaces=false"];
  await step("the peers: npm ci in benches/", () => quietly("npm", args, { cwd: HERE }));
}

function print(rows, notes) {
  const columns = { job: "what", ratio: "ratio", against: "against", ours: "ours", theirs: "theirs" };
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const table = [
    line(Object.values(columns)),
    line(Object.keys(columns).map(() => "---")),
    ...rows.map((row) => line(Object.keys(columns).map((column) => row[column]))),
  ];
  const machine = `Node ${process.versions.node}, ${availableParallelism()} × ${cpus()[0]?.model ?? "unknown"}`;
  console.log(`\n${table.join("\n")}\n`);
  for (const text of [`One run on ${machine}. Medians; in brackets the middle half of the rounds.`, ...notes])
    console.log(`- ${text}`);
}

main().catch(fail);
