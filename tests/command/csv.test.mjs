/** CSV that spreadsheets and RFC 4180's readers read, without formulas. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../tools/generate.mjs";
import { packed, write } from "../support/packed.mjs";
import { JUNE, message, outputOf } from "./support/command.mjs";
import { rowsOf } from "./support/csv.mjs";

/** Records of one agent for each name. */
const recordsOf = (names) => names.map((agentName, n) => message(`m${n}`, { agentId: `a${n}`, agentName })).join("");

const FORMULAS = ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\n"];

test("a cell that may be a formula gets an apostrophe, and is in quotes", async () => {
  const names = FORMULAS.map((first) => `${first}1+1|"x",;x'`);
  const cwd = write({ "june.ndjson": recordsOf(names) });
  const text = await outputOf(["report", "june.ndjson", ...JUNE, "--format", "csv"], { cwd });
  const found = (await rowsOf(text)).slice(1).map(([, name]) => name);
  assert.deepEqual(found.sort(), names.map((name) => `'${name}`).sort());
  for (const name of names) assert.ok(text.includes(`,"'${name.replaceAll('"', '""')}",`), name);
});

test("ids that may be formulas are made harmless too", async () => {
  const cwd = write({ "june.ndjson": message("m", { agentId: "=cmd()", agentName: "x" }) });
  const text = await outputOf(["report", "june.ndjson", ...JUNE, "--format", "csv"], { cwd });
  assert.equal(text.split("\r\n")[1], `"'=cmd()",x,1,0,0,false`);
});

test("every other text is read as it was, by Python's csv too", async () => {
  const random = new Random(3);
  const letters = [..."ab,;\"'\n\r\t é😀中\u202e\u0000\u001b|"]; // without the beginnings of formulas
  for (let n = 0; n < 5; n++) {
    const names = Array.from({ length: 40 }, (_, at) => {
      const rest = Array.from({ length: random.below(8) }, () => random.pick(letters)).join("");
      return `${random.pick(["n", "'", '"', ",", " "])}${rest}${at}`;
    });
    const records = recordsOf(names).replaceAll("\\u0000", "0"); // Python's csv before 3.11 refuses NUL
    const query = { period: "month", now: "2024-06-15T12:00:00Z", tz: "America/New_York" };
    const { data } = packed.usageByAgent(records, query);
    const cwd = write({ "june.ndjson": records });
    const rows = await rowsOf(await outputOf(["report", "june.ndjson", ...JUNE, "--format", "csv"], { cwd }));
    assert.deepEqual(rows[0], ["agentId", "agentName", "messages", "calls", "totalSeconds", "isOrphan"]);
    assert.deepEqual(
      rows.slice(1),
      data.map((row) => Object.values(row).map((value) => String(value ?? ""))),
    );
  }
});

test("no cell begins like a formula, whichever separator a spreadsheet uses", async () => {
  const random = new Random(16);
  const letters = [...'ab,;;;\t\t""\'\n\r =+-@\uff1d\uff0b\uff0d\uff20'];
  const names = [";=1+1", "x;=1+1", 'x;"=1+1', "x\t@A1", "x\n=1", "x; \uff1d1", 'x;""=1', ";;+1", "\t=1", '";=1"'];
  for (let n = 0; n < 400; n++)
    names.push(Array.from({ length: 1 + random.below(7) }, () => random.pick(letters)).join(""));
  const cwd = write({ "june.ndjson": recordsOf(names) });
  const text = await outputOf(["report", "june.ndjson", ...JUNE, "--format", "csv"], { cwd });
  let cells = 0;
  for (const separator of [",", ";", "\t"]) {
    for (const cell of (await rowsOf(text, separator)).flat()) {
      cells++;
      assert.doesNotMatch(cell, /^[=+\-@\uff1d\uff0b\uff0d\uff20]/, JSON.stringify({ cell, separator }));
    }
  }
  assert.ok(cells > 3 * names.length);
  const rest = (of) => of.replace(/['\s]/g, "");
  const found = (await rowsOf(text)).slice(1).map(([, name]) => rest(name));
  assert.deepEqual(found.sort(), names.map(rest).sort()); // nothing is lost but for apostrophes
});

test("ndjson has a line for each row, as it is in the report", async () => {
  const cwd = write({ "june.ndjson": recordsOf(["b", "a\nb", "c"]) });
  const report = JSON.parse(await outputOf(["report", "june.ndjson", ...JUNE], { cwd }));
  const lines = await outputOf(["report", "june.ndjson", ...JUNE, "--format", "ndjson"], { cwd });
  assert.equal(lines, report.data.map((row) => `${JSON.stringify(row)}\n`).join(""));
});
