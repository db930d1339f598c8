/**
 * Generates any number of records like those of the vendor's API and webhooks. Equal seeds give equal records.
 *
 *     node tools/generate.mjs --records 100000 --seed 1 --out DIR
 *
 * writes DIR/records.ndjson (records.json in other formats), DIR/agents.json (the directory, a page of `GET /v1/agents`)
 * and DIR/expected.json: a list of {query, report, diagnostics}, computed by tools/oracle.mjs.
 *
 *     generate(options)     the values, one by one, as {value, text, shape, records}
 *     agentsPage(options)   the directory of the same options
 *     render(values)        the values' text in one of the formats
 */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { FORMATS, isMultiline, pathOf, render } from "./generate/formats.mjs";
import { queriesFor } from "./generate/queries.mjs";
import { generate } from "./generate/records.mjs";
import { agentsPage } from "./generate/roster.mjs";
import { readTimestamp, Tally } from "./oracle.mjs";

export { FORMATS, isMultiline, pathOf, render } from "./generate/formats.mjs";
export { invalidKinds } from "./generate/invalid.mjs";
export { queriesFor } from "./generate/queries.mjs";
export { Random } from "./generate/random.mjs";
export { generate } from "./generate/records.mjs";
export { agentsPage } from "./generate/roster.mjs";

const USAGE = `node tools/generate.mjs --out DIR [options]

  --out DIR            where to write
  --records N          valid records; default 1000
  --invalid N          invalid records among them, besides; default 0
  --seed N             default 1
  --start T, --end T   all records are in [T, T); default the year 2024 in UTC
  --agents N           agents with usage; default 40
  --format F           ${FORMATS.join(", ")}; default ndjson
  --transcripts S:N    share of the transcripts that are long, and how many characters; default 0.005:20000
  --one-form           no record in snake_case, in an envelope or in a conversation
  --no-expected        don't count: write the records and the directory only
`;

function main() {
  const { values } = parseArgs({
    options: {
      out: { type: "string" },
      records: { type: "string", default: "1000" },
      invalid: { type: "string", default: "0" },
      seed: { type: "string", default: "1" },
      start: { type: "string", default: "2024-01-01T00:00:00Z" },
      end: { type: "string", default: "2025-01-01T00:00:00Z" },
      agents: { type: "string", default: "40" },
      format: { type: "string", default: "ndjson" },
      transcripts: { type: "string", default: "0.005:20000" },
      "one-form": { type: "boolean", default: false },
      "no-expected": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help || !values.out) {
    process.stdout.write(USAGE);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const format = values.format;
  if (!FORMATS.includes(format)) throw new RangeError(`no format ${format}`);
  const [share, size] = values.transcripts.split(":").map((part) => amount("transcripts", part));
  const options = {
    records: amount("records", values.records),
    invalid: amount("invalid", values.invalid),
    seed: amount("seed", values.seed),
    agents: amount("agents", values.agents),
    start: moment("start", values.start),
    end: moment("end", values.end),
    transcripts: { share, size: size ?? 20_000 },
    multiline: isMultiline(format),
    forms: !values["one-form"],
  };

  mkdirSync(values.out, { recursive: true });
  const page = agentsPage(options);
  writeJsonFile(join(values.out, "agents.json"), page);

  const directory = page.data.map(({ id, name }) => ({ id, name }));
  const queries = values["no-expected"] ? [] : queriesFor(options.start, options.end, directory, options.invalid > 0);
  const counts = queries.map((query) => ({ query, tally: new Tally(query) }));
  const name = format === "ndjson" ? "records.ndjson" : "records.json";
  writeText(join(values.out, name), render(counted(generate(options), format, counts), { format, seed: options.seed }));

  if (values["no-expected"]) return;
  const expected = counts.map(({ query, tally }) => ({
    query,
    report: tally.report(),
    diagnostics: tally.diagnostics(),
  }));
  writeJsonFile(join(values.out, "expected.json"), expected);
}

/** Counts values while they are written, so that they need not be kept. */
function* counted(values, format, counts) {
  let index = 0;
  for (const generated of values) {
    const at = index++;
    const isWhole = format === "array" || format === "page";
    for (const { tally } of counts) {
      if (isWhole) tally.value(generated.value, pathOf(format, at));
      else tally.topLevel(generated.value, at);
    }
    yield generated;
  }
}

function writeText(path, pieces) {
  const file = openSync(path, "w");
  let waiting = "";
  for (const piece of pieces) {
    waiting += piece;
    if (waiting.length < 1 << 20) continue;
    writeSync(file, waiting);
    waiting = "";
  }
  writeSync(file, waiting);
  closeSync(file);
}

function writeJsonFile(path, value) {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}

function amount(option, text) {
  const number = Number(text);
  if (text.trim() === "" || !(number >= 0)) throw new RangeError(`--${option} is not a number: ${text}`);
  return number;
}

function moment(option, text) {
  const time = readTimestamp(text);
  if (time === null) throw new RangeError(`--${option} is not an RFC 3339 time: ${text}`);
  return time;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
