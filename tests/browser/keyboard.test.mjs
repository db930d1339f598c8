/** Uses the whole page without a mouse, by the names that a screen reader reads. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { choose, settled, settledAfter, start } from "./support/page.mjs";
import { asFile } from "./support/records.mjs";

let site;
before(async () => {
  site = await start();
});
after(() => site.close());

const MARCH = "#period=month&date=2025-03-01&tz=America/New_York";

/** The name of the focused element. */
const focused = (page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    const text = element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.textContent;
    return text.trim();
  });

/** Presses Tab until an element is reached. Every element on the way must show its focus. */
async function tabTo(page, wanted, key = "Tab") {
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press(key);
    const name = await focused(page);
    assert.ok(await focusIsVisible(page), `the focus on "${name}" can be seen`);
    if (name === wanted) return;
  }
  assert.fail(`Tab never reaches "${wanted}"`);
}

test("the keyboard leads from the period over chart, agent and hours to a copied report", async () => {
  const { page, close } = await site.open({ hash: MARCH });
  const press = (key) => page.keyboard.press(key);
  const title = () => page.textContent("#period-title");
  await settled(page);

  // Arrow keys move between periods while nothing else uses them.
  await settledAfter(page, () => press("ArrowLeft"));
  assert.equal(await title(), "February 2025");
  await settledAfter(page, () => press("ArrowRight"));
  assert.equal(await title(), "March 2025");
  await tabTo(page, "Previous month");
  await settledAfter(page, () => press("Enter"));
  await settledAfter(page, () => press("Enter"));
  assert.equal(await title(), "January 2025");
  await tabTo(page, "Next month");
  await settledAfter(page, () => press("Space"));
  assert.equal(await title(), "February 2025");
  assert.equal(await focused(page), "Next month");
  await tabTo(page, "Month");
  await settledAfter(page, () => press("ArrowLeft"));
  assert.match(page.url(), /period=week&date=2025-01-27/);
  await settledAfter(page, () => press("ArrowRight"));

  await tabTo(page, "Time zone");
  await page.keyboard.type("vienna");
  await page.getByRole("listbox", { name: "Time zones" }).waitFor();
  await settledAfter(page, () => press("Enter"));
  assert.match(page.url(), /tz=Europe\/Vienna/);
  assert.equal(await page.getByRole("listbox", { name: "Time zones" }).isVisible(), false);
  await settledAfter(page, () => page.evaluate((hash) => (location.hash = hash), MARCH));

  // The chart is read step by step.
  const chart = page.getByRole("slider", { name: "Messages by day: read one by one" });
  await tabTo(page, "Messages by day: read one by one");
  assert.match(
    await chart.getAttribute("aria-valuetext"),
    /^Monday 31 March 2025: \d+ messages\. Front desk \d+, Bookings \d+, /,
  );
  await press("Home");
  assert.match(await chart.getAttribute("aria-valuetext"), /^Saturday 1 March 2025: /);
  await press("ArrowRight");
  const second = await chart.getAttribute("aria-valuetext");
  assert.match(second, /^Sunday 2 March 2025: /);
  assert.match(await page.locator(".readout:visible").textContent(), /^Sunday 2 March 2025\d+ messages/);
  assert.equal(await title(), "March 2025");
  await press("Escape");
  assert.equal(await page.locator(".readout:visible").count(), 0);
  await tabTo(page, "The chart as a table");
  await press("Enter");
  const row = page
    .getByRole("region", { name: "Messages by day, as a table" })
    .getByRole("row", { name: /^Sunday 2 March 2025/ });
  assert.ok((await row.textContent()).endsWith(/: (\d+) messages/.exec(second)[1]));

  // An agent is opened, and closed by Back.
  await tabTo(page, "Bookings");
  await settledAfter(page, () => press("Enter"));
  assert.match(page.url(), /agent=agt_008952/);
  assert.equal(await focused(page), "Bookings");
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "H3");
  const part = page.getByRole("region", { name: "Bookings", exact: true });
  assert.match(await part.textContent(), /messages and \d+ calls of/);
  await tabTo(page, "Close");
  await settledAfter(page, () => press("Enter"));
  assert.equal(await part.isVisible(), false);
  assert.equal(await focused(page), "Bookings");

  await page.getByLabel("Find an agent").focus();
  await page.keyboard.type("reserv lyon");
  await page.getByText("1 agent found").waitFor();
  assert.deepEqual(await page.locator(".usage tbody .name").allTextContents(), ["Réservations Lyon"]);
  for (let i = 0; i < 11; i++) await press("Backspace");
  await tabTo(page, "Change");
  await settledAfter(page, () => press("Enter"));
  assert.match(page.url(), /sort=-change/);
  assert.equal(await focused(page), "Change");
  assert.equal(await page.getByRole("columnheader", { name: "Change" }).getAttribute("aria-sort"), "descending");

  // The hours of the week are a grid.
  const grid = page.getByRole("grid", { name: "Messages by weekday and hour" });
  await grid.locator("td[tabindex='0']").focus();
  await press("ArrowDown");
  await press("End");
  await press("ArrowLeft");
  await page.getByText(/^Tuesday 22:00–23:00: \d+ messages, /).waitFor();
  assert.equal(await title(), "March 2025");

  await tabTo(page, "Copy JSON");
  await press("Enter");
  await page.getByText("Copied.").waitFor();
  const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  assert.equal(copied.periodStart, "2025-03-01T05:00:00Z");

  // The button that leads to the records is reached by Shift+Tab from everywhere.
  await tabTo(page, "Records", "Shift+Tab");
  await press("Enter");
  assert.equal(await focused(page), "Choose files");
  await close();
});

test("elements have names, roles and live regions", async () => {
  const { page, close } = await site.open({ hash: MARCH });
  await settled(page);
  for (const [role, name] of [
    ["heading", "Usage by agent"],
    ["combobox", "Time zone"],
    ["radiogroup", "Length of the period"],
    ["radiogroup", "What is shown"],
    ["slider", "Messages by day: read one by one"],
    ["table", "Usage by agent"],
    ["grid", "Messages by weekday and hour"],
    ["table", "Usage by channel and direction"],
    ["group", "Move to another period"],
    ["complementary", "Records"],
  ]) {
    assert.equal(await page.getByRole(role, { name, exact: true }).count(), 1, `${role} "${name}"`);
  }
  const unnamed = await page
    .locator("input, select, button")
    .evaluateAll(
      (elements) =>
        elements.filter(
          (element) =>
            (element.labels?.[0]?.textContent ?? element.getAttribute("aria-label") ?? element.textContent).trim() ===
              "" && element.checkVisibility(),
        ).length,
    );
  assert.equal(unnamed, 0);
  await close();
});

test("the focus stays where the work goes on when the sample or a file is removed", async () => {
  const { page, close } = await site.open({ hash: MARCH });
  await settled(page);
  await page.getByRole("button", { name: "Remove all" }).press("Enter");
  await page.getByText("There are no records.").waitFor();
  assert.equal(await focused(page), "Choose files");
  await page.getByRole("button", { name: "Use the sample" }).press("Enter");
  await page.getByText("This is a sample").waitFor();
  await settled(page);
  assert.equal(await focused(page), "Choose files");
  await choose(page, asFile("one.ndjson", '{"id":"m1","receivedAt":"2025-03-03T09:00:00Z"}'));
  await page.getByRole("button", { name: "Remove one.ndjson" }).press("Enter");
  await page.getByText("There are no records.").waitFor();
  assert.equal(await focused(page), "Choose files");
  await close();
});

/** Whether the focused element, or its label, has an outline. */
function focusIsVisible(page) {
  return page.evaluate(() => {
    const outlined = (element) => element !== null && getComputedStyle(element).outlineStyle !== "none";
    return outlined(document.activeElement) || outlined(document.activeElement.closest("label"));
  });
}
