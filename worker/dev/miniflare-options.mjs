import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const MODULE_TYPES = { ".js": "ESModule", ".wasm": "CompiledWasm" };

/**
 * Options that run the built Worker in Miniflare as `wrangler.jsonc` describes it: the same bundle, date, flags, bucket and
 * routes. `npm start` and the tests share them, so that neither runs something that is not deployed.
 *
 * @param {{ root: string, vars?: Record<string, string>, port?: number }} options `root`: the project's folder; `vars`:
 *   variables and secrets; `port`: a fixed port, else a free one
 * @returns {import("miniflare").MiniflareOptions}
 */
export function miniflareOptions({ root, vars = {}, port }) {
  const folder = join(root, "worker");
  const config = readJsonc(join(folder, "wrangler.jsonc"));
  return {
    name: config.name,
    cf: false, // where a request comes from is asked of the network otherwise, and not used here
    ...(port !== undefined && { port }),
    modules: modules(join(folder, config.base_dir)),
    modulesRoot: join(folder, config.base_dir),
    compatibilityDate: config.compatibility_date,
    compatibilityFlags: config.compatibility_flags,
    bindings: { ...config.vars, ...vars },
    r2Buckets: config.r2_buckets.map((bucket) => bucket.binding),
    ...assets(folder, config.assets),
  };
}

/** Every module of the bundle, `index.js` first: Miniflare takes the first for the entry. */
function modules(dist) {
  if (!existsSync(join(dist, "index.js"))) throw new Error("worker/dist is missing: run `npm run build` first");
  return readdirSync(dist)
    .filter((name) => extension(name) in MODULE_TYPES)
    .sort((a, b) => Number(b === "index.js") - Number(a === "index.js"))
    .map((name) => ({ type: MODULE_TYPES[extension(name)], path: join(dist, name) }));
}

function extension(name) {
  return name.slice(name.lastIndexOf("."));
}

/** Without a built page there is nothing to serve; the API works all the same. */
function assets(folder, { directory, binding, run_worker_first }) {
  const path = join(folder, directory);
  if (!existsSync(path)) return {};
  const routerConfig = { has_user_worker: true, static_routing: { user_worker: run_worker_first } };
  return { assets: { directory: path, binding, routerConfig } };
}

/** JSON with comments: a string, kept, or a comment, dropped, whichever begins first. */
function readJsonc(path) {
  const text = readFileSync(path, "utf8");
  return JSON.parse(text.replace(/("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, string) => string ?? ""));
}
