/** `collect --from --to` lists the records of a window, which is the same one whenever the command goes on. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { collect } from "../support/collected.mjs";
import { packed, write } from "../support/packed.mjs";
import { at, KEY, makeAccount, recordsIn, serve, TOKEN } from "./support/collecting.mjs";
import { assertFails, outputOf, usage } from "./support/command.mjs";

const env = KEY;
const OUT = ["collect", "--out", "june.ndjson"];
const DATES = ["--from", "2025-06-05", "--to", "2025-06-15", "--tz", "Asia/Kathmandu"];
const WINDOW = packed.recordsWindow("breakdown", { from: "2025-06-05", to: "2025-06-15", tz: "Asia/Kathmandu" });

/** The records that the package collects of a window, in an order that does not depend on the vendor's. */
async function ofPackage(url, window) {
  const collection = collect({ token: TOKEN, baseUrl: url, window });
  const records = [];
  for await (const page of collection) records.push(...page.records);
  return { records: inOrder(records), collection };
}

const inOrder = (records) => records.map((record) => JSON.stringify(record)).sort();

/** Runs the command that a note says, and returns its output. */
function outputOfNext(stderr, cwd) {
  const [, next] = /note: count the records with: usage-by-agent (.*)\n$/.exec(stderr);
  return outputOf(next.split(" "), { cwd });
}

test("dates are those of the zone, and the note says how to count them", async () => {
  const { url } = await serve({ account: makeAccount(71) });
  const { records, collection } = await ofPackage(url, WINDOW);
  assert.ok(records.length > 20);
  const cwd = write({});
  const { status, stdout, stderr } = await usage([...OUT, ...DATES, "--base-url", url, "--format", "table"], {
    cwd,
    env,
  });
  assert.equal(status, 0);
  assert.match(stdout, / from 2025-06-04T18:15:00Z to 2025-06-14T18:15:00Z \(Asia\/Kathmandu\)\n/);
  assert.deepEqual(inOrder(recordsIn(join(cwd, "june.ndjson"))), records);
  assert.match(stderr, / --from 2025-06-05 --to 2025-06-15 --tz Asia\/Kathmandu\n$/);
  const found = JSON.parse(await outputOfNext(stderr, cwd));
  assert.deepEqual([found.startMs, found.endMs], [WINDOW.startMs, WINDOW.endMs]);
  const rollup = new packed.UsageRollup({ agents: collection.agents() }).push(records.map((text) => JSON.parse(text)));
  assert.deepEqual(found.rows, rollup.breakdown({ by: ["agent"] }).rows);
  rollup.free();
  const piped = await outputOf(["collect", "--out", "-", ...DATES, "--base-url", url], { env });
  assert.deepEqual(piped.trimEnd().split("\n").sort(), records);
});

test("instants may be any, and the note counts all that the file has", async () => {
  const { url } = await serve({ account: makeAccount(72) });
  const [startMs, endMs] = [Date.UTC(2025, 5, 3, 1, 2, 3, 4), Date.UTC(2025, 5, 20, 5, 6, 7, 8)];
  const cwd = write({});
  const args = [...OUT, "--from", String(startMs), "--to", new Date(endMs).toISOString(), "--tz", "UTC"];
  const { stderr } = await usage([...args, "--base-url", url, "--format", "table"], { cwd, env });
  const { records } = await ofPackage(url, { startMs, endMs });
  assert.deepEqual(inOrder(recordsIn(join(cwd, "june.ndjson"))), records);
  const { totals } = JSON.parse(await outputOfNext(stderr, cwd));
  const rollup = new packed.UsageRollup().push(records.map((text) => JSON.parse(text)));
  assert.deepEqual(totals, rollup.diagnostics().totals);
  rollup.free();
});

test("a collection that was ended goes on with its window, and another window is refused", async () => {
  let left = 20;
  const { url } = await serve({
    account: makeAccount(73),
    instead: () => (left-- > 0 ? undefined : Response.json({}, { status: 403 })),
  });
  const cwd = write({});
  const args = [...OUT, ...DATES, "--base-url", url];
  const on = (time) => usage(args, { cwd, env: { ...env, NODE_OPTIONS: at(time) } });
  assert.equal((await on("2025-06-30T23:59:00Z")).status, 3);
  const before = readFileSync(join(cwd, "june.ndjson"), "utf8");
  left = Number.POSITIVE_INFINITY;
  const window = "2025-06-04T18:15:00Z to 2025-06-14T18:15:00Z";
  const gone = await on("2026-01-01T00:00:00Z");
  assert.deepEqual([gone.status, gone.stderr], [0, `note: going on with june.ndjson, the records from ${window}\n`]);
  assert.ok(readFileSync(join(cwd, "june.ndjson"), "utf8").startsWith(before));
  const { records } = await ofPackage(url, WINDOW);
  assert.deepEqual(inOrder(recordsIn(join(cwd, "june.ndjson"))), records);
  assert.match((await on("2026-01-02T00:00:00Z")).stderr, /^note: june\.ndjson is complete already/);
  const longer = args.map((arg) => (arg === "2025-06-15" ? "2025-06-16" : arg));
  await assertFails(longer, 2, /has the records from .* and the options ask for .*; name another file with --out$/, {
    cwd,
    env,
  });
});
