/** Runs the `compare` of a script of this folder in each runtime that has its own `Temporal`. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { launch } from "../../browser/support/browser.mjs";
import { serve } from "../../browser/support/server.mjs";
import { CHANGED } from "../../support/tz-releases.mjs";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const require = createRequire(import.meta.url);

/** Returns the path of Deno's binary. Deno has an npm package for each platform, and npm installs only this platform's. */
function denoBinary() {
  const { optionalDependencies } = JSON.parse(readFileSync(require.resolve("deno/package.json"), "utf8"));
  for (const name of Object.keys(optionalDependencies)) {
    try {
      return join(dirname(require.resolve(`${name}/package.json`)), process.platform === "win32" ? "deno.exe" : "deno");
    } catch {
      // the package is for another platform
    }
  }
  throw new Error(`the npm package deno has no binary for ${process.platform} ${process.arch}: npm ci may bring it`);
}

export async function inDeno(seed, compared = "compare.js") {
  const flags = ["--quiet", "--no-config", "--no-lock", "--no-remote", "--no-code-cache", `--allow-read=${root}`];
  const script = fileURLToPath(new URL("in-deno.mjs", import.meta.url));
  const env = { ...process.env, DENO_DIR: join(root, ".generated/deno"), DENO_NO_UPDATE_CHECK: "1" };
  const { stdout } = await promisify(execFile)(denoBinary(), ["run", ...flags, script, String(seed), compared], {
    env,
    maxBuffer: 64 << 20,
  });
  return JSON.parse(stdout);
}

export async function inChromium(seed, compared = "compare.js") {
  const server = await serve({ "/pkg/": join(root, "pkg"), "/zones/": join(root, "tests/zones") });
  const browser = await launch();
  try {
    const page = await browser.newPage();
    // Any document of the origin works, because the comparison needs only the scripts of the origin.
    await page.goto(`${server.origin}/pkg/package.json`);
    const result = await page.evaluate(
      async ([seed, changes, compared]) => {
        const usage = await import("/pkg/dist/web.js");
        const { compare } = await import(`/zones/support/${compared}`);
        await usage.default();
        return compare(usage, seed, changes);
      },
      [seed, CHANGED, compared],
    );
    return { runtime: `Chromium ${browser.version()}`, ...result };
  } finally {
    await browser.close();
    server.close();
  }
}
