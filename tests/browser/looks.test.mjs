/** The page's appearance: pictures for people, and checks that need no pictures. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { violationsIn } from "./support/axe.mjs";
import { choose, settled, start } from "./support/page.mjs";
import { asFile } from "./support/records.mjs";

const PICTURES = fileURLToPath(new URL("../../.generated/screenshots/", import.meta.url));
const SIZES = { wide: { width: 1280, height: 900 }, narrow: { width: 360, height: 740 } };

let site;
before(async () => {
  mkdirSync(PICTURES, { recursive: true });
  site = await start();
});
after(() => site.close());

for (const colorScheme of ["light", "dark"]) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    test(`the page fits and has contrast: ${colorScheme}, ${size}`, async () => {
      const { page, close } = await site.open({
        hash: "#tz=America/New_York",
        viewport,
        colorScheme,
        reducedMotion: "reduce",
      });
      const picture = async (name) => {
        const { scrollWidth, clientWidth } = await page.evaluate(() => {
          const { scrollWidth, clientWidth } = document.documentElement;
          return { scrollWidth, clientWidth };
        });
        assert.equal(scrollWidth, clientWidth, `${name} fits the width`);
        await page.screenshot({ path: `${PICTURES}${name}-${size}-${colorScheme}.png`, fullPage: true });
      };
      await page.locator(".usage").waitFor();
      await settled(page);
      await picture("sample");
      assert.deepEqual(await violationsIn(page), []);

      await page.click("#zone");
      await page.fill("#zone", "new");
      await page.locator(".zones .offset", { hasText: "UTC" }).first().waitFor();
      await page.screenshot({ path: `${PICTURES}zones-${size}-${colorScheme}.png` });
      await page.keyboard.press("Escape");

      const long = JSON.stringify({
        type: "message",
        agentId: "i".repeat(500),
        agentName: "Wide".repeat(200),
        receivedAt: "x".repeat(300),
      });
      await choose(
        page,
        asFile(`${"name".repeat(60)}.ndjson`, [long, long.replace(/x+/, new Date().toISOString())].join("\n")),
      );
      await page.locator(".diagnostics summary").click();
      await picture("long");

      await choose(
        page,
        asFile("page.json", `{"data":[{"id":"1","receivedAt":"2025-06-18T09:00:00Z"}],"hasMore":true,"total":512}`),
      );
      await picture("warning");
      if (size === "narrow") assert.deepEqual(await violationsIn(page), []);
      await choose(page, asFile("error.json", '{"detail":"Invalid API key"}'));
      await picture("not-understood");
      if (size === "narrow") assert.deepEqual(await violationsIn(page), []);

      await page.getByText("How records are read", { exact: true }).click();
      await page.getByLabel("Invalid records").selectOption("throw");
      await choose(page, asFile("long.ndjson", long));
      await picture("failure");
      await close();
    });
  }
}
