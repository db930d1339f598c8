// Modules of the package that no entry exports, and modules of the page, for tests of their own.

import { fileURLToPath } from "node:url";
import { build } from "esbuild";

<<<<<<< HEAD
/** Imports a file of `pkg/src`, such as `looks/text.ts`. */
export const importSource = (name) => imported(`../../pkg/src/${name}`);

/** Imports a file of `www/src` that needs neither a browser nor the package, such as `zones/search.ts`. */
export const importPageSource = (name) => imported(`../../www/src/${name}`);

async function imported(path) {
  const entry = fileURLToPath(new URL(path, import.meta.url));
=======
/** Imports a file of `pkg/src`, such as `looks/text.ts`, or of another folder. It is bundled with what it imports. */
export async function importSource(name, folder = "pkg/src") {
  const entry = fileURLToPath(new URL(`../../${folder}/${name}`, import.meta.url));
>>>>>>> 9a0da54 (handler: compute few questions at once, in turns)
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, write: false, format: "esm" });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}
