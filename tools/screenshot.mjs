// `npm run screenshot`: builds the page, and takes the picture of its sample that the README shows. `npm run screenshot -- states` takes
// pictures of what the page can look like, into target/screenshots/, for a person to look at.

import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { buildAll } from "./build/all.mjs";
import { BROWSER, BUILD, setUp } from "./setup/all.mjs";
import { fail, Missing, root } from "./setup/run.mjs";

const PICTURE = join(root, "docs/page.png");
const STATES = join(root, "target/screenshots");

try {
  const [, , what = "readme"] = process.argv;
  if (!["readme", "states"].includes(what)) throw new Missing("Usage: npm run screenshot -- [readme|states]");
  const tools = await setUp([...BUILD, ...BROWSER]);
  await buildAll(tools);
  process.env.CHROMIUM = tools.browser.chromium;
  const support = await import("../tests/browser/support/page.mjs"); // reads the variable
  const site = await support.start();
  if (what === "readme") await pictureOfReadme(site, support);
  else await picturesOfStates(site, support);
  await site.close();
} catch (error) {
  fail(error);
}

async function pictureOfReadme(site, { settled }) {
  const { page, close } = await site.open({
    hash: "#tz=America/New_York",
    viewport: { width: 1120, height: 850 },
    colorScheme: "light",
    reducedMotion: "reduce",
  });
  await settled(page);
  await page.screenshot({ path: PICTURE });
  await close();
  console.log(`${PICTURE}: ${statSync(PICTURE).size} bytes`);
}

async function picturesOfStates(site, support) {
  mkdirSync(STATES, { recursive: true });
  for (const [name, { options = {}, media, act }] of Object.entries(states(support))) {
    const { page } = await site.open({ reducedMotion: "reduce", ...options });
    await support.settled(page);
    if (media !== undefined) await page.emulateMedia(media);
    await act?.(page);
    await page.waitForTimeout(300); // what fades in has faded in
    await page.screenshot({ path: join(STATES, `${name}.png`), fullPage: true });
    await page.context().close(); // a state may ask for what is not there
    console.log(`${join(STATES, name)}.png`);
  }
}

/** The states: how the tab is opened, the media that are emulated, and what is done on the page. */
function states({ add, choose, settledAfter }) {
  const button = (page, name) => page.getByRole("button", { name, exact: true });
  const file = (name, text) => ({ name, mimeType: "application/json", buffer: Buffer.from(text) });
  const phone = { viewport: { width: 390, height: 844 } };
  const openAgent = (page) => settledAfter(page, () => page.locator(".usage tbody a.name").first().click());
  const audit = async (page) => {
    await button(page, "Use the sample’s answer").click();
    await page.locator("#audit h3").first().waitFor();
  };
  return {
    light: {},
    dark: { options: { colorScheme: "dark" } },
    "forced-colours": { options: { forcedColors: "active" } },
    "forced-colours-dark": { options: { forcedColors: "active", colorScheme: "dark" } },
    phone: { options: phone },
    narrow: { options: { viewport: { width: 320, height: 700 } } },
    wide: { options: { viewport: { width: 1920, height: 1080 } } },
    print: { options: { viewport: { width: 718, height: 1000 } }, media: { media: "print" } },
    week: { options: { hash: "#period=week" } },
    year: { options: { hash: "#period=year" } },
    "call-time": { act: (page) => page.getByRole("radio", { name: "Call time" }).check() },
    "no-usage": { options: { hash: "#period=month&date=2031-05-01" } },
    "bad-link": { options: { hash: "#period=decade&tz=Mars/Olympus&date=2025-02-31" } },
    agent: { act: openAgent },
    "agent-phone": { options: phone, act: openAgent },
    audit: { act: audit },
    "audit-phone": { options: phone, act: audit },
    account: { act: (page) => page.locator("#account summary").first().click() },
    zones: {
      act: async (page) => {
        await page.locator("#zone").fill("zürich");
        await page.getByRole("option").first().waitFor();
      },
    },
    paste: { act: (page) => button(page, "Paste").click() },
    collect: { act: (page) => button(page, "Collect with an API key").click() },
    empty: { act: (page) => button(page, "Remove all").click() },
    faults: {
      act: (page) =>
        choose(
          page,
          file("calls.json", '[{"receivedAt":"2024-06-01T12:00:00"},{"receivedAt":"2024-06-02T12:00:00Z"},7]'),
        ),
    },
    failure: {
      act: async (page) => {
        await add(page, file("calls.zip", "PK\u0003\u0004"));
        await page.locator("[data-source]").first().waitFor();
      },
    },
  };
}
