// One pass over the records: what it takes, and that all come to the same report.

const reports = new Map();

/** Milliseconds of a pass; what the one before left behind is collected first, where V8 has --expose-gc. */
export function timed(pass, clock) {
  const turn = () => {
    globalThis.gc?.();
    const start = clock();
    const report = pass();
    const taken = clock() - start;
    reports.set(turn, report.data);
    return taken;
  };
  return turn;
}

/** Runs each once, to warm up, and compares what it says. The names end in "true" or "false", for dedupe. */
export function check(contenders) {
  for (const dedupe of ["true", "false"]) {
    const names = Object.keys(contenders).filter((name) => name.endsWith(` ${dedupe}`));
    const [first, ...others] = names.map((name) => {
      contenders[name]();
      return reports.get(contenders[name]);
    });
    const near = dedupe === "true" ? nearlySame : same;
    for (const [i, other] of others.entries()) near(first, other, names[i + 1]);
  }
}

/**
 * Row by row. Seconds may differ by a ten-thousandth: where a fraction has more than a dozen digits and begins with zeros,
 * V8's Date.parse loses the zeros. Names are compared where theirs has any.
 */
function same(ours, theirs, name) {
  const counts = ({ agentId, messages, calls }) => ({ agentId, messages, calls });
  const named = ({ totalSeconds, ...row }) => row;
  const without = (rows) => JSON.stringify(rows.map(theirs[0]?.agentName === undefined ? counts : named));
  const near = ours.every((row, i) => Math.abs(row.totalSeconds - theirs[i]?.totalSeconds) <= row.totalSeconds * 1e-4);
  if (!near || without(ours) !== without(theirs)) throw new Error(`the report by ${name} differs from ours`);
}

/**
 * Agent by agent, events within a fiftieth and seconds within a tenth, for an agent's calls may be few: of records of one id
 * that differ, ours counts the fullest and a loop the first.
 */
function nearlySame(ours, theirs, name) {
  const byAgent = new Map(theirs.map((row) => [row.agentId, row]));
  const near = (row, other = {}) =>
    Object.entries({ messages: 0.02, calls: 0.02, totalSeconds: 0.1 }).every(
      ([field, share]) => Math.abs(row[field] - other[field]) <= 5 + row[field] * share,
    );
  if (ours.length !== theirs.length || !ours.every((row) => near(row, byAgent.get(row.agentId)))) {
    throw new Error(`the report by ${name} differs from ours`);
  }
}
