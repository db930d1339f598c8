// Everything that a task needs before it starts. A step takes milliseconds and prints nothing if its result exists already.

import { chromium } from "./chromium.mjs";
import { firefox } from "./firefox.mjs";
import { npmPackages } from "./npm.mjs";
import { python } from "./python.mjs";
import { checkVersions } from "./versions.mjs";
import { wasmBindgen } from "./wasm-bindgen.mjs";
import { wasmTarget } from "./wasm-target.mjs";

/** The parts that `setUp` can provide. */
export const BUILD = ["npm", "target"];
export const BROWSER = ["chromium"];

/**
 * Sets up the named parts. Returns
 *   wasm      the environment for cargo when it builds for WebAssembly
 *   bindgen   the folder of wasm-bindgen's tools, which only tests need
 *   browser   { chromium, chromedriver }
 *   firefox   { firefox, geckodriver }
 *   python    the Python that has the packages from PyPI
 */
export async function setUp(parts) {
  checkVersions();
  const wants = new Set(parts);
  return {
    npm: wants.has("npm") && (await npmPackages()),
    wasm: wants.has("target") && (await wasmTarget()),
    bindgen: wants.has("bindgen") && (await wasmBindgen()),
    firefox: wants.has("firefox") && (await firefox()),
    browser: wants.has("chromium") && (await chromium()),
    python: wants.has("python") && (await python()),
  };
}
