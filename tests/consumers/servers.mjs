// Frameworks and platforms that serve HTTP. Each is built, started on a free port, and asked.

import { asModule, WORKS } from "./program.mjs";

const esm = { "package.json": { type: "module" } };
const NEXT = { next: "16", react: "19", "react-dom": "19" };
const TEXT = `const answer = async () => new Response(await check().catch((error) => String(error.stack)));`;

/**
 * Starts `command`, asks the paths, and prints `WORKS` if each answer has those words. `more` is code that asks in other ways, and adds
 * what is wrong to `bad`.
 */
export const ask = (command, paths, variables = {}, more = "") => `
import { spawn } from "node:child_process";
import { createServer } from "node:net";
const probe = createServer();
const port = await new Promise((done) => probe.listen(0, "127.0.0.1", () => done(probe.address().port)));
await new Promise((done) => probe.close(done));
const [file, ...args] = ${JSON.stringify(command)}.map((word) => word.replace("PORT", port));
const server = spawn(file, args, { env: { ...process.env, ...${JSON.stringify(variables)}, PORT: port, HOST: "127.0.0.1" }, stdio: ["ignore", "pipe", "pipe"] });
let said = "";
for (const stream of [server.stdout, server.stderr]) stream.on("data", (data) => (said += data));
const bad = [];
for (let tries = 0; tries < 150; tries++) {
  try {
    await (await fetch("http://127.0.0.1:" + port)).text();
    break;
  } catch {
    await new Promise((done) => setTimeout(done, 200));
  }
}
try {
for (const path of ${JSON.stringify(paths)}) {
  const text = await (await fetch("http://127.0.0.1:" + port + path)).text();
  if (!text.includes(${JSON.stringify(WORKS)})) bad.push(path + ": " + text.slice(0, 2000));
}
${more}
} catch (error) {
  bad.push(String(error.stack));
}
server.kill();
console.log(bad.length === 0 ? ${JSON.stringify(WORKS)} : bad.join("\\n") + said);
process.exit(bad.length);
`;

const next = (bundler) => ({
  name: `Next, ${bundler}: pages and routes for Node and for the edge`,
  packages: NEXT,
  files: {
    "program.js": asModule,
    "yarn.lock": "", // marks the root of a project
    "next.config.mjs": "export default { turbopack: { root: import.meta.dirname } };",
    "app/layout.js": "export default ({ children }) => <html><body>{children}</body></html>;",
    "app/page.js": `import { check } from "../program";\nexport const dynamic = "force-dynamic";\nexport default async function Page() { return <p>{await check()}</p>; }`,
    "app/client/page.js": `"use client";\nimport { periodBounds } from "usage-by-agent";\nexport default function Page() { return <p>{periodBounds({ period: "month", now: "2024-06-15T12:00:00Z" }).periodStart === "2024-06-01T00:00:00Z" ? "${WORKS}" : "wrong"}</p>; }`,
    "app/node/route.js": `import { check } from "../../program";\n${TEXT}\nexport const dynamic = "force-dynamic";\nexport const GET = answer;`,
    "app/edge/route.js": `import { check } from "../../program";\n${TEXT}\nexport const runtime = "edge";\nexport const GET = answer;`,
    "ask.mjs": ask(["node_modules/.bin/next", "start", "-p", "PORT"], ["/", "/client", "/node", "/edge"]),
  },
  run: [
    ["next", "build", bundler === "webpack" ? "--webpack" : "--turbopack"],
    [process.execPath, "ask.mjs"],
  ],
});

const WORKER = `${TEXT}\nexport default { fetch: answer };\n`;

/** Runs a built Worker in workerd. */
const MINIFLARE = `
import { readdirSync } from "node:fs";
import { Miniflare } from "miniflare";
const [, , folder, main] = process.argv;
const names = readdirSync(folder, { recursive: true }).filter((name) => /\\.(m?js|wasm)$/.test(name));
names.sort((a, b) => (b === main) - (a === main));
const modules = names.map((name) => ({ type: name.endsWith(".wasm") ? "CompiledWasm" : "ESModule", path: folder + "/" + name }));
const worker = new Miniflare({ modules, modulesRoot: folder, compatibilityDate: "2026-04-01", compatibilityFlags: ["nodejs_compat"] });
console.log(await (await worker.dispatchFetch("http://localhost/")).text());
await worker.dispose();
`;

const wrangler = (name, imports, more = {}) => ({
  name: `wrangler, ${name}`,
  packages: { wrangler: "4" },
  files: {
    ...esm,
    "main.js": `${imports}\n${WORKER}`,
    "wrangler.jsonc": { name: "worker", main: "main.js", compatibility_date: "2026-04-01" },
    "run.mjs": MINIFLARE,
    ...more,
  },
  run: [
    ["wrangler", "deploy", "--dry-run", "--outdir", "out"],
    [process.execPath, "run.mjs", "out", "main.js"],
  ],
});

const nitro = (preset, last) => ({
  name: `Nitro, ${preset}`,
  packages: { nitropack: "2", miniflare: "4", "edge-runtime": "4" },
  files: {
    ...esm,
    "yarn.lock": "",
    "nitro.config.js": `export default { preset: "${preset}", compatibilityDate: "2026-04-01", experimental: { wasm: true } };`,
    "program.js": asModule,
    "routes/index.js": `import { check } from "../program.js";\nexport default defineEventHandler(() => check().catch((error) => String(error.stack)));`,
    "run.mjs": MINIFLARE,
    "ask.mjs": ask([process.execPath, ".output/server/index.mjs"], ["/"]),
  },
  run: [["nitropack", "build"], last],
  ...(last[0] === "grep" && { says: /^[1-9]/ }),
});

export const servers = [
  next("turbopack"),
  next("webpack"),
  wrangler("the main entry", asModule),
  wrangler(
    "slim and the module's file",
    `import module from "usage-by-agent/usage_by_agent.wasm";\nimport { initSync, periodBounds } from "usage-by-agent/slim";\ninitSync(module);\nconst check = async () => (periodBounds({ period: "month", now: "2024-06-15T12:00:00Z" }).periodStart === "2024-06-01T00:00:00Z" ? "${WORKS}" : "wrong");`,
  ),
  {
    name: "Vitest in workerd",
    packages: { "@cloudflare/vitest-plugin": "1", vitest: "4" },
    files: {
      ...esm,
      "main.js": "export default {};",
      "wrangler.jsonc": {
        name: "worker",
        main: "main.js",
        compatibility_date: "2026-04-01",
        compatibility_flags: ["nodejs_compat"],
      },
      "program.js": asModule,
      "vitest.config.js": `import { cloudflareTest } from "@cloudflare/vitest-plugin";\nimport { defineConfig } from "vitest/config";\nexport default defineConfig({ plugins: [cloudflareTest({ wrangler: { configPath: "./wrangler.jsonc" } })] });`,
      "program.test.js": `import { expect, test } from "vitest";\nimport { check } from "./program.js";\ntest("the program works", async () => expect(await check()).toBe(${JSON.stringify(WORKS)}));`,
    },
    run: [["vitest", "run"]],
    says: /Tests\s+1 passed \(1\)/,
  },
  nitro("node_server", [process.execPath, "ask.mjs"]),
  nitro("cloudflare_module", [process.execPath, "run.mjs", ".output/server", "index.mjs"]),
  // What these presets build runs on their platforms alone. The build shows that the module is found.
  nitro("vercel_edge", ["grep", "-c", "WebAssembly.Module", ".vercel/output/functions/__fallback.func/index.mjs"]),
  nitro("netlify_edge", ["grep", "-c", "WebAssembly.Module", ".netlify/edge-functions/server/server.js"]),
];
