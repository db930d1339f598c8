// Modules of the package that no entry exports, and modules of the page, for tests of their own.

import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Imports a file of `pkg/src`, such as `looks/text.ts`. */
export const importSource = (name) => imported(`../../pkg/src/${name}`);

/** Imports a file of `www/src` that needs neither a browser nor the package, such as `zones/search.ts`. */
export const importPageSource = (name) => imported(`../../www/src/${name}`);

/** Imports a file of `worker/src`, bundled with the package. */
export const importWorkerSource = (name) => imported(`../../worker/src/${name}`, [withoutPlatform]);

/** What workerd has built in, for code that imports it and does not use it. */
const withoutPlatform = {
  name: "without-platform",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^cloudflare:workers$/ }, ({ path }) => ({ path, namespace: "platform" }));
    onLoad({ filter: /./, namespace: "platform" }, () => ({
      contents: "export class DurableObject {}\nexport const env = {}, waitUntil = undefined;",
    }));
  },
};

async function imported(path, plugins = []) {
  const entry = fileURLToPath(new URL(path, import.meta.url));
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, write: false, format: "esm", plugins });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}
