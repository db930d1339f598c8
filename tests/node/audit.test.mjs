/** The entry `usage-by-agent/audit`: what a program finds out about a bill, and in which words. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError, UsageRollup, usageByAgent } from "usage-by-agent";
import * as door from "usage-by-agent/audit";
import { ASKED, audited, billOf, recordsOf } from "../command/support/auditing.mjs";
import { up } from "../support/miscount.mjs";

const { audit, findingsOf, isRight, letterOf, markdown, partsOf, periodOf, readAnswer, resultOf, verdictOf } = door;

const account = audited();
const records = recordsOf(account);
const lines = records.map((record) => `${JSON.stringify(record)}\n`).join("");
const { tz } = ASKED;
const agents = { data: account.agents };
const TOKYO = { ...ASKED, tz: "Asia/Tokyo" };
const right = JSON.stringify(billOf(account));
const wrong = JSON.stringify(billOf(account, TOKYO, { failed: () => true, rounded: up(60) }));
const codes = ({ result }) =>
  findingsOf(result)
    .findings.map(({ code, columns }) => `${code}: ${columns}`)
    .sort();

test("an answer says which period it is of", () => {
  const answer = readAnswer(wrong);
  assert.equal(answer.request, null);
  assert.equal(answer.body, wrong);
  assert.deepEqual(periodOf(answer), { period: "month", now: Date.parse("2025-06-15T14:59:59Z") + 500 });
  const asked = { url: "https://x.example/", answeredAt: "2025-06-20T12:00:00Z", requestId: "r1", body: wrong };
  const { body: _, ...request } = asked;
  assert.deepEqual(readAnswer(asked).request, request);
  assert.deepEqual(readAnswer(new TextEncoder().encode(`\ufeff${wrong}`)).report, answer.report);
});

test("one bill is audited alike with records of every form", () => {
  const bytes = new TextEncoder().encode(lines);
  const counts = { report: usageByAgent(records, { ...ASKED, agents, onInvalid: "skip" }) };
  const found = [records, lines, bytes, bytes.buffer, { data: records }, [{ data: records }]].map((form) =>
    audit(readAnswer(wrong), { records: form, query: { tz, agents } }),
  );
  for (const one of found) {
    assert.equal(isRight(one), false);
    assert.deepEqual(codes(one), [
      "failed_calls_counted: calls,totalSeconds",
      "other_zone: messages,calls,totalSeconds",
      "rounded_up_per_call: totalSeconds",
    ]);
    assert.deepEqual(one.ids, found[0].ids);
    assert.deepEqual(one.ours, counts.report);
    assert.equal(one.bounds.periodStart, "2025-06-01T04:00:00Z");
  }
  assert.ok(found[0].ids.every(({ what, ids }) => /^Calls with the status "/.test(what) && ids.length > 0));
  assert.equal(resultOf(found[0]).right, false);
});

test("a right bill is right, with records, with a rollup, and with a count", () => {
  const rollup = new UsageRollup().push(records);
  const query = { tz, agents };
  const counted = audit(readAnswer(right), { records, query });
  const { ours: report, diagnostics } = counted;
  for (const one of [
    counted,
    audit(readAnswer(right), { rollup, query }),
    audit(readAnswer(right), { report, diagnostics, query }),
  ]) {
    assert.ok(isRight(one));
    assert.equal(verdictOf(one), "AgentPhone's numbers and the records agree.");
    assert.deepEqual(one.result.causes, []);
  }
  const other = audit(readAnswer(JSON.stringify(billOf(account, TOKYO))), { rollup, query });
  assert.deepEqual(codes(other), ["other_zone: messages,calls,totalSeconds"]);
  rollup.free();
});

test("a letter says nothing of what its reader has to do, and names can't be markup in it", () => {
  const bill = { ...billOf(account), data: billOf(account).data.map((row) => ({ ...row, agentName: "<b>|*x*\n# y" })) };
  const found = audit(readAnswer(JSON.stringify(bill)), { records: records.slice(1), query: { tz, agents } });
  const letter = letterOf(found);
  const [words] = letter.split("AgentPhone's answer, as it came");
  assert.ok(!/<b>|^# y/m.test(words), words);
  assert.match(letter, /^# Audit of the month from 1 June 2025 to 30 June 2025, America\/New\\_York\n/);
  const said = partsOf(found, { isLetter: true });
  assert.ok(letter.includes(markdown(said).trimEnd()));
});

test("what is not a report says what it is", () => {
  const said = (body) => {
    try {
      readAnswer(body);
    } catch (error) {
      assert.ok(error instanceof UsageError);
      return [error.code, error.message];
    }
    return assert.fail("it was read");
  };
  const wanted = "wanted the answer of GET /v1/usage/by-agent";
  for (const [body, message] of [
    ["<!doctype html><title>Sign in</title>", `the answer looks like an HTML page titled "Sign in": ${wanted}`],
    ["{", `the answer is not JSON: ${wanted}`],
    ['{"detail":"Invalid API key"}', `the answer is an error body: "Invalid API key"; ${wanted}`],
    ['{"data":[],"days":30}', /^the answer is a response of GET \/v1\/usage\/daily.*; wanted/],
    [
      '{"data":[{}],"period":"month","periodStart":"","periodEnd":""}',
      /^the answer is not a report of .*\(at \/data\/0/,
    ],
  ]) {
    const [code, text] = said(body);
    assert.equal(code, "upstream_invalid");
    if (typeof message === "string") assert.equal(text, message);
    else assert.match(text, message);
  }
  assert.equal(said(5)[0], "invalid_option");
  assert.equal(said({ body: 5 })[0], "invalid_option");
});

test("options that are wrong or missing are named", () => {
  const answer = readAnswer(right);
  for (const [options, path] of [
    [undefined, ""],
    [{}, ""],
    [{ records, querry: {} }, "/querry"],
    [{ report: answer.report }, "/diagnostics"],
    [{ records, query: { tz: "Mars/Olympus" } }, "/query/tz"],
    [{ records, query: { timeZone: "UTC" } }, "/query/timeZone"],
  ]) {
    assert.throws(
      () => audit(answer, options),
      (error) => error instanceof UsageError && error.path === path,
      path,
    );
  }
});
