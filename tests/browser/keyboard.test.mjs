/** Uses the whole page without a mouse, by the names that a screen reader reads. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { settledAfter, start, tableOf } from "./support/page.mjs";

let site;
before(async () => {
  site = await start();
});
after(() => site.close());

test("the keyboard leads from the sample to a copied report", async () => {
  const { page, close } = await site.open({ hash: "#tz=UTC" });
  const press = (key) => page.keyboard.press(key);
  const focused = () =>
    page.evaluate(() => {
      const element = document.activeElement;
      const text = element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.textContent;
      return text.trim();
    });
  /** Presses Tab until an element is reached. Every element on the way must show its focus. */
  const tabTo = async (wanted, key = "Tab") => {
    for (let i = 0; i < 40; i++) {
      await press(key);
      const name = await focused();
      assert.ok(await focusIsVisible(page), `the focus on "${name}" can be seen`);
      if (name === wanted) return;
    }
    assert.fail(`Tab never reaches "${wanted}"`);
  };

  await tabTo("Choose a file");
  await tabTo("Use the sample");
  await settledAfter(page, () => press("Enter"));
  const june = await tableOf(page);
  assert.ok(june.length > 5);

  await tabTo("Month");
  await settledAfter(page, () => press("ArrowLeft"));
  assert.match(page.url(), /period=week/);

  await tabTo("Time zone");
  await page.keyboard.type("new york");
  const list = page.getByRole("listbox", { name: "Time zones" });
  await list.waitFor();
  assert.equal(await page.getAttribute("#zone", "aria-expanded"), "true");
  await settledAfter(page, () => press("Enter"));
  assert.equal(await page.inputValue("#zone"), "America/New_York");
  assert.equal(await list.isVisible(), false);

  // Escape undoes the typed text. Arrow keys move from the chosen zone.
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type("nowhere");
  await page.getByText("No such zone").waitFor();
  await press("Escape");
  assert.equal(await page.inputValue("#zone"), "America/New_York");
  await press("ArrowDown");
  assert.match(await activeOption(page), /^New York .*America\/New_York$/);
  await press("ArrowDown");
  assert.doesNotMatch(await activeOption(page), /America\/New_York/);
  await press("ArrowUp");
  await press("ArrowUp");
  await settledAfter(page, () => press("Enter"));
  const above = await page.inputValue("#zone");
  assert.ok(above < "America/New_York" && above.startsWith("America/"), above);

  await tabTo("Weeks start on");
  await settledAfter(page, () => page.keyboard.type("sun"));
  assert.match(page.url(), /weekStart=sunday/);
  await tabTo("Count the same id once");
  await settledAfter(page, () => press("Space"));
  await tabTo("Previous week");
  await settledAfter(page, () => press("Enter"));
  await settledAfter(page, () => press("Enter"));
  assert.match(page.url(), /offset=-2/);
  await tabTo("Next week");
  await settledAfter(page, () => press("Space"));
  assert.match(page.url(), /offset=-1/);

  await tabTo("Copy JSON");
  await press("Enter");
  await page.getByText("Copied.").waitFor();
  const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  assert.equal(copied.period, "week");
  await tabTo("Download CSV");
  const [download] = await Promise.all([page.waitForEvent("download"), press("Enter")]);
  assert.match(download.suggestedFilename(), /^usage-by-agent_week_/);

  // Shift+Tab leads back.
  await tabTo("Choose a file", "Shift+Tab");
  await close();
});

test("elements have names, roles and live regions", async () => {
  const { page, close } = await site.open({ hash: "#period=week&tz=UTC&sample=true" });
  await page.locator(".usage").waitFor();
  for (const [role, name] of [
    ["heading", "Usage by agent"],
    ["combobox", "Time zone"],
    ["radiogroup", "Length of the period"],
    ["table", "Usage by agent"],
    ["table", "Bounds of the period"],
    ["group", "Move to another period"],
  ]) {
    assert.equal(await page.getByRole(role, { name, exact: true }).count(), 1, `${role} "${name}"`);
  }
  assert.match(await page.locator("#status[role=status]").textContent(), /^\d\d,\d{3} records of The sample/);
  const unnamed = await page
    .locator("input, select, button")
    .evaluateAll(
      (elements) =>
        elements.filter(
          (element) =>
            (element.labels?.[0]?.textContent ?? element.getAttribute("aria-label") ?? element.textContent).trim() ===
              "" && !element.hidden,
        ).length,
    );
  assert.equal(unnamed, 0);
  await close();
});

function activeOption(page) {
  return page.evaluate(
    () => document.getElementById(document.getElementById("zone").getAttribute("aria-activedescendant"))?.textContent,
  );
}

/** Whether the focused element, or its label, has an outline. */
function focusIsVisible(page) {
  return page.evaluate(() => {
    const outlined = (element) => element !== null && getComputedStyle(element).outlineStyle !== "none";
    return outlined(document.activeElement) || outlined(document.activeElement.closest("label"));
  });
}
