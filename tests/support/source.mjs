// Modules of the package that no entry exports, for tests of their own.

import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Imports a file of `pkg/src`, such as `looks/text.ts`. */
export async function importSource(name) {
  const entry = fileURLToPath(new URL(`../../pkg/src/${name}`, import.meta.url));
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, write: false, format: "esm" });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}
