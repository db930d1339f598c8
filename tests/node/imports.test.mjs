/** The lint of imports, which keeps the folders of the sources in their order. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { projectImports, rustImports, typescriptImports, wrongImports } from "../../tools/test/imports.mjs";

const LEVELS = [["top"], ["middle"], ["bottom", "beside"]];

test("no import of the project goes up", () => {
  assert.deepEqual(projectImports(), []);
});

test("an import of a Rust folder above is found with its line", () => {
  const files = [
    ["middle/a.rs", "//! crate::top\nuse crate::bottom::x;\nfn f() { crate::top::y() }\n#[cfg(test)]\nuse crate::top;"],
  ];
  assert.deepEqual(wrongImports(files, LEVELS, rustImports), ["middle/a.rs:3: middle must not import top"]);
});

test("an import of a TypeScript folder above is found with its line", () => {
  const files = [
    ["bottom/a.ts", 'import { x } from "./b.js";\nimport type { Y } from "../middle/y.js";\n'],
    ["middle/y.ts", 'import { z } from "../beside.js";\nexport * from "package";\n'],
  ];
  assert.deepEqual(wrongImports(files, LEVELS, typescriptImports), ["bottom/a.ts:2: bottom must not import middle"]);
});

test("a room that no list has is found", () => {
  const files = [["new.rs", "use crate::other::x;"]];
  assert.deepEqual(wrongImports(files, LEVELS, rustImports), [
    "new.rs: the list of rooms does not have new",
    "new.rs:1: the list of rooms does not have other",
  ]);
});
