// `npm run screenshot`: builds the page, and takes the picture of its sample that the README shows.

import { statSync } from "node:fs";
import { join } from "node:path";
import { buildAll } from "./build/all.mjs";
import { BROWSER, BUILD, setUp } from "./setup/all.mjs";
import { fail, root } from "./setup/run.mjs";

const PICTURE = join(root, "docs/page.png");

try {
  const tools = await setUp([...BUILD, ...BROWSER]);
  await buildAll(tools);
  process.env.CHROMIUM = tools.browser.chromium;
  const { settled, start } = await import("../tests/browser/support/page.mjs"); // reads the variable
  const site = await start();
  const { page, close } = await site.open({
    hash: "#tz=America/New_York",
    viewport: { width: 1280, height: 900 },
    colorScheme: "light",
    reducedMotion: "reduce",
  });
  await page.getByText("This is a sample").waitFor();
  await settled(page);
  await page.screenshot({ path: PICTURE });
  await close();
  await site.close();
  console.log(`${PICTURE}: ${statSync(PICTURE).size} bytes`);
} catch (error) {
  fail(error);
}
