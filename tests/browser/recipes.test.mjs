/** The recipe of docs/recipes.md that needs nothing but a browser. `npm run consumers` runs the other ones. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { prove } from "../consumers/prove.mjs";
import { recipeConsumers } from "../consumers/recipes.mjs";

test("the page with a script tag counts a file", async () => {
  const { ok, said } = await prove(recipeConsumers.find(({ recipe }) => recipe === "A script tag"));
  assert.ok(ok, said);
});
