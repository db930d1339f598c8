// `npm run lint`: checks the format and the warnings of Rust, TypeScript and JavaScript. `npm run lint -- --fix` fixes what it can.

import { setUp } from "./setup/all.mjs";
import { fail } from "./setup/run.mjs";
import { checks } from "./test/kinds.mjs";
import { lintCommands } from "./test/lint.mjs";

try {
  const { wasm } = await setUp(["npm", "target"]);
  const { failed } = await checks(lintCommands({ wasm, fix: process.argv.includes("--fix") }));
  process.exitCode = failed > 0 ? 1 : 0;
} catch (error) {
  fail(error);
}
