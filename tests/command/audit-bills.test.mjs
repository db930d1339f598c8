/** Bills with mistakes that are planted: `audit` names each of them and no other, and finds nothing in sound bills. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { Random } from "../../tools/generate/random.mjs";
import { canJoin, FIELDS, made, mistakesOf, rowsBy, shownOf } from "../support/miscount.mjs";
import { packed } from "../support/packed.mjs";
import { usage } from "./support/command.mjs";

const folder = mkdtempSync(join(tmpdir(), "audit-bills-"));
after(() => rmSync(folder, { recursive: true }));

const QUERIES = [
  { period: "month", tz: "America/New_York", now: "2024-06-15T12:00:00Z" },
  { period: "month", tz: "Asia/Kathmandu", now: "2024-06-15T12:00:00Z" },
  { period: "week", tz: "Europe/Paris", now: "2024-06-15T12:00:00Z" },
];

/** The mistakes, of numbers and of the period. */
function mistakes(random, { period }, ids) {
  return [
    ...mistakesOf(random, ids, [6, 60]),
    ["other_zone", { period: { tz: random.pick(["Asia/Tokyo", "America/Los_Angeles", "UTC"]) } }],
    ["other_period", { period: { offset: -1 } }],
    ...(period === "week" ? [["other_week_start", { period: { weekStart: "sunday" } }]] : []),
  ];
}

const bill = (values, query, planted) => {
  const { period, ...wrong } = Object.assign({}, ...planted.map(([, what]) => what));
  return { rows: rowsBy(values, { ...query, ...period }, wrong), asked: { ...query, ...period } };
};

const textOf = ({ rows, asked }) => {
  const { startMs, endMs } = packed.periodBounds(asked);
  return JSON.stringify([startMs, endMs, rows.map((row) => FIELDS.map((field) => row[field]) + row.agentId).sort()]);
};

/** Up to three mistakes, each of which changes the bill that the others make. */
function plant(random, values, query, count) {
  const ids = [...new Set(rowsBy(values, query).flatMap(({ agentId }) => agentId ?? []))];
  const planted = [];
  for (const mistake of random.shuffled(mistakes(random, query, ids))) {
    if (planted.length === count) break;
    if (!canJoin(mistake, planted)) continue;
    const next = [...planted, mistake];
    const all = textOf(bill(values, query, next));
    if (
      next.every(
        (one) =>
          textOf(
            bill(
              values,
              query,
              next.filter((other) => other !== one),
            ),
          ) !== all,
      )
    )
      planted.push(mistake);
  }
  assert.equal(planted.length, count, "too few mistakes change the bill");
  return planted;
}

/** Files of records and of the answer, and the arguments that audit them. */
function filesOf(seed, { texts }, query, { rows, asked }) {
  const records = join(folder, `records-${seed}.ndjson`);
  const answer = join(folder, `answer-${seed}.json`);
  writeFileSync(records, texts.join("\n"));
  const named = packed.usageByAgent(texts.join("\n"), { ...query, period: "year", onInvalid: "skip" });
  const names = new Map(named.data.map(({ agentId, agentName }) => [agentId, agentName]));
  const data = rows.map((row) => ({ ...row, agentName: names.get(row.agentId) ?? row.agentName }));
  writeFileSync(answer, JSON.stringify({ ...packed.usageByAgent([], asked), data }));
  const { period, tz, now } = query;
  return [records, "--answer", answer, "--period", period, "--tz", tz, "--now", now];
}

describe("bills", { concurrency: 2 }, () => {
  for (let seed = 1; seed <= 56; seed++) {
    const random = new Random(seed, 91);
    const count = seed <= 50 ? 1 + (seed % 3) : 0;
    test(`bill ${seed}, with ${count} mistakes`, async () => {
      const query = random.pick(QUERIES);
      const made_ = made(5000 + seed, {
        records: query.period === "week" ? 6000 : 3000,
        agents: 4 + random.below(6),
        forms: true,
      });
      const planted = plant(random, made_.values, query, count);
      const codes = planted.map(([code]) => code);
      const args = filesOf(seed, made_, query, bill(made_.values, query, planted));
      const { status, stdout, stderr } = await usage(["audit", ...args, "--format", "json"]);
      const audit = JSON.parse(stdout || assert.fail(stderr));
      const { causes, unexplained } = audit.reconciliation;
      const shown = shownOf({ causes }).filter(({ code }) => code !== "names_differ");
      const named = new Set(shown.flatMap((cause) => [cause.code, ...(cause.with ?? [])]));
      const what = `${codes}: ${JSON.stringify(shown)}`;
      assert.deepEqual([...named].sort(), [...codes].sort(), what);
      assert.deepEqual(unexplained, [], what);
      assert.equal(audit.right, count === 0, what);
      assert.equal(status, count === 0 ? 0 : 1, stderr);
    });
  }
});
