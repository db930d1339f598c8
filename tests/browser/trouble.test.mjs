/** Broken files: the page shows the error and its place, and keeps working. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { add, choose, settledAfter, start, tableOf } from "./support/page.mjs";
import { asFile, DAY } from "./support/records.mjs";

let site;
before(async () => {
  site = await start();
});
after(() => site.close());

const HASH = `#period=month&tz=UTC&date=${DAY}`;
const message = (id, more) =>
  JSON.stringify({ type: "message", id, agentId: "a", agentName: "Ann", receivedAt: "2025-06-18T00:00:00Z", ...more });
const GOOD = [message("1"), message("2"), message("3")];

test("broken JSON in the middle is shown with its place, and valid records count", async () => {
  const broken = '{"type":"message","id":"4","receivedAt":}';
  const text = [...GOOD, broken, message("5"), message("6")].join("\n");
  const from = GOOD.join("\n").length + 1;
  const { page, close } = await site.open({ hash: HASH });
  await choose(page, asFile("broken.ndjson", text));
  assert.deepEqual(await tableOf(page), [["Ann", "5", "0", "0:00:00"]]);
  const cells = await page.locator(".problems tbody tr").first().locator("td").allTextContents();
  assert.equal(cells[0], "4");
  const byte = Number(cells[1].replaceAll(",", ""));
  assert.ok(byte >= from && byte <= from + broken.length, `byte ${byte} is in the broken line`);
  assert.match(cells[3], /^got "}": wanted a value/);

  await page.getByText("How records are read", { exact: true }).click();
  await settledAfter(page, () => page.getByLabel("Invalid records").selectOption("throw"));
  assert.equal(await page.isVisible(".usage"), false);
  const failure = await page.textContent("#failure");
  assert.match(failure, /^broken.ndjson is not valid JSON/);
  assert.match(failure, /Line4/);
  assert.match(failure, new RegExp(`Byte${byte}`));

  // One button counts the rest, and the page still works.
  await settledAfter(page, () => page.getByRole("button", { name: "Leave invalid records out" }).click());
  assert.deepEqual(await tableOf(page), [["Ann", "5", "0", "0:00:00"]]);
  await choose(page, asFile("good.ndjson", GOOD.join("\n")));
  assert.deepEqual(await tableOf(page), [["Ann", "3", "0", "0:00:00"]]);
  await close();
});

test("an invalid record is shown with its path", async () => {
  const text = `[${GOOD.join()},${message("4", { receivedAt: "yesterday" })}]`;
  const { page, close } = await site.open({ hash: `${HASH}&onInvalid=throw` });
  await choose(page, asFile("records.json", text));
  const failure = await page.textContent("#failure");
  assert.match(failure, /^records.json has an invalid record/);
  assert.match(failure, /\/3\/receivedAt/);
  await close();
});

test("a truncated file is an error, gzipped or not, and a file of several gzip members is counted", async () => {
  const { page, close } = await site.open({ hash: `${HASH}&onInvalid=throw` });
  const text = GOOD.join("\n");
  await choose(page, asFile("cut.ndjson", text.slice(0, -10)));
  assert.match(await page.textContent("#failure"), /^cut.ndjson is not valid JSON/);
  await choose(page, asFile("cut.gz", gzipSync(text).subarray(0, -12)));
  const failure = await page.locator("#failure").innerText(); // what the browser said is in the closed details
  assert.match(failure, /^cut.gz can’t be unpacked\s+Its gzip data is damaged or cut off\./);
  assert.doesNotMatch(failure, /WritableStream|DecompressionStream/);
  await choose(page, asFile("good.gz", Buffer.concat(GOOD.map((line) => gzipSync(`${line}\n`)))));
  assert.deepEqual(await tableOf(page), [["Ann", "3", "0", "0:00:00"]]);
  await close();
});

test("a file that can't be used is named beside those that are counted", async () => {
  const { page, close } = await site.open({ hash: HASH });
  await choose(page, asFile("good.ndjson", GOOD.join("\n")));
  await settledAfter(page, () =>
    add(page, [asFile("cut.gz", gzipSync("[]").subarray(0, -1)), asFile("key.json", '{"detail":"No key"}')]),
  );
  const sources = await page.getByRole("list", { name: "Sources" }).getByRole("listitem").allTextContents();
  assert.equal(sources.length, 3);
  assert.match(
    sources.find((text) => text.startsWith("cut.gz")),
    /Not used: Its gzip data is damaged or cut off\./,
  );
  assert.match(
    sources.find((text) => text.startsWith("key.json")),
    /Not used: It looks like an error body: "No key"\./,
  );
  assert.deepEqual(await tableOf(page), [["Ann", "3", "0", "0:00:00"]]);
  await close();
});

test("a period outside the supported years is an error in plain words", async () => {
  const { page, close } = await site.open({ hash: "#period=year&tz=UTC&date=2099-06-01" });
  await page.getByRole("heading", { name: "2099" }).waitFor();
  await page.click("#next");
  await page.getByText("This period can’t be shown").waitFor();
  assert.match(await page.textContent("#failure"), /from 1970 to 2099/);
  await page.click("#previous");
  await page.waitForFunction(() => document.getElementById("failure").hidden);
  await close();
});

test("hostile names are text in the table, the CSV and the problems", async () => {
  const names = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    '=HYPERLINK("http://x.example","y")',
    "+1",
    "-1",
    "@SUM(A1)",
    "\tcmd",
    "\rcmd",
    "\ncmd",
    "\uff1d1+1",
    "x;=1+1",
    'a "b", c',
    "two\nlines",
    "\u202egnp.exe",
  ];
  const lines = names.map((agentName, index) => message(`m${index}`, { agentId: `<b>${index}</b>`, agentName }));
  lines.push(message("bad", { receivedAt: "<img src=x onerror=alert(2)>" }));
  lines.push(JSON.stringify({ id: "c", startedAt: "2025-06-18T00:00:00Z", status: "<img src=x onerror=alert(3)>" }));
  const { page, close } = await site.open({ hash: HASH });
  await choose(page, asFile('<img src=x onerror=alert(4)>".ndjson', lines.join("\n")));
  const shown = (await tableOf(page)).map(([name]) => name);
  assert.deepEqual(shown.toSorted(), names.toSorted());
  assert.equal(await page.locator("img, .report script, .report b, #account b").count(), 0);
  assert.match(await page.textContent(".buckets"), /Status: <img src=x onerror=alert\(3\)>/);

  const [download] = await Promise.all([page.waitForEvent("download"), page.click("#download-csv")]);
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  const cells = parseCsv(Buffer.concat(chunks).toString()).flat();
  const guarded = names.map((name) => (/^[=+\-@\t\r\n\uff1d]/.test(name) ? `'${name}` : name.replace(";=", ";'=")));
  for (const name of guarded) assert.ok(cells.includes(name), JSON.stringify(name));
  await close();
});

/** Parses CSV strictly by RFC 4180, and throws for anything else. */
function parseCsv(text) {
  const rows = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  let row = [];
  while (field.lastIndex < text.length) {
    const found = field.exec(text);
    assert.ok(found, "RFC 4180");
    row.push(found[1]?.replaceAll('""', '"') ?? found[2]);
    if (found[3] === ",") continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
