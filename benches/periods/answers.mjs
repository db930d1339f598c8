// Compares the peers' answers with ours. An answer can be wrong because the host's zone data is old, or because of the library.
// The tests' oracle uses the host's zone data as the peers do, so it separates the two causes.
// As a program (`node answers.mjs`), it prints the answers under the TZ of its process.

import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { versions } from "usage-by-agent";
import { bounds as oracle } from "../../tools/oracle.mjs";
import { load, OURS, peers } from "../contenders.mjs";
import { inProcess, note } from "../measure.mjs";
import { hostZones, moments, PERIODS } from "./questions.mjs";
import { nearChanges } from "./questions-near.mjs";

const HOSTS = ["UTC", "America/New_York", "Pacific/Apia"];
const MOMENTS = 6;
const EXAMPLES = 3;

/** The sets of questions, by their titles. */
const sets = (ours) => ({
  "every zone, 2020 to 2030": [...anywhere({ from: 2020, to: 2030 })],
  "every zone, 1970 to 2037": [...anywhere({ from: 1970, to: 2037 })],
  "an edge within 90 minutes of a change of clocks, 2000 to 2030": [...nearChanges(ours, { from: 2000, to: 2030 })],
});

/** `{[contender]: {sets, elsewhere}}`: the comparison on the first host, and the hosts on which the answers are different. */
export function answers() {
  note(`answers: TZ=${HOSTS.join(", ")}`);
  const byHost = HOSTS.map((TZ) => inProcess(new URL(import.meta.url), [], { env: { TZ } }));
  const [here] = byHost;
  for (const [name, results] of Object.entries(here)) {
    results.elsewhere = HOSTS.filter((_, i) => byHost[i][name].digest !== results.digest);
  }
  return { hosts: HOSTS, contenders: here };
}

async function answer() {
  const ours = await load(OURS);
  const asked = Object.entries(sets(ours));
  const results = {};
  for (const name of [OURS, ...Object.keys(peers)]) {
    const bounds = await load(name);
    const digest = createHash("sha256");
    results[name] = { sets: {}, tzdb: name === OURS ? versions().tzdb : undefined };
    for (const [title, questions] of asked) {
      const count = { asked: questions.length, stale: 0, wrong: 0, examples: [] };
      results[name].sets[title] = count;
      for (const question of questions) {
        const got = written(bounds, question);
        digest.update(got);
        const want = written(ours, question);
        if (got === want) continue;
        if (got === written(byOracle, question)) count.stale++;
        else if (count.wrong++ % 7 === 0 && count.examples.length < EXAMPLES) {
          const [period, tz, now] = question; // every seventh question, because neighbours are alike
          count.examples.push({ period, tz, now: new Date(now).toISOString(), got, want });
        }
      }
    }
    results[name].digest = digest.digest("hex");
  }
  console.log(JSON.stringify(results));
}

function* anywhere({ from, to }) {
  for (const [seed, zone] of hostZones().entries()) {
    for (const now of moments(MOMENTS, { from, to, seed })) for (const period of PERIODS) yield [period, zone, now];
  }
}

function written(bounds, [period, tz, now]) {
  try {
    const { periodStart, periodEnd } = bounds(period, tz, now);
    return `${periodStart} to ${periodEnd}`;
  } catch (error) {
    return String(error);
  }
}

const byOracle = (period, tz, now) => oracle({ period, tz, now });

if (process.argv[1] === fileURLToPath(import.meta.url)) await answer();
