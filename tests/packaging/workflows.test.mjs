/** The workflows name suites and scripts that exist, and no suite is missing. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { suites } from "../../tools/test/suites.mjs";

const folder = new URL("../../.github/workflows/", import.meta.url);
const workflows = readdirSync(folder).map((name) => ({ name, text: readFileSync(new URL(name, folder), "utf8") }));
const textOf = (wanted) => workflows.find(({ name }) => name === wanted).text;
const names = suites.map(({ name }) => name);
const { scripts } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

test("the workflow test.yml runs every suite, and no other", () => {
  const groups = [...textOf("test.yml").matchAll(/^ +- suites: (.+)$/gm)].flatMap(([, group]) => group.split(" "));
  assert.deepEqual([...new Set(groups)].sort(), names.toSorted());
});

test("every suite and script that a workflow runs exists", () => {
  for (const { name, text } of workflows) {
    const runs = [...text.matchAll(/npm (test|run) (?:-- )?([a-z -]+)$/gm)];
    assert.ok(runs.length > 0, name);
    for (const [line, command, words] of runs) {
      for (const word of words.split(" ")) {
        assert.ok(command === "test" ? names.includes(word) : word in scripts, `${name}: ${line}`);
      }
    }
  }
});

test("every action is pinned to a commit", () => {
  for (const { name, text } of workflows) {
    const actions = [...text.matchAll(/uses: (.+)$/gm)].map(([, action]) => action);
    assert.ok(actions.length > 0, name);
    for (const action of actions) assert.match(action, /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/, name);
  }
});

test("the package is published by hand only", () => {
  const [triggers] = /^on:\n( .*\n)+/m.exec(textOf("release.yml"));
  assert.deepEqual(
    [...triggers.matchAll(/^ {2}(\w+):/gm)].map(([, trigger]) => trigger),
    ["workflow_dispatch"],
  );
});
