/** Starts Chromium. `CHROMIUM` may name another one. */
import { chromium } from "playwright-core";

const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-dev-shm-usage",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // A scroll bar with its own space would cut that space off pictures of whole pages.
  "--hide-scrollbars",
];

export const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** @param {string[]} more further switches */
export function launch(more = []) {
  return chromium.launch({
    executablePath,
    // Chromium's new headless mode, which is the real browser. Playwright's option would start the old mode.
    headless: false,
    args: ["--headless=new", ...ARGS, ...more],
  });
}
