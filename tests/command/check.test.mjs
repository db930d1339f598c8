/** `check` says what `validateResponse` says. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { packed, write } from "../support/packed.mjs";
import { assertFails, JUNE, outputOf, usage } from "./support/command.mjs";

const { usageByAgent, validateResponse } = packed;
const query = { period: "month", now: "2024-06-15T12:00:00Z", tz: "America/New_York" };
const good = usageByAgent([{ id: "m1", agentId: "a1", receivedAt: "2024-06-10T12:00:00Z" }], query);
const bad = { ...good, data: [{ ...good.data[0], calls: -1 }] };
const odd = { ...good, data: [{ ...good.data[0], totalSeconds: 5 }] };
const days = { data: [{ date: "2024-06-01", messages: 3, calls: 1, webhooks: 0 }], days: 1 };
const cwd = write({
  "good.json": JSON.stringify(good),
  "good.gz": gzipSync(JSON.stringify(good)),
  "bad.json": JSON.stringify(bad),
  "odd.json": JSON.stringify(odd),
  "days.json": JSON.stringify(days),
  "page.html": "<!doctype html><title>Sign in</title>",
  "empty.json": "",
});

test("a right response is 0, one with a warning too, and a wrong one is 1", async () => {
  for (const [name, body, exit] of [
    ["good.json", good, 0],
    ["good.gz", good, 0],
    ["odd.json", odd, 0],
    ["bad.json", bad, 1],
  ]) {
    const { status, stdout, stderr } = await usage(["check", "by-agent", name, ...JUNE], { cwd });
    const { ok, warnings, problems } = validateResponse("by-agent", JSON.stringify(body), query);
    assert.equal(status, exit, name);
    assert.equal(stdout, JSON.stringify(ok ? { ok, warnings } : { ok, problems }));
    assert.equal(stderr, "");
  }
});

test("only what options say is compared", async () => {
  const checks = async (...options) => (await usage(["check", "by-agent", "good.json", ...options], { cwd })).status;
  assert.equal(await checks(), 0);
  assert.equal(await checks("--period", "month"), 0);
  assert.equal(await checks("--period", "week"), 1);
  assert.equal(await checks(...JUNE, "--offset", "-1"), 1);
  const ofDays = async (...options) => (await usage(["check", "daily", "days.json", ...options], { cwd })).status;
  assert.deepEqual([await ofDays("--days", "1"), await ofDays("--days", "2")], [0, 1]);
});

test("each format has every problem", async () => {
  const { problems } = validateResponse("by-agent", JSON.stringify(bad));
  const format = async (name) => (await usage(["check", "by-agent", "bad.json", "--format", name], { cwd })).stdout;
  assert.ok(problems.length > 0);
  assert.equal(await format("ndjson"), problems.map((problem) => `${JSON.stringify(problem)}\n`).join(""));
  const csv = (await format("csv")).split("\r\n");
  assert.equal(csv[0], "severity,path,code,message,line,byteOffset");
  assert.equal(csv.length, problems.length + 2);
  const table = await format("table");
  assert.match(table, /^bad\.json is not a valid response of by-agent: 1 problem\n\nSeverity +Path +Code +Message\n/);
  for (const { path, code, message } of problems)
    for (const word of [path, code, message]) assert.ok(table.includes(word));
  const fine = await outputOf(["check", "by-agent", "good.json", "--format", "table"], { cwd });
  assert.equal(fine, "good.json is a valid response of by-agent\n");
});

test("standard input is read, and what is not JSON is a problem", async () => {
  assert.equal(JSON.parse(await outputOf(["check", "by-agent", "-"], { input: JSON.stringify(good) })).ok, true);
  for (const name of ["page.html", "empty.json"]) {
    const { status, stdout } = await usage(["check", "by-agent", name], { cwd });
    assert.equal(status, 1);
    assert.deepEqual(
      JSON.parse(stdout).problems.map(({ code }) => code),
      ["invalid_json"],
    );
  }
});

test("a response that is too long ends the reading, also if it is compressed", async () => {
  const long = gzipSync(Buffer.alloc(70_000_000, " "));
  const words = "long.gz: longer than 67108864 bytes, which is the most";
  await assertFails(["check", "usage", "long.gz"], 1, words, { cwd: write({ "long.gz": long }) });
});
