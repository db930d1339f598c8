// Period bounds: the speed of calls from JavaScript through the package, and the correctness of the results.

import { OURS, peers } from "./contenders.mjs";
import { digits, median, ratios, spread } from "./measure.mjs";
import { answers } from "./periods/answers.mjs";
import { cold } from "./periods/cold.mjs";
import { warm } from "./periods/warm.mjs";

export async function periods() {
  const first = await cold();
  const rows = [
    ...times("`periodBounds`, a call", await warm(), "µs"),
    ...times("`periodBounds`, the first call in a zone", first.zone, "µs"),
    ...times("from import to the first answer", first.start, "ms"),
  ];
  const results = answers();
  return { rows: [...rows, ...wrongRows(results)], notes: notes(results) };
}

function times(job, costs, unit) {
  return Object.entries(peers).map(([name, against]) => ({
    job,
    against,
    ratio: `${spread(ratios(costs[name], costs[OURS]))} × as fast`,
    ours: `${digits(median(costs[OURS]))} ${unit}`,
    theirs: spread(costs[name], ` ${unit}`),
  }));
}

function wrongRows({ contenders }) {
  return Object.entries(peers).map(([name, against]) => {
    const sets = Object.entries(contenders[name].sets);
    const each = (text) => sets.map(([, count]) => text(count)).join("; ");
    return {
      job: `wrong answers: ${sets.map(([title, { asked }]) => `${digits(asked)} of ${title}`).join("; ")}`,
      against,
      ratio: each(({ asked, stale, wrong }) => `${((100 * (wrong + stale)) / asked).toFixed(2)} %`),
      ours: "0, by definition",
      theirs: each(({ stale, wrong }) => `${wrong} its own, ${stale} the zone data's`),
    };
  });
}

function notes({ hosts, contenders }) {
  const lines = [
    `Zone data: ours ${contenders[OURS].tzdb}, the host's ${process.versions.tz}. "Wrong" is what differs from ours; "its own" ` +
      `where the tests' oracle, given the host's data, differs from it too.`,
    "In a fold across midnight clocks show the old date again after the new period has begun; ours finds the period from the " +
      "instant. Where that is all that differs, it may be called a matter of definition.",
  ];
  for (const name of [OURS, ...Object.keys(peers)]) {
    const { elsewhere, sets } = contenders[name];
    const said = name === OURS ? "ours" : peers[name];
    const others = elsewhere.length > 0 ? `other answers under TZ=${elsewhere.join(", ")} than` : "the same answers as";
    lines.push(`${said}: ${others} under TZ=${hosts[0]} (asked under ${hosts.join(", ")}).`);
    for (const { period, tz, now, got, want } of Object.values(sets).flatMap((set) => set.examples)) {
      lines.push(`${said}: the ${period} of ${now} in ${tz} is ${got}; right is ${want}.`);
    }
  }
  return lines;
}
