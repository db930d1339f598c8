/** The files of tests/payloads are what the vendor's clients give today. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { payloads } from "../payloads/make.mjs";

test("the vendor's clients give the payloads that the tests count", async () => {
  for (const [name, text] of Object.entries(await payloads())) {
    assert.equal(readFileSync(new URL(`../payloads/${name}`, import.meta.url), "utf8"), `${text}\n`, name);
  }
});
