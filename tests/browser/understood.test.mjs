/** Files that are not understood, or only in part. The page says so, and never shows an empty report in their place. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { add, bucketsOf, choose, settledAfter, start, tableOf } from "./support/page.mjs";
import { asFile, DAY } from "./support/records.mjs";

let site;
before(async () => {
  site = await start();
});
after(() => site.close());

const HASH = `#period=month&tz=UTC&date=${DAY}`;
const AT = `${DAY}T09:00:00Z`;
const message = (id, more) => ({ id, agentId: "a", agentName: "Ann", receivedAt: AT, ...more });
const lines = (...values) => values.map((value) => JSON.stringify(value)).join("\n");
const page = (ids, hasMore, total) => ({ data: ids.map((id) => message(id)), hasMore, total });

/** Opens the page with a file. */
async function opened(content, hash = HASH) {
  const { page, close } = await site.open({ hash });
  await choose(page, asFile("file", content));
  return { page, close };
}

/** The line and the path of each problem. */
const problemsOf = (page) =>
  page
    .locator(".problems tbody tr")
    .evaluateAll((rows) => rows.map((row) => [".line", "code"].map((name) => row.querySelector(name).textContent)));

/** The warnings as the page shows them: the code, and all texts. */
const warningsOf = (page) =>
  page
    .locator(".warnings li")
    .evaluateAll((items) =>
      items.map((item) => [item.dataset.warning, ...[...item.children].map((p) => p.textContent)]),
    );

describe("a file that is not understood says what it is, and what to do", () => {
  const zip = Buffer.from("504b0304140000000800abcdef", "hex");
  const bundle = (hex, text) => Buffer.concat([Buffer.from(hex, "hex"), Buffer.from(text)]);
  for (const [what, content, look, todo] of [
    [
      "an error body",
      '{"detail":"Invalid API key"}',
      'an error body: "Invalid API key"',
      "Ask again with a valid API key",
    ],
    [
      "CSV",
      "id,agentId,receivedAt\n1,a,2025-06-18T09:00:00Z\n",
      "CSV with the columns id, agentId, receivedAt",
      "Save what the API gives, as JSON",
    ],
    ["CSV in gzip data", gzipSync("id,agentId\n1,a\n"), "CSV with the columns id, agentId", "as JSON"],
    [
      "HTML",
      "<!doctype html><title>Sign in</title>\n<p>Please sign in",
      'an HTML page titled "Sign in"',
      "Ask the API with a key",
    ],
    ["a zip archive", zip, "a zip archive: unpack it first", "drop what is in it"],
    [
      "a picture",
      bundle("89504e470d0a1a0a", "IHDR"),
      "a PNG picture",
      "This page counts what the API of AgentPhone gives",
    ],
    ["objects of another kind", lines({ plan: 1 }, { plan: 2 }), "an object with the key plan", "lists of calls"],
    [
      "records of another vendor",
      lines({ sid: "CA1", accountSid: "AC1", dateCreated: AT }, { sid: "CA2", accountSid: "AC1", dateCreated: AT }),
      "of Twilio, not of AgentPhone",
      "Only records of AgentPhone are counted here",
    ],
    [
      "conversations without messages",
      JSON.stringify({ data: [{ id: "c", participant: "+15550100", messageCount: 3 }], hasMore: false }),
      "a list of conversations without their messages",
      "GET /v1/conversations/{id}",
    ],
    [
      "attempts to deliver webhooks",
      lines({ eventType: "agent.message", attemptCount: 1, httpStatus: 200 }),
      "an attempt to deliver a webhook",
      "Use the bodies of the webhooks",
    ],
    [
      "lists in one object",
      JSON.stringify({ messages: [], calls: [] }),
      "an object with lists of messages and of calls",
      "drop both",
    ],
  ]) {
    test(what, async () => {
      const { page, close } = await opened(content);
      assert.equal(await page.isVisible("#report"), false);
      const failure = await page.textContent("#failure");
      assert.match(failure, /^file is not understood/);
      for (const text of [look, todo]) assert.ok(failure.includes(text), failure);

      // The page still works.
      await choose(page, asFile("good", lines(message("1"))));
      assert.deepEqual(await tableOf(page), [["Ann", "1", "0", "0:00:00"]]);
      assert.equal(await page.isVisible("#failure"), false);
      await close();
    });
  }

  test("CSV, where an invalid record stops the count", async () => {
    const { page, close } = await opened("id,agentId\n1,a\n", `${HASH}&onInvalid=throw`);
    assert.match(await page.textContent("#failure"), /CSV with the columns id, agentId/);
    await close();
  });
});

test("a list of agents and a list of numbers name what is counted", async () => {
  const { page: tab, close } = await opened(lines(message("1", { agentName: undefined })));
  assert.deepEqual(await tableOf(tab), [["a", "1", "0", "0:00:00"]]);
  const agent = { id: "a", name: "Front desk", voiceMode: "hosted" };
  await settledAfter(tab, () => add(tab, [asFile("agents.json", JSON.stringify({ data: [agent], hasMore: false }))]));
  assert.deepEqual(await tableOf(tab), [["Front desk", "1", "0", "0:00:00"]]);
  await close();
});

test("times without an offset can be read as UTC with one button", async () => {
  const naive = lines(message("1", { receivedAt: `${DAY}T09:00:00` }), message("2", { receivedAt: `${DAY}T10:00:00` }));
  for (const hash of [HASH, `${HASH}&onInvalid=throw`]) {
    const { page: tab, close } = await opened(naive, hash);
    const button = tab.getByRole("button", { name: "Read them as UTC" });
    await button.waitFor();
    await settledAfter(tab, () => button.click());
    assert.deepEqual(await tableOf(tab), [["Ann", "2", "0", "0:00:00"]]);
    assert.equal(await button.count(), 0);
    assert.match(tab.url(), /naiveTimestamps=utc/);
    await close();
  }
});

test("one line says how many records were left out, and opens", async () => {
  const records = [message("1"), message("1"), message("2"), message("3", { receivedAt: "yesterday" })];
  const { page: tab, close } = await opened(lines(...records));
  assert.equal(
    await tab.locator(".diagnostics summary").textContent(),
    "4 records read, 2 left out: 1 duplicate, 1 invalid.",
  );
  assert.equal(await tab.locator(".buckets").isVisible(), false);
  await tab.locator(".diagnostics summary").click();
  assert.equal(await tab.locator(".buckets").isVisible(), true);
  assert.deepEqual(await problemsOf(tab), [["4", "/3/receivedAt"]]);
  await settledAfter(tab, () => add(tab, [asFile("second", lines(message("4"), message("5", { receivedAt: "x" })))]));
  assert.deepEqual(
    await tab.locator(".problems .file").allTextContents(),
    ["file", "second"],
    "of several sources each problem has its file",
  );
  await choose(tab, asFile("good", lines(message("1"))));
  assert.equal(await tab.locator(".diagnostics summary").textContent(), "1 record read, and all of them count.");
  await close();
});

test("a page of a list says how many items are missing", async () => {
  const { page: tab, close } = await opened(JSON.stringify(page(["1"], true, 512)));
  const [[code, title, message], ...others] = await warningsOf(tab);
  assert.deepEqual([code, title, others], ["incomplete_page", "Something is missing from the files", []]);
  assert.match(message, /^1 list is not complete: 511 items are missing; .*"hasMore": false\.$/);
  assert.deepEqual(await tableOf(tab), [["Ann", "1", "0", "0:00:00"]]);
  assert.equal(await tab.textContent("#no-problems"), "No record is invalid.");
  await close();
});

test("consecutive pages in one file are one list", async () => {
  const pages = [page(["1", "2"], true, 3), page(["3"], false, 3)];
  for (const content of [
    lines(...pages),
    gzipSync(lines(...pages)),
    Buffer.concat(pages.map((one) => gzipSync(lines(one)))),
  ]) {
    const { page: tab, close } = await opened(content);
    assert.deepEqual(await warningsOf(tab), []);
    assert.deepEqual(await tableOf(tab), [["Ann", "3", "0", "0:00:00"]]);
    await close();
  }
});

test("a conversation counts as its messages, and says how many are missing", async () => {
  const conversation = (messageCount) => ({
    id: "c",
    agentId: "a",
    agentName: "Ann",
    messageCount,
    messages: [{ id: "1", receivedAt: AT }],
  });
  const { page: tab, close } = await opened(JSON.stringify(conversation(1)));
  assert.deepEqual(await tableOf(tab), [["Ann", "1", "0", "0:00:00"]]);
  assert.deepEqual(await warningsOf(tab), []);
  await choose(tab, asFile("file", JSON.stringify(conversation(3))));
  assert.deepEqual(await tableOf(tab), [["Ann", "1", "0", "0:00:00"]]);
  const [[code, , text]] = await warningsOf(tab);
  assert.equal(code, "incomplete_page");
  assert.match(text, /2 messages are missing/);
  await close();
});

test("warnings stand apart from the problems of records, and the first 100 of these are shown", async () => {
  const bad = Array.from({ length: 120 }, (_, n) => message(`bad-${n}`, { receivedAt: "yesterday" }));
  const delivery = { event: "agent.message", deliveryId: "d", data: { numberId: "n", receivedAt: AT } };
  const listed = message("1", { numberId: "n" });
  const records = [page(["2"], true), listed, delivery, { "<b>plan</b>": 1 }];
  const { page: tab, close } = await opened(lines(...records));
  const codes = ["unknown_records", "incomplete_page", "mixed_sources"];
  const shown = await warningsOf(tab);
  assert.deepEqual(
    shown.map(([code]) => code),
    codes,
  );
  assert.ok(shown[0][2].includes("<b>plan</b>"), "a key is text");
  assert.equal(await tab.locator("#no-problems").count(), 1);

  for (const [count, title] of [
    [97, "97 problems"],
    [99, "99 problems"],
    [100, "The first 100 problems"],
    [120, "The first 100 problems"],
  ]) {
    await choose(tab, asFile("file", lines(...records, ...bad.slice(0, count))));
    assert.equal(await tab.textContent(".problems h4"), title);
    assert.deepEqual(
      (await warningsOf(tab)).map(([code]) => code),
      codes,
    );
  }
  await close();
});

test("a part of a file that is not JSON is a warning, and skipped lines belong to their problem", async () => {
  const { page: tab, close } = await opened(`id,agentId\n1,a\n${lines(message("1"))}`);
  assert.deepEqual(await tableOf(tab), [["Ann", "1", "0", "0:00:00"]]);
  const [[code, title, text], ...others] = await warningsOf(tab);
  assert.deepEqual([code, title, others], ["invalid_json", "A part of the files is not JSON", []]);
  assert.match(text, /^A text looks like CSV/);
  assert.match(await tab.textContent(".problems tbody"), /1 line was skipped|line 2 was skipped/);
  await close();
});

test("a file of invalid records alone says so", async () => {
  const { page: tab, close } = await opened(
    lines(message("1", { receivedAt: "x" }), message("2", { receivedAt: "y" })),
  );
  const [[code, , text]] = await warningsOf(tab);
  assert.equal(code, "unknown_records");
  assert.match(text, /all 2 records are invalid/);
  assert.match(await tab.locator(".diagnostics summary").textContent(), /^2 records read, 2 left out: 2 invalid\.$/);
  await close();
});

test("tests and events that count nothing have rows of their own", async () => {
  const shared = { event: "agent.contact_shared", data: {} };
  const records = [message("1"), message("2", { test: true }), message("3", { test: true }), shared, shared, shared];
  const { page: tab, close } = await opened(lines(...records));
  const { counted, ignored } = await bucketsOf(tab);
  assert.deepEqual([counted, ignored], [1, 5]);
  const rows = await tab
    .locator(".buckets .part")
    .evaluateAll((parts) => parts.map((part) => [part.children[0].textContent, part.children[1].textContent]));
  assert.deepEqual(Object.fromEntries(rows), {
    "Other events": "3",
    Tests: "2",
  });
  assert.equal(await tab.locator(".checks .holds").count(), 2);
  await close();
});

test("on a phone the page scrolls to the error", async () => {
  const { page: tab, close } = await site.open({ hash: HASH, viewport: { width: 360, height: 640 } });
  assert.equal(await tab.evaluate(() => scrollY), 0);
  await choose(tab, asFile("file", '{"detail":"Invalid API key"}'));
  const top = await tab.evaluate(() => document.getElementById("failure").getBoundingClientRect().top);
  assert.ok(top >= 0 && top < 640, `the error is at ${top}`);
  await close();
});

test("a warning goes away with its file", async () => {
  const { page: tab, close } = await opened(JSON.stringify(page(["1"], true)));
  assert.match((await warningsOf(tab))[0][2], /how many items are missing is not known/);
  await choose(tab, asFile("good", lines(message("1"))));
  assert.deepEqual(await warningsOf(tab), []);
  await close();
});
