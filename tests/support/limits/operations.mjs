// A run through the whole API: operations that together call every function that the module exports.

import { generate } from "../../../tools/generate/records.mjs";

const QUERY = { period: "year", tz: "Europe/Paris", now: "2024-06-15T12:00:00Z", onInvalid: "skip" };
const NUMBERS = { used: 1, limit: 5, remaining: 4 };

/**
 * @typedef {object} Operation
 * @property {string} name
 * @property {boolean} keeps whether it uses counts that the caller keeps
 * @property {(usage: object) => unknown} run calls the package, frees what it made, and returns what can be compared
 */

/**
 * The operations over so many records. Their results depend on nothing else.
 *
 * @param {number} size
 * @returns {Operation[]}
 */
export function operationsOf(size) {
  const values = [...generate({ records: size, seed: 11, agents: 30 })].map(({ value }) => value);
  const text = values.map((value) => JSON.stringify(value)).join("\n");
  const bytes = new TextEncoder().encode(text);
  const lines = new TextEncoder().encode(`${text}\n`);
  const conversation = { id: "cnv", agentId: "agt", numberId: "num", messageCount: 9, messages: values.slice(0, 9) };
  const page = { data: [...values, { strange: true }, conversation], hasMore: true, total: size * 2 };
  const response = {
    data: Array.from({ length: size }, (_, n) => ({
      ...{ agentId: `agent-${n}`, agentName: `Agent ${n}`, messages: n, calls: 1, totalSeconds: 60, isOrphan: false },
    })),
    period: "month",
    periodStart: "2024-06-01T00:00:00Z",
    periodEnd: "2024-06-30T23:59:59Z",
  };
  const broken = { ...response, data: response.data.map((row, n) => (n % 3 ? row : { ...row, calls: "x" })) };
  /** Trimmed calls, of which every third has an id that has been there. */
  const calls = Array.from({ length: size }, (_, n) => {
    const [id, agentId] = [`call_${n - (n % 3 === 2 ? 2 : 0)}`, `agent-${n % 90}`];
    const startedAt = new Date(Date.UTC(2024, 0, 1 + (n % 300))).toISOString();
    return { id, record: JSON.stringify({ id, agentId, status: "completed", startedAt, durationSeconds: n }) };
  });

  /** A counter for one use. */
  const using = (made, use) => {
    try {
      return use(made);
    } finally {
      made.free();
    }
  };
  const once = (name, run) => ({ name, keeps: false, run });
  const kept = (name, run) => ({ name, keeps: true, run });
  return [
    once("periodBounds", ({ periodBounds }) => [
      periodBounds(QUERY),
      periodBounds({ period: "week", tz: "Asia/Kolkata", now: 1_718_452_800_000, offset: -2 }),
    ]),
    // More queries than the package keeps, so that it frees some.
    once("periodBounds of many", ({ periodBounds }) =>
      Array.from({ length: 600 }, (_, n) => periodBounds({ period: "week", now: QUERY.now, offset: -n }).startMs),
    ),
    once("timeZones", ({ timeZones }) => timeZones().length),
    once("isTimeZone", ({ isTimeZone }) => [isTimeZone("europe/paris"), isTimeZone("x".repeat(size))]),
    once("zoneHint", ({ zoneHint }) => zoneHint("America/New_Yrok")),
    once("versions", ({ versions }) => versions()),
    once("recordsWindow", ({ recordsWindow }) => recordsWindow("daily", { days: 9, now: QUERY.now, tz: QUERY.tz })),
    once("inferConvention", ({ inferConvention }) => inferConvention(response, { tz: QUERY.tz })),
    once("entityTag", ({ entityTag }) => entityTag(bytes)),
    once("a wrong zone", ({ periodBounds }) => codeOf(() => periodBounds({ period: "week", tz: "Mars/Olympus" }))),
    once("validateResponse", ({ validateResponse }) => validateResponse("by-agent", response).ok),
    once("validateResponse, broken", ({ validateResponse }) => validateResponse("by-agent", broken).problems.length),
    once("usageByAgent of objects", ({ usageByAgent }) => usageByAgent(values, QUERY)),
    once("usageByAgent of text", ({ usageByAgent }) => usageByAgent(text, QUERY)),
    once("usageByAgent of bytes", ({ usageByAgent }) => usageByAgent(bytes, QUERY)),
    once("usageByAgent of something else", ({ usageByAgent }) =>
      codeOf(() => usageByAgent('{"detail":"Not found"}', QUERY)),
    ),
    once("reconcile", ({ reconcile, usageByAgent }) => {
      const query = { ...QUERY, period: "month" };
      const records = values.slice(0, 60);
      const ours = usageByAgent(records, query);
      const theirs = usageByAgent(records, { ...query, tz: "Asia/Kolkata", dedupe: false });
      return reconcile(ours, theirs, { records, query }).causes.map(({ code }) => code);
    }),
    kept("UsageAggregator", ({ UsageAggregator }) =>
      using(new UsageAggregator(QUERY), (usage) => {
        usage.push(page, { agentId: "agt_default" }).push(text);
        for (let at = 0; at < bytes.length; at += 5000) usage.pushBytes(bytes.subarray(at, at + 5000));
        usage.pushBytes(new TextEncoder().encode('{"what":5}')).finish().checkUnderstood();
        return [usage.report(), usage.diagnostics()];
      }),
    ),
    kept("UsageRollup", ({ UsageRollup }) =>
      using(new UsageRollup({ onInvalid: "skip", agents: [{ id: "agt", name: "Zo\u00eb" }] }), (rollup) => {
        rollup.push(page).push(bytes);
        const { tz, now } = QUERY;
        const answers = [rollup.byAgent(QUERY), rollup.byNumber(), rollup.daily({ days: 365, tz, now })];
        return [
          ...answers,
          rollup.monthly({ months: 24, tz, now }),
          rollup.usage({ account: { numbers: NUMBERS }, now }),
        ];
      }),
    ),
    kept("breakdown", ({ UsageRollup }) =>
      using(new UsageRollup({ onInvalid: "skip" }), (rollup) => {
        rollup.push(values);
        const { rows, totals, steps } = rollup.breakdown({ by: ["agent", "channel"], step: "month", tz: QUERY.tz });
        const sums = rows.map(({ series }) => series.messages.reduce((sum, count) => sum + count, 0));
        return [rollup.span(), rollup.splitsIds(rollup.span()), totals, steps.length, sums];
      }),
    ),
    once("trimRecords", ({ trimRecords }) => {
      const [one, other] = [trimRecords(values), trimRecords(text)];
      return [one.records.length, other.records.at(-1).record, other.diagnostics.counted];
    }),
    kept("a store of ids", ({ UsageRollup }) =>
      using(new UsageRollup({ dedupe: false }), (rollup) => {
        const store = new Map();
        let fuller = 0;
        for (const { id, record } of calls) {
          const known = store.get(id) ?? null;
          if (known !== null && rollup.isFuller(record, known)) fuller++;
          const { outcome } = rollup.settle(known, record);
          if (outcome === "counted" || outcome === "replaced") store.set(id, record);
        }
        const { counted, duplicates } = rollup.diagnostics();
        for (const record of store.values()) rollup.retract(record);
        return [fuller, counted, duplicates, rollup.diagnostics().counted];
      }),
    ),
    kept("a part that was counted apart", ({ UsageAggregator }) =>
      using(new UsageAggregator(QUERY), (all) =>
        using(new UsageAggregator(QUERY), (apart) => {
          const cut = lines.indexOf(0x0a, lines.length / 2) + 1;
          all.pushBytes(lines.subarray(0, cut));
          const part = apart.beginPart(cut).pushBytes(lines.subarray(cut)).endPart();
          const isMerged = all.mergePart(part);
          return [isMerged, all.finish().report()];
        }),
      ),
    ),
    kept("merge", ({ UsageRollup }) =>
      using(new UsageRollup({ onInvalid: "skip" }), (all) =>
        using(new UsageRollup({ onInvalid: "skip" }), (part) => {
          part.push(values);
          all
            .push(values.slice(0, size / 2))
            .merge(part)
            .merge(part.snapshot());
          return [all.diagnostics().duplicates, all.snapshot().length];
        }),
      ),
    ),
  ];
}

function codeOf(run) {
  try {
    return run();
  } catch (error) {
    if (error.code === "out_of_memory" || error.code === "terminated" || error.code === undefined) throw error;
    return error.code;
  }
}
