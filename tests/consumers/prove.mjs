// Installs the packed package and a consumer's packages into a folder, and runs the consumer's commands there.

import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { installed, run } from "../support/packed.mjs";
import { WORKS } from "./program.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const shelf = join(root, ".generated/consumers");
const MINUTES = 60_000;

/**
 * @param {{name: string, packages: Record<string, string>, files: Record<string, string | object>, run: string[][], says?: RegExp}} consumer
 * @returns {Promise<{ok: boolean, said: string}>} whether the commands say what they should, and what they said
 */
export async function prove({ name, packages, files, run: commands, says = new RegExp(`^${WORKS}$`, "m") }) {
  const folder = join(shelf, name.replaceAll(/[^\w.]+/g, "-"));
  const kept = await withPackages(packages);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(kept, join(folder, "node_modules"), { recursive: true, verbatimSymlinks: true });
  cpSync(installed, join(folder, "node_modules/usage-by-agent"), { recursive: true });
  const manifest = {
    name: "consumer",
    private: true,
    dependencies: { "usage-by-agent": "*" },
    ...files["package.json"],
  };
  for (const [file, content] of Object.entries({ ...files, "package.json": manifest })) {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content, null, 2));
  }
  const PATH = `${join(folder, "node_modules/.bin")}${delimiter}${process.env.PATH}`;
  let said = "";
  try {
    for (const [command, ...args] of commands) {
      const { status, stdout, stderr } = await run(command, args, {
        cwd: folder,
        env: { PATH, CI: "1", NO_COLOR: "1", NEXT_TELEMETRY_DISABLED: "1" },
        timeout: 8 * MINUTES,
      });
      said = stripVTControlCharacters(`${stdout}\n${stderr}`);
      if (status !== 0) return { ok: false, said: `${command} ${args.join(" ")} ended with ${status}\n${said}` };
    }
    return { ok: says.test(said), said };
  } catch (error) {
    return { ok: false, said: String(error) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The folder with the installed packages. It is kept for the next run. */
async function withPackages(packages) {
  const key = createHash("sha256").update(JSON.stringify(packages)).digest("hex").slice(0, 16);
  const place = join(shelf, `packages-${key}`);
  if (existsSync(place)) return join(place, "node_modules");
  mkdirSync(shelf, { recursive: true });
  const making = mkdtempSync(join(shelf, "making-"));
  writeFileSync(join(making, "package.json"), JSON.stringify({ private: true, dependencies: packages }));
  const { status, stdout, stderr } = await run(
    "npm",
    ["install", "--no-audit", "--no-fund", "--no-package-lock", "--force"],
    {
      cwd: making,
      timeout: 8 * MINUTES,
    },
  );
  if (status !== 0) throw new Error(`the packages can't be installed: ${stdout}\n${stderr}`);
  mkdirSync(join(making, "node_modules"), { recursive: true });
  if (!existsSync(place)) renameSync(making, place);
  return join(place, "node_modules");
}
