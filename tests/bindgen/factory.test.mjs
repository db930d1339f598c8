// The build turns wasm-bindgen's glue into a factory, so that one compiled module can have several instances.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { createGlue } from "../../pkg/wasm/usage_by_agent.js";
import { bindgen } from "../../tools/build/bindgen.mjs";
import { factoryOf, factoryTypesOf } from "../../tools/build/glue.mjs";
import { root } from "../../tools/setup/run.mjs";

const NAME = "usage_by_agent";
const folder = mkdtempSync(join(tmpdir(), "factory-"));
after(() => rmSync(folder, { recursive: true, force: true }));

await bindgen(join(root, `target/wasm32-unknown-unknown/release/${NAME}.wasm`), folder, NAME);
const [glue, types] = [".js", ".d.ts"].map((ending) => readFileSync(join(folder, NAME + ending), "utf8"));

const module = new WebAssembly.Module(readFileSync(join(root, "pkg/wasm", `${NAME}.wasm`)));

function instance() {
  const made = createGlue();
  const growths = [];
  const env = {
    memory_grow_pre: (_, pages) => pages,
    memory_grow_post: (_, before) => {
      growths.push(before);
      return before;
    },
  };
  const { memory } = made.finalize(new WebAssembly.Instance(module, { ...made.imports(), env }));
  return { glue: made, memory, growths };
}

test("instances of one module know nothing of each other", () => {
  const [a, b] = [instance(), instance()];
  assert.notEqual(a.memory, b.memory);
  const options = '{"tz":"UTC","period":"month","now":1718452800000}';
  const [inA, inB] = [new a.glue.Counter(options, true), new b.glue.Counter(options, true)];
  assert.ok(!(inA instanceof b.glue.Counter));
  const before = [b.memory.buffer.byteLength, b.growths.length];
  const text = new TextEncoder().encode('{"id":"m1","agentId":"a","receivedAt":"2024-06-02T09:00:00Z"}');
  inA.pushText(new a.glue.Feed(), text, true);
  a.glue.contentHash(new Uint8Array(4_000_000)); // grows one memory
  assert.deepEqual([b.memory.buffer.byteLength, b.growths.length], before);
  assert.ok(a.memory.buffer.byteLength > 4_000_000 && a.growths.every((pages) => pages > 0));
  assert.equal(inA.report().data.length, 1);
  assert.equal(inB.report().data.length, 0);
  assert.deepEqual(a.glue.contentHash(text), b.glue.contentHash(text));
});

test("the factory has what the module exports, and nothing that loads it", () => {
  const given = Object.keys(createGlue());
  const declared = Array.from(types.matchAll(/^export (?:class|function) (\w+)/gm), ([, name]) => name);
  const ownFunctions = ["initSync", "__wbg_init"]; // wasm-bindgen's
  assert.deepEqual(
    given.toSorted(),
    [...declared.filter((name) => !ownFunctions.includes(name)), "imports", "finalize"].toSorted(),
  );
  for (const { name, kind } of WebAssembly.Module.exports(module)) {
    if (kind !== "function" || name.startsWith("__")) continue;
    const [klass, method] = name.split("_");
    const found = given.includes(klass) || given.some((known) => known.toLowerCase() === klass && method !== undefined);
    assert.ok(found, `the factory has no ${name}`);
  }
});

test("objects are freed by the package alone", () => {
  const made = factoryOf(glue);
  assert.equal(made.match(/new FinalizationRegistry\(/g)?.length, made.match(/^class /gm)?.length);
  assert.ok(made.indexOf("const FinalizationRegistry = undefined;") < made.indexOf("new FinalizationRegistry("));
});

// Each change is a form that a newer wasm-bindgen might write.
const CHANGES = {
  "a loader is missing": (text) => text.replace("function initSync(", "function initialiseSync("),
  "a loader is there twice": (text) => `${text}\nasync function __wbg_load(module, imports) {\n}\n`,
  "other exports at the end": (text) =>
    text.replace("export { initSync, __wbg_init as default };", "export { initSync };"),
  "an import": (text) => `import { helper } from "./helper.js";\n${text}`,
  "a constant is exported": (text) => text.replace("let WASM_VECTOR_LEN", "export let WASM_VECTOR_LEN"),
  "the module's own URL": (text) =>
    text.replace("let WASM_VECTOR_LEN", "const url = import.meta.url;\nlet WASM_VECTOR_LEN"),
  "no function for the imports": (text) => text.replaceAll("__wbg_get_imports", "__wbg_imports_of"),
  "no function for the instance": (text) => text.replaceAll("__wbg_finalize_init", "__wbg_take"),
  "a finalizer that is always on": (text) =>
    text.replace("(typeof FinalizationRegistry === 'undefined')", "(globalThis.FinalizationRegistry === undefined)"),
  "a finalizer of another kind": (text) => `${text}\nconst all = new FinalizationRegistry(() => {});\n`,
  "a name of the factory's own": (text) => text.replace("export function versions(", "export function imports("),
};

for (const [what, change] of Object.entries(CHANGES)) {
  test(`the build fails for another form of glue: ${what}`, () => {
    const changed = change(glue);
    assert.notEqual(changed, glue);
    assert.throws(() => factoryOf(changed), /^Failed: |glue of wasm-bindgen has another form/);
  });
}

test("the build fails for another form of types", () => {
  const changed = types.replace("export type InitInput = ", "export type Input = ");
  assert.notEqual(changed, types);
  assert.throws(() => factoryTypesOf(changed), /glue of wasm-bindgen has another form/);
});
