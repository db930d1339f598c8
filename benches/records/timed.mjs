// Measures one pass over the records, and checks that all passes give equal reports.

const reports = new Map();

/** Measures the milliseconds of a pass. With V8's --expose-gc, the garbage of the pass before is collected first. */
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

/** Runs each contender once to warm up, and compares the reports. A contender's name ends in the value of dedupe. */
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
 * Compares reports row by row. Seconds may differ by a ten-thousandth: V8's Date.parse loses the first zeros of a fraction that
 * has more than a dozen digits. Names are compared if the other report has names.
 */
function same(ours, theirs, name) {
  const counts = ({ agentId, messages, calls }) => ({ agentId, messages, calls });
  const named = ({ totalSeconds, ...row }) => row;
  const without = (rows) => JSON.stringify(rows.map(theirs[0]?.agentName === undefined ? counts : named));
  const near = ours.every((row, i) => Math.abs(row.totalSeconds - theirs[i]?.totalSeconds) <= row.totalSeconds * 1e-4);
  if (!near || without(ours) !== without(theirs)) throw new Error(`the report by ${name} differs from ours`);
}

/**
 * Compares reports agent by agent. If records with one id differ, the package counts the fullest record and a loop counts the
 * first. So events may differ by a fiftieth. Seconds may differ by a tenth, because an agent may have few calls.
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
