import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const MODULE_TYPES = { ".js": "ESModule", ".wasm": "CompiledWasm" };

/** The file that describes the Worker of each mode. In front of another server, either will do. */
const CONFIGS = { service: "wrangler.jsonc", records: "wrangler.records.jsonc" };

/**
 * Options that run the built Worker in Miniflare as wrangler's file describes it: the same bundle, date, flags, bindings and routes.
 * `npm start` and the tests share them, so that neither runs something that is not deployed.
 *
 * @param {{ root: string, mode?: "service" | "records", vars?: Record<string, string>, port?: number, persist?: string }} options
 *   `root`: the project's folder; `vars`: variables and secrets; `port`: a fixed port, else a free one; `persist`: the folder in which
 *   objects are kept, else they are gone when Miniflare ends
 * @returns {import("miniflare").MiniflareOptions}
 */
export function miniflareOptions({ root, mode = "records", vars = {}, port, persist }) {
  const folder = join(root, "worker");
  const config = readJsonc(join(folder, CONFIGS[mode]));
  return {
    name: config.name,
    cf: false, // where a request comes from is asked of the network otherwise, and not used here
    ...(port !== undefined && { port }),
    modules: modules(join(folder, config.base_dir)),
    modulesRoot: join(folder, config.base_dir),
    compatibilityDate: config.compatibility_date,
    compatibilityFlags: config.compatibility_flags,
    bindings: { ...config.vars, ...vars },
    ...(config.r2_buckets && { r2Buckets: config.r2_buckets.map((bucket) => bucket.binding) }),
    ...(config.durable_objects && { durableObjects: objects(config) }),
    ...(persist !== undefined && { durableObjectsPersist: persist }),
    ...assets(folder, config.assets),
  };
}

/** The bindings of Durable Objects. The migrations say which classes have SQLite. */
function objects({ durable_objects, migrations }) {
  const withSqlite = migrations.flatMap(({ new_sqlite_classes = [] }) => new_sqlite_classes);
  const bound = durable_objects.bindings.map(({ name, class_name }) => {
    return [name, { className: class_name, useSQLite: withSqlite.includes(class_name) }];
  });
  return Object.fromEntries(bound);
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
export function readJsonc(path) {
  const text = readFileSync(path, "utf8");
  return JSON.parse(text.replace(/("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, string) => string ?? ""));
}
