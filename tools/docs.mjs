// `npm run docs`: writes the package's API reference with TypeDoc, and the core's with rustdoc.

import { join } from "node:path";
import { buildWasm } from "./build/wasm.mjs";
import { REFERENCE, typedoc } from "./docs/typedoc.mjs";
import { BUILD, setUp } from "./setup/all.mjs";
import { fail, root, run, step } from "./setup/run.mjs";

try {
  const tools = await setUp(BUILD);
  await step("Rust to pkg/wasm", () => buildWasm(tools)); // has types that the package uses
  await step("The package's reference", () => run(...typedoc(["--out", REFERENCE])));
  await step("The core's reference", () =>
    run("cargo", ["doc", "--no-deps", "--lib"], { env: { RUSTDOCFLAGS: "-D warnings" } }),
  );
  console.log(`\nThe package: ${join(REFERENCE, "index.html")}`);
  console.log(`The core:    ${join(root, "target/doc/usage_by_agent/index.html")}`);
} catch (error) {
  fail(error);
}
