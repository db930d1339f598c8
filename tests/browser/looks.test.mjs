/** The page's appearance: pictures for people, and checks that need no pictures. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { choose, start } from "./support/page.mjs";
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
      await picture("empty");
      await page.click("#sample");
      await page.locator(".usage").waitFor();
      await picture("sample");
      assert.deepEqual(await faintTexts(page), []);

      await page.click("#zone");
      await page.fill("#zone", "new");
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
      await picture("long");

      await choose(
        page,
        asFile("page.json", `{"data":[{"id":"1","receivedAt":"2025-06-18T09:00:00Z"}],"hasMore":true,"total":512}`),
      );
      await picture("warning");
      assert.deepEqual(await faintTexts(page), []);
      await choose(page, asFile("error.json", '{"detail":"Invalid API key"}'));
      await picture("not-understood");
      assert.deepEqual(await faintTexts(page), []);

      await page.evaluate(() => (document.getElementById("onInvalid").closest("details").open = true));
      await page.selectOption("#onInvalid", "throw");
      await choose(page, asFile("long.ndjson", long));
      await picture("failure");
      await close();
    });
  }
}

/** The texts whose contrast with their background is below WCAG's 4.5 to 1. */
function faintTexts(page) {
  return page.evaluate(() => {
    const parse = (color) => color.match(/[\d.]+/g).map(Number);
    const luminance = ([r, g, b]) => {
      const [R, G, B] = [r, g, b].map((value) =>
        value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
      );
      return 0.2126 * R + 0.7152 * G + 0.0722 * B;
    };
    const behind = (element) => {
      for (let e = element; e !== null; e = e.parentElement) {
        const color = parse(getComputedStyle(e).backgroundColor);
        if (color[3] !== 0) return color;
      }
      return [255, 255, 255];
    };
    const faint = new Set();
    for (const element of document.querySelectorAll("body *")) {
      const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "");
      if (!own || element.closest("[hidden], option, script, noscript") !== null) continue;
      const [a, b] = [luminance(parse(getComputedStyle(element).color)), luminance(behind(element))];
      const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      if (contrast < 4.5)
        faint.add(
          `${element.className || element.tagName} ${element.textContent.slice(0, 20)}: ${contrast.toFixed(2)}`,
        );
    }
    return [...faint];
  });
}
