// Calls that need more memory than the module may have. They run in workerd too, so nothing here is Node's.

import { assertAllOrdinary } from "./ordinary.mjs";

const MIB = 1 << 20;
const MONTH = { period: "month", now: "2024-06-15T12:00:00Z" };

/** Records that take as much memory as it takes: each has an agent of its own, with a name of half a MiB. */
function* endlessAgents() {
  const name = "x".repeat(MIB / 2);
  for (let n = 0; ; n++) yield { id: `m${n}`, agentId: `agent-${n}`, agentName: `${n}${name}`, receivedAt: MONTH.now };
}

/**
 * The overloads. `ends` is whether the call ends the instance of the counts that are kept. It may or may not where records need the
 * memory: the core finds the lack by itself, unless it comes while the records are handed over.
 */
const OVERLOADS = {
  "usageByAgent of objects": { ends: false, run: (usage) => usage.usageByAgent(endlessAgents(), MONTH) },
  "entityTag of many bytes": { ends: false, run: (usage, most) => usage.entityTag(new Uint8Array(most)) },
  "a rollup of objects": { run: (usage) => using(new usage.UsageRollup(), (rollup) => rollup.push(endlessAgents())) },
  "an endless string": {
    run: (usage) =>
      using(new usage.UsageAggregator({ ...MONTH, maxRecordBytes: 1024 * MIB }), (counter) => {
        counter.pushBytes(new TextEncoder().encode('{"id":"'));
        const chunk = new Uint8Array(MIB).fill(0x78);
        for (;;) counter.pushBytes(chunk);
      }),
  },
  "a snapshot that is too long": {
    ends: true,
    run: (usage, most) => new usage.UsageRollup().merge(new Uint8Array(most)),
  },
};

/** A counter for one use. */
function using(counter, use) {
  try {
    return use(counter);
  } finally {
    counter.free();
  }
}

/**
 * Overloads the package twice in each way, and judges what is left each time.
 *
 * @param usage the package
 * @param most more bytes than the module may have
 * @throws {Error} that says what was wrong
 */
export function overload(usage, most) {
  for (const [name, { ends, run }] of [...Object.entries(OVERLOADS), ...Object.entries(OVERLOADS)]) {
    const kept = new usage.UsageRollup().push([{ id: "m1", agentId: "a", receivedAt: MONTH.now }]);
    const code = codeOf(() => run(usage, most));
    if (code !== "out_of_memory") throw new Error(`${name} gave ${code}: wanted out_of_memory`);
    const found = codeOf(() => kept.byAgent(MONTH).data[0].messages);
    const isTerminated = found === "terminated";
    if (!isTerminated && found !== 1) throw new Error(`after ${name} a rollup gave ${found}`);
    if (isTerminated !== (ends ?? isTerminated)) throw new Error(`after ${name} a rollup gave ${found}`);
    if (kept.isTerminated !== isTerminated) throw new Error(`after ${name} isTerminated is ${kept.isTerminated}`);
    kept.free();
    kept.free();
    assertAllOrdinary(usage, `after ${name}`);
  }
}

function codeOf(run) {
  try {
    return run();
  } catch (error) {
    return error.code ?? `${error.stack}`;
  }
}
