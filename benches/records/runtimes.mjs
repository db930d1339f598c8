// Runs one contest in Node, in Deno and in Chromium. Each input has its own process or page.

import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { executablePath, launch } from "../../tests/browser/support/browser.mjs";
import { serve } from "../../tests/browser/support/server.mjs";
import { ask, root } from "../../tools/setup/run.mjs";
import { inProcess } from "../measure.mjs";
import { queryOf } from "./input.mjs";

const SCRIPT = new URL("process.mjs", import.meta.url);
const HEAP = ["--expose-gc", "--max-old-space-size=8192"];
const args = (door, { file, agents, format }, rounds) => [door, file, agents, format, String(rounds)];

/** Returns functions by the name of their runtime. Each returns the costs of a contest for `(door, input, rounds)`. */
export function runtimes() {
  // npm may have skipped Deno's install script. This call runs it.
  const deno = createRequire(import.meta.url)("deno/install_api.cjs").runInstall();
  return {
    [`Node ${process.versions.node}`]: (...contest) => inProcess(SCRIPT, args(...contest), { flags: HEAP }),
    [`Deno ${version(deno)}`]: (...contest) =>
      inProcess(SCRIPT, args(...contest), {
        program: deno,
        flags: ["run", "--allow-all", "--no-remote", "--no-lock", "--quiet", `--v8-flags=${HEAP}`],
        env: { DENO_NO_UPDATE_CHECK: "1" },
      }),
    [`Chromium ${version(executablePath)}`]: inPage,
  };
}

const version = (program) => ask(program, ["--version"]).out.match(/[\d.]+/)?.[0];

async function inPage(door, { file, agents, format }, rounds) {
  const folders = { "/pkg/": "pkg", "/benches/": "benches" };
  const mounts = Object.entries(folders).map(([path, folder]) => [path, join(root, folder)]);
  const server = await serve({ ...Object.fromEntries(mounts), "/input/": dirname(file) });
  const browser = await launch([`--js-flags=${HEAP.join(" ")}`]);
  try {
    const page = await browser.newPage();
    await page.goto(`${server.origin}/benches/records/page.html`);
    return await page.evaluate(
      async ([door, path, options]) => {
        const { contest } = await import("/benches/records/contest.mjs");
        const bytes = new Uint8Array(await (await fetch(path)).arrayBuffer());
        return contest(door, { ...options, bytes, clock: () => performance.now() });
      },
      [door, `/input/${basename(file)}`, { format, rounds, query: queryOf(agents) }],
    );
  } finally {
    await browser.close();
    server.close();
  }
}
