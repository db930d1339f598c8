/** Reads CSV with Python's csv module, which nobody here wrote. */
import assert from "node:assert/strict";
import { run } from "../../support/packed.mjs";

const PYTHON = `
import csv, json, sys
sys.stdin.reconfigure(encoding="utf-8", newline="")
delimiter = sys.argv[1]
print(json.dumps(list(csv.reader(sys.stdin, strict=delimiter == ",", delimiter=delimiter))))
`;

/**
 * The rows of a text, with the one of titles.
 *
 * @param {string} text
 * @param {string} [separator] what separates cells for this reader
 */
export async function rowsOf(text, separator = ",") {
  const { status, stdout, stderr } = await run("python3", ["-c", PYTHON, separator], { input: text });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}
