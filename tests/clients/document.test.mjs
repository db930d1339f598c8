/** The OpenAPI document is valid by the specification's schema. Its examples are valid by its own schemas and by the package. */
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

test("the document is valid, and each of its examples is valid", async () => {
  const [{ examples, wrong }] = await runPython("document.py", [JSON.parse(text)]);
  assert.deepEqual(wrong, []);
  assert.ok(examples > 5 * 10, `${examples}`);
});

test("faults in the document are found", async () => {
  const faults = {
    "a missing response": (d) => delete d.components.responses.NotFound,
    "a missing header": (d) => delete d.components.headers.ETag,
    "an invalid schema": (d) => (d.components.schemas.DailyUsageItem.type = "row"),
    "a parameter in an invalid place": (d) => (d.paths[PATHS.daily].get.parameters[0].in = "url"),
    "a response with an invalid date": (d) => {
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

test("the package accepts each example, and finds every documented field in it", () => {
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
