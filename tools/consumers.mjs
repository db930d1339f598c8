// `npm run consumers`: installs the packed package where people use it, and runs a small program there. Prints a table.
//
// `npm run consumers -- jest` runs those whose name contains a word.

const { consumers } = await import("../tests/consumers/table.mjs");
const { prove } = await import("../tests/consumers/prove.mjs");
const words = process.argv.slice(2).map((word) => word.toLowerCase());
const picked = consumers.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)));
if (picked.length === 0) throw new Error(`no consumer has a name with ${words.join(" and ")}`);

let failed = 0;
for (const consumer of picked) {
  const started = Date.now();
  const { ok, said } = await prove(consumer);
  if (!ok) failed++;
  const seconds = ((Date.now() - started) / 1000).toFixed(1).padStart(6);
  console.log(`${ok ? "works" : "FAILS"} ${seconds} s  ${consumer.name}`);
  if (!ok) console.log(said.trim().split("\n").slice(-30).join("\n").replaceAll(/^/gm, "      "));
}
console.log(`\n${picked.length - failed} of ${picked.length} work`);
process.exitCode = failed > 0 ? 1 : 0;
