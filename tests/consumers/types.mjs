// Compilers and checkers of types.

const SOURCE = `import init, { type AgentUsageResponse, periodBounds, UsageAggregator, UsageError, usageByAgent } from "usage-by-agent";
import { createUsageHandler, type UsageHandlerOptions } from "usage-by-agent/handler";
const query = { period: "month", tz: "Europe/Paris" } as const;
const report: AgentUsageResponse = usageByAgent([{ id: "m1", receivedAt: "2024-06-03T00:00:00Z" }], query);
const usage: UsageAggregator = new UsageAggregator(query);
class Mine extends UsageAggregator {}
usage.merge(new Mine(query)).free();
const options: UsageHandlerOptions = { records: () => [], authorize: (token: string) => token === "t" };
createUsageHandler(options);
init().then(() => periodBounds(query).startMs.toFixed());
try { usageByAgent("", query); } catch (error) { if (error instanceof UsageError && error.code === "invalid_tz") error.path?.length; }
// @ts-expect-error
periodBounds({ period: "decade" });
report.data.length;
`;

const ways = {
  "a bundler": { module: "esnext", moduleResolution: "bundler" },
  nodenext: { module: "nodenext" },
  "nodenext, from CommonJS": { module: "nodenext", file: "main.cts" },
  "CommonJS (node10)": { module: "commonjs", moduleResolution: "node10" },
};

/** The libraries of Node alone, so that no types of the DOM help. */
const typescript = (version, way) => {
  const { file = "main.ts", ...options } = ways[way];
  const compilerOptions = {
    target: "es2022",
    lib: ["es2022"],
    strict: true,
    skipLibCheck: false,
    noEmit: true,
    types: ["node"],
    esModuleInterop: true,
  };
  return {
    name: `TypeScript ${version}, ${way}, without DOM`,
    quick: version === "5.9",
    packages: { typescript: version, "@types/node": "20" },
    files: {
      "package.json": { type: file === "main.ts" && !way.startsWith("CommonJS") ? "module" : "commonjs" },
      "tsconfig.json": { compilerOptions: { ...compilerOptions, ...options }, files: [file] },
      [file]: SOURCE,
    },
    run: [["tsc", "-p", "."]],
    says: /^\s*$/,
  };
};

export const types = [
  ...["5.4", "5.9", "7"].flatMap((version) =>
    Object.keys(ways)
      .filter((way) => version !== "7" || !way.includes("node10")) // TypeScript 7 has no node10
      .map((way) => typescript(version, way)),
  ),
  {
    name: "attw",
    quick: true,
    packages: { "@arethetypeswrong/cli": "0.18" },
    files: {},
    run: [
      [
        "attw",
        "--pack",
        "node_modules/usage-by-agent",
        "--profile",
        "node16",
        "--exclude-entrypoints",
        "openapi.json",
        "wasm",
        "usage_by_agent.wasm",
        "slim",
        "web",
        "edge",
        "service", // for Workers alone, which have no CommonJS
        "part-worker", // the script of a worker
      ],
    ],
    says: /usage-by-agent v/,
  },
  {
    name: "publint",
    quick: true,
    packages: { publint: "0.3" },
    files: {},
    run: [["publint", "node_modules/usage-by-agent", "--strict"]],
    says: /All good!/,
  },
];
