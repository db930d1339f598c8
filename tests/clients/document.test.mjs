/** The OpenAPI document is one, by the specification's own schema, and its examples are what it says and what we take. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { installed, packed } from "../support/packed.mjs";
import { PATHS, runPython } from "./support.mjs";

const { parseErrorResponse, validateResponse } = packed;
const text = readFileSync(`${installed}/openapi.json`, "utf8");

const resolved = (document, value) => {
  const keys = value.$ref?.slice(2).split("/");
  return keys ? keys.reduce((found, key) => found[key], document) : value;
};

test("it is valid, and so is each example in it", async () => {
  const [{ examples, wrong }] = await runPython("document.py", [JSON.parse(text)]);
  assert.deepEqual(wrong, []);
  assert.ok(examples > 5 * 10, `${examples}`);
});

test("what would be wrong in it is found", async () => {
  const faults = {
    "no response of that name": (d) => delete d.components.responses.NotFound,
    "no header of that name": (d) => delete d.components.headers.ETag,
    "a schema that is none": (d) => (d.components.schemas.DailyUsageItem.type = "row"),
    "a parameter nowhere": (d) => (d.paths[PATHS.daily].get.parameters[0].in = "url"),
    "an answer with a date that is none": (d) => {
      d.paths[PATHS.daily].get.responses[200].content["application/json"].example.data[0].date = "2024-06-31";
    },
    "an error without a code": (d) => {
      delete d.components.responses.Failed.content["application/json"].example.error.code;
    },
  };
  const broken = Object.values(faults).map((make) => {
    const document = JSON.parse(text);
    make(document);
    return document;
  });
  const found = await runPython("document.py", broken);
  for (const [n, fault] of Object.keys(faults).entries()) assert.notDeepEqual(found[n].wrong, [], fault);
});

test("each example is sound here too, with every documented field", () => {
  const document = JSON.parse(text);
  for (const [endpoint, path] of Object.entries(PATHS)) {
    for (const [status, response] of Object.entries(document.paths[path].get.responses)) {
      const { example } = resolved(document, response).content?.["application/json"] ?? {};
      if (status === "304") {
        assert.equal(example, undefined);
      } else if (status === "200") {
        const checked = validateResponse(endpoint, example, { now: "2024-06-15T12:00:00Z" });
        assert.deepEqual(checked, { ok: true, value: example, warnings: [] }, endpoint);
      } else {
        const { code, message, problems } = parseErrorResponse(Number(status), example);
        assert.ok(code && message, `${endpoint} ${status}`);
        assert.equal(problems.length, status === "422" ? 1 : 0);
      }
    }
  }
});
