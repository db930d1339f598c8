// Every suite, in the order in which they run.

import { readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { typedoc } from "../docs/typedoc.mjs";
import { root } from "../setup/run.mjs";
import { TARGET } from "../setup/wasm-target.mjs";
import { inChromium, inFirefox } from "./drivers.mjs";
import { cargoTest, checks, nodeTest, testFiles } from "./kinds.mjs";
import { lintCommands } from "./lint.mjs";

/**
 * `needs` names parts of setUp(), or "build" for everything that `npm run build` makes. Suites of one lane run one after the other. The
 * lanes `cargo` and `node` run at once: compilers use one core at their ends, and tests wait for answers. Suites of the lane `alone` run
 * when the others have ended.
 */
export const suites = [
  { name: "lint", lane: "cargo", needs: ["npm", "target"], run: ({ wasm }) => checks(lintCommands({ wasm })) },
  { name: "rust", lane: "cargo", needs: [], run: () => cargoTest(["--workspace"]) },
  { name: "web", lane: "cargo", needs: ["target", "bindgen", "chromium"], run: rustInChromium },
  { name: "web-firefox", lane: "cargo", needs: ["target", "bindgen", "firefox"], run: rustInFirefox },
  { name: "types", lane: "node", needs: ["build"], run: types },
  inNode("node"),
  inNode("packaging"),
  inNode("command"),
  inNode("bindgen", ["bindgen"]),
  inNode("deno"),
  inNode("workerd"),
  { ...inNode("browser", ["chromium", "firefox"]), lane: "alone" }, // a browser takes all cores by itself
  inNode("zones", ["chromium", "python"]),
  inNode("clients", ["python"]),
  { name: "strays", lane: "node", needs: [], run: strays },
];

/** The suite of a folder of tests/. Node runs it; the tested code may run in a browser or in workerd. */
function inNode(folder, needs = []) {
  const run = ({ bindgen, browser, firefox }) =>
    nodeTest(folder, {
      ...(bindgen && { WASM_BINDGEN: join(bindgen, "wasm-bindgen") }),
      ...(browser && { CHROMIUM: browser.chromium }),
      ...(firefox && { FIREFOX: firefox.firefox, GECKODRIVER: firefox.geckodriver }),
    });
  return { name: folder, lane: "node", needs: ["build", ...needs], run, folder };
}

function rustInChromium({ browser, ...tools }) {
  return rustInBrowser(tools, inChromium(browser), "Running headless tests in Chrome on");
}

function rustInFirefox({ firefox, ...tools }) {
  return rustInBrowser(tools, inFirefox(firefox), "Running headless tests in Firefox on");
}

/** All that cargo tests for WebAssembly, as wasm-pack does. The output has to contain `proof`, which names the browser. */
function rustInBrowser({ wasm, bindgen }, driver, proof) {
  const env = {
    ...wasm,
    PATH: `${bindgen}${delimiter}${process.env.PATH}`, // has the runner that .cargo/config.toml names
    ...driver,
    WASM_BINDGEN_TEST_TIMEOUT: "300",
  };
  return cargoTest(["--target", TARGET], env, proof);
}

/** All TypeScript. The page, the Worker and the tests use the package's types as users do. The API reference has no broken link. */
function types() {
  const tsc = join(root, "node_modules/.bin/tsc");
  const compiled = ["pkg", "www", "worker", "tests"].map((folder) => [tsc, ["--noEmit", "-p", folder]]);
  return checks([...compiled, typedoc(["--emit", "none"])]);
}

/** Fails for a folder of tests that no suite runs, because its tests would seem to pass. */
function strays() {
  const known = suites.map((suite) => suite.folder);
  const entries = readdirSync(join(root, "tests"), { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const stray = folders.filter((folder) => !known.includes(folder) && testFiles(folder).length > 0);
  if (stray.length === 0) return { passed: 1, failed: 0, skipped: 0 };
  return { passed: 0, failed: stray.length, skipped: 0, note: `no suite runs tests/${stray.join(", tests/")}` };
}
