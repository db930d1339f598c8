/** A real Chromium. `CHROMIUM` names another one. */
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
  // A scroll bar that takes space would be missing from the pictures of whole pages, and the space cut off their edge.
  "--hide-scrollbars",
];

export const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** @param {string[]} more further switches */
export function launch(more = []) {
  return chromium.launch({
    executablePath,
    // Chromium's own new headless mode, which is the browser itself; Playwright's switch would ask for the old one.
    headless: false,
    args: ["--headless=new", ...ARGS, ...more],
  });
}
