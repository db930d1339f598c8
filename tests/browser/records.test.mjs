/** How records get into the page and stay: files, folders, pasted text, removal, keeping, saved counts, and a module that is lost. */
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { launch } from "./support/browser.mjs";
import { openFirefox } from "./support/firefox.mjs";
import { DIST, openAt } from "./support/page.mjs";
import { asFile } from "./support/records.mjs";
import { serve } from "./support/server.mjs";
import { failGrowths, makeScarce } from "./support/usage-page.mjs";

const folder = mkdtempSync(join(tmpdir(), "usage-records-"));
let server;
let browser;
before(async () => {
  cpSync(DIST, join(folder, "page"), { recursive: true });
  makeScarce(join(folder, "page"));
  server = await serve({ "/": join(folder, "page") });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

const open = (options) => openAt(browser, server.origin, { hash: "#tz=UTC", ...options });
const message = (id, more) =>
  JSON.stringify({ id, agentId: "a", agentName: "Ann", receivedAt: "2025-06-18T00:00:00Z", ...more });
const filesOf = (page) => page.locator("input[type=file][multiple]");

/** The sources: for each its name and what is said of it. */
const sourcesOf = (page) =>
  page
    .getByRole("list", { name: "Sources" })
    .getByRole("listitem")
    .evaluateAll((items) =>
      items.map((item) => [item.querySelector("bdi").textContent, item.querySelector("p").textContent]),
    );

/** Waits until the records are counted, and gives the sources. `words` begin what is said then, such as "3 records of 2 sources". */
async function counted(page, words) {
  await page.locator("[role=status]", { hasText: new RegExp(`^${words} in `) }).waitFor();
  return sourcesOf(page);
}

/** Writes files into a folder of their own. */
function folderOf(name, files) {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, name, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return join(folder, name);
}

describe("the ways in", () => {
  test("the sample is there at first, and the user's own records take its place", async () => {
    const { page, close } = await open();
    const [[name], [names]] = await counted(page, "[\\d,]+ records");
    assert.deepEqual([name, names], ["The sample", "The sample’s agents"]);
    await filesOf(page).setInputFiles([
      asFile("b-2.json", message("2")),
      asFile("b-10.json", message("3")),
      asFile("a.gz", gzipSync(message("1"))),
    ]);
    assert.deepEqual(
      (await counted(page, "3 records of 3 sources")).map(([name]) => name),
      ["a.gz", "b-2.json", "b-10.json"],
    );
    assert.equal(await page.getByText("This is a sample").isVisible(), false);
    await close();
  });

  test("a folder that is chosen, and one that is dropped, give their files", async () => {
    const path = folderOf("export", {
      "june/1.ndjson": message("1"),
      "june/deep/2.ndjson": message("2"),
      ".hidden": "no record",
      "agents.json": '{"data":[{"id":"a","name":"Ada"}],"hasMore":false}',
    });
    const { page, close } = await open();
    await counted(page, "[\\d,]+ records");
    await page.locator("input[webkitdirectory]").setInputFiles(path);
    const names = ["export/agents.json", "export/june/1.ndjson", "export/june/deep/2.ndjson"];
    assert.deepEqual(
      (await counted(page, "2 records of 2 sources")).map(([name]) => name),
      names,
    );
    await page.getByRole("button", { name: "Remove all" }).click();
    await page.getByRole("list", { name: "Sources" }).waitFor({ state: "hidden" });
    assert.equal(await page.evaluate(() => document.activeElement.type), "file", "the focus is on what comes next");

    const devtools = await page.context().newCDPSession(page);
    const data = { items: [], files: [path], dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver"])
      await devtools.send("Input.dispatchDragEvent", { type, x: 9, y: 9, data });
    await page.getByText("Drop to count").waitFor();
    await devtools.send("Input.dispatchDragEvent", { type: "drop", x: 9, y: 9, data });
    assert.deepEqual(
      (await counted(page, "2 records of 2 sources")).map(([name]) => name),
      names,
    );
    await page.getByRole("rowheader", { name: "Ada" }).waitFor();
    await close();
  });

  test("text is pasted anywhere but into a field, and in a dialog", async () => {
    const { page, close } = await open();
    await counted(page, "[\\d,]+ records");
    const paste = async (text) => {
      await page.evaluate((text) => navigator.clipboard.writeText(text), text);
      await page.keyboard.press("ControlOrMeta+V");
    };
    await page.getByRole("combobox", { name: "Time zone" }).focus();
    await paste("Europe/Paris");
    assert.equal(await page.getByText("This is a sample").isVisible(), true);
    await page.keyboard.press("Escape");
    await page.evaluate(() => document.activeElement.blur());
    await paste(`[${message("1")},${message("2")}]`);
    assert.deepEqual(await counted(page, "2 records"), [["Pasted text", "2 records · 159 bytes"]]);

    await page.getByRole("button", { name: "Paste", exact: true }).click();
    await page.getByRole("textbox", { name: "JSON text" }).fill(message("3"));
    await page.getByRole("button", { name: "Count it" }).click();
    await counted(page, "3 records of 2 sources");
    await close();
  });
});

test("what can't be used is told with its name, and each source can be removed by the keyboard", async () => {
  const { page, close } = await open();
  await counted(page, "[\\d,]+ records");
  const hostile = "<img src=x onerror=alert(1)>.csv";
  await filesOf(page).setInputFiles([
    asFile("one.ndjson", message("1")),
    asFile("two.ndjson", message("2")),
    asFile(hostile, "id,agentId\n1,a\n"),
  ]);
  await page.getByText("2 records of 2 sources").waitFor();
  const [[name, why], ...others] = await sourcesOf(page);
  assert.equal(name, hostile);
  assert.match(why, /^15 bytes\. Not used: .*CSV with the columns id, agentId/);
  assert.deepEqual(
    others.map(([name]) => name),
    ["one.ndjson", "two.ndjson"],
  );
  assert.equal(await page.locator("img").count(), 0);

  await page.getByRole("button", { name: "Remove one.ndjson" }).focus();
  await page.keyboard.press("Enter");
  await counted(page, "1 record");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Remove two.ndjson");
  await close();
});

describe("what is kept on the device", () => {
  const databases = (page) => page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));

  test("nothing without the user's word; then counts and names, until they are forgotten", async () => {
    const { page, close } = await open();
    await counted(page, "[\\d,]+ records");
    assert.equal(
      await page.getByRole("button", { name: "Keep on this device" }).isVisible(),
      false,
      "the sample is not kept",
    );
    await filesOf(page).setInputFiles([
      asFile("june.ndjson", [message("1"), message("2", { receivedAt: "2025-06-19T00:00:00" })].join("\n")),
      asFile("agents.json", '{"data":[{"id":"a","name":"<b>Ada</b>"}]}'),
    ]);
    await counted(page, "2 records");
    await page.getByText("How records are read").click();
    await page.getByRole("combobox", { name: "Times without an offset" }).selectOption("utc");
    await page.getByRole("rowheader", { name: "Ada" }).waitFor();
    assert.deepEqual(await databases(page), []);
    await page.getByRole("button", { name: "Keep on this device" }).click();
    await page.getByText("They are here again at your next visit").waitFor();
    assert.deepEqual(await databases(page), ["usage-by-agent"]);

    await page.goto("about:blank");
    await page.goto(`${server.origin}/#tz=UTC`);
    const sources = await counted(page, "2 records");
    assert.match(sources[0].join(), /^Kept on .*: june\.ndjson,Saved counts of 2 records · /);
    await page.getByRole("rowheader", { name: "<b>Ada</b>" }).waitFor();
    assert.equal(await page.inputValue("#naiveTimestamps"), "utc");
    // Records that come twice count once: the kept counts know their ids.
    await filesOf(page).setInputFiles(asFile("more.ndjson", [message("1"), message("3")].join("\n")));
    await counted(page, "4 records of 2 sources");
    const bold = await page
      .getByRole("rowheader", { name: "<b>Ada</b>" })
      .locator("xpath=..")
      .getByRole("cell")
      .first()
      .textContent();
    assert.equal(bold, "3");

    await page.getByRole("button", { name: "Forget" }).click();
    await page.getByText("Nothing is kept on this device any more").waitFor();
    assert.deepEqual(await databases(page), []);
    await page.reload();
    await page.getByText("This is a sample").waitFor();
    assert.deepEqual(await databases(page), [], "looking for what is kept leaves no trace");
    await close();
  });

  test("counts are saved as a file, which is opened like any other", async () => {
    const { page, close } = await open();
    await counted(page, "[\\d,]+ records");
    await filesOf(page).setInputFiles(asFile("june.ndjson", [message("1"), message("2")].join("\n")));
    await counted(page, "2 records");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save counts as a file" }).click(),
    ]);
    assert.match(download.suggestedFilename(), /^usage_\d{4}-\d\d-\d\d\.counts$/);
    const path = join(folder, "saved.counts");
    await download.saveAs(path);
    await page.getByRole("button", { name: "Remove june.ndjson" }).click();
    await page.getByRole("list", { name: "Sources" }).waitFor({ state: "hidden" });
    await filesOf(page).setInputFiles(path);
    const [[name, facts]] = await counted(page, "2 records");
    assert.match(`${name}: ${facts}`, /^saved\.counts: Saved counts of 2 records · /);
    await page.locator(".usage .name", { hasText: "Ann" }).waitFor();
    await close();
  });

  test("an entry of another form is not opened, and can be forgotten", async () => {
    const { page, close } = await open();
    await counted(page, "[\\d,]+ records");
    await page.evaluate(
      () =>
        new Promise((resolve) => {
          const request = indexedDB.open("usage-by-agent", 1);
          request.onupgradeneeded = () =>
            request.result.createObjectStore("kept").put({ form: 99, snapshot: "x" }, "counts");
          request.onsuccess = () => resolve(request.result.close());
        }),
    );
    await page.reload();
    await page.getByText("that this version of the page can’t open").waitFor();
    await page.getByText("This is a sample").waitFor();
    await page.getByRole("button", { name: "Forget" }).click();
    await page.getByText("Nothing is kept on this device any more").waitFor();
    assert.deepEqual(await databases(page), []);
    await close();
  });
});

test("the page goes on after its module was lost", async () => {
  const { page, close } = await open();
  await counted(page, "[\\d,]+ records");
  await filesOf(page).setInputFiles(asFile("good.ndjson", message("1")));
  await counted(page, "1 record");
  await failGrowths(page, 1);
  // Names are kept, so these need more memory than the sample has left.
  const large = Array.from({ length: 8000 }, (_, n) =>
    message(`large ${n}`, { agentId: `a${n}`, agentName: `Agent ${n} ${"x".repeat(2500)}` }),
  ).join("\n");
  await filesOf(page).setInputFiles(asFile("large.ndjson", large));
  const failed = page.getByRole("listitem").filter({ hasText: "large.ndjson" });
  await failed.getByText("needs more memory than this browser gives").waitFor();
  await page.locator(".usage .name", { hasText: "Ann" }).waitFor();
  // It works again.
  await page.getByRole("button", { name: "Remove large.ndjson" }).click();
  await filesOf(page).setInputFiles(asFile("again.ndjson", large));
  await counted(page, "8,001 records of 2 sources");
  await close();
});

test("a browser without WebAssembly says so, and nothing waits for ever", async () => {
  const path = join(folder, "old");
  cpSync(DIST, path, { recursive: true });
  for (const name of readdirSync(join(path, "assets")).filter((name) => name.startsWith("worker"))) {
    const script = join(path, "assets", name);
    writeFileSync(script, `delete self.WebAssembly;\n${readFileSync(script, "utf8")}`);
  }
  const old = await serve({ "/": path });
  const page = await browser.newPage();
  await page.goto(old.origin);
  await page.locator("#failure").getByText("This browser can’t count").waitFor();
  await filesOf(page).setInputFiles(asFile("one.ndjson", message("1")));
  await page.locator(".run").waitFor({ state: "hidden" });
  await page.locator("#failure").getByText("This browser can’t count").waitFor();
  await page.close();
  old.close();
});

test("Firefox counts a file, and keeps its counts", async () => {
  const firefox = await openFirefox();
  const said = '[...document.querySelectorAll("#records [role=status]")].map((said) => said.textContent).join(" ")';
  const once = (condition) => firefox.valueOf(`(${condition}) || undefined`);
  try {
    await firefox.goto(`${server.origin}/#tz=UTC`);
    await once(`/records of 1 source|[0-9] records in/.test(${said})`);
    const given = JSON.stringify([message("1"), message("2")].join("\n"));
    await once(`(() => {
      const data = new DataTransfer();
      data.items.add(new File([${given}], "june.ndjson"));
      const input = document.querySelector("#records input[type=file]");
      input.files = data.files;
      return input.dispatchEvent(new Event("change"));
    })()`);
    await once(`/^2 records in/.test(${said})`);
    await once(
      `[...document.querySelectorAll("button")].find((one) => one.textContent === "Keep on this device").click() ?? true`,
    );
    await once(`/here again at your next visit/.test(${said})`);
    await firefox.goto("about:blank");
    await firefox.goto(`${server.origin}/#tz=UTC`);
    await once(`/^2 records in/.test(${said})`);
    const text = await once('document.querySelector(".usage tbody tr")?.textContent');
    assert.match(text, /^Ann\s*a\s*2/);
  } finally {
    await firefox.close();
  }
});
