/** A page with nothing but the page's usage of files, for tests of what the worker counts and answers. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";
import { workspace, write } from "../../support/packed.mjs";
import { launch } from "./browser.mjs";
import { DIST } from "./page.mjs";
import { serve } from "./server.mjs";

const SOURCE = new URL("../../../www/src/", import.meta.url).pathname;

const APP = `
  import { LocalUsage } from ${JSON.stringify(join(SOURCE, "usage/local.ts"))};
  const seen = [];
  const usage = new LocalUsage();
  usage.onChange((state) => seen.push(state));
  const settled = async () => {
    while (seen.at(-1).kind === "counting") await new Promise((resolve) => setTimeout(resolve, 5));
    return seen.at(-1);
  };
  Object.assign(window, {
    usage,
    seen,
    settled,
    /** Does something that counts, and gives the state at the end. */
    async after(change) {
      const before = seen.length;
      await change(usage);
      while (seen.length === before) await new Promise((resolve) => setTimeout(resolve, 5));
      return settled();
    },
    /** A rejection as data. */
    refused: (promise) => promise.then(() => null, (error) => error.failure ?? { code: error.name }),
  });
`;

/**
 * Lets a page make the next growths of the module's memory fail, and end the worker: `new BroadcastChannel("memory").postMessage(1)`
 * for one growth, and `"end"`. The worker says `"taken"` for a number of growths: its other messages may overtake those of a channel.
 */
const SCARCE = `{
  let failing = 0;
  const channel = new BroadcastChannel("memory");
  channel.onmessage = ({ data }) => {
    if (data === "end") throw new Error("the test ends the worker");
    if (typeof data !== "number") return;
    failing = data;
    channel.postMessage("taken");
  };
  const Real = WebAssembly.Instance;
  WebAssembly.Instance = function (module, imports) {
    const { memory_grow_pre } = imports.env;
    imports.env.memory_grow_pre = (memory, pages) => (failing-- > 0 ? -1 : memory_grow_pre(memory, pages));
    return new Real(module, imports);
  };
}
`;

/** Makes the next growths of the module's memory fail in a page whose memory is scarce. */
export function failGrowths(page, growths) {
  return page.evaluate(async (growths) => {
    const channel = new BroadcastChannel("memory");
    const taken = new Promise((resolve) => {
      channel.onmessage = resolve;
    });
    channel.postMessage(growths);
    await taken;
    channel.close();
  }, growths);
}

/** Makes the memory of the worker scarce in a built page. */
export function makeScarce(dist) {
  const assets = join(dist, "assets");
  for (const name of readdirSync(assets).filter((name) => name.startsWith("worker"))) {
    const path = join(assets, name);
    writeFileSync(path, SCARCE + readFileSync(path, "utf8"));
  }
}

/**
 * Builds the page and starts a browser. `open` gives a tab of its own to each test.
 *
 * @param {Record<string, string>} [define] what stands for what in the scripts, such as the number of cores
 */
export async function startUsage(define = {}) {
  const folder = workspace();
  const head = "<!doctype html><title>Usage</title><link rel=icon href=data:,>";
  write({ "index.html": `${head}<script type="module" src="/app.mjs"></script>`, "app.mjs": APP }, folder);
  await build({
    root: folder,
    configFile: false,
    logLevel: "silent",
    define: { SERVED: "false", ...define },
    worker: { format: "es" },
    build: { assetsInlineLimit: 0 },
  });
  const dist = join(folder, "dist");
  makeScarce(dist);
  const server = await serve({ "/": dist, "/dist/": DIST });
  const browser = await launch();
  return {
    folder: dist,
    origin: server.origin,
    /** Writes a file that the page can fetch by its name. */
    write: (name, content) => writeFileSync(join(dist, name), content),
    async open() {
      const page = await browser.newPage();
      page.setDefaultTimeout(120_000);
      await page.goto(`${server.origin}/`);
      await page.waitForFunction(() => "usage" in window);
      return page;
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}
