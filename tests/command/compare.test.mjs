/** `report --compare` puts the window before it beside a window. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { agentsPage, generate } from "../../tools/generate.mjs";
import { write } from "../support/packed.mjs";
import { KEY, makeAccount, serve } from "./support/collecting.mjs";
import { inTerminal, message, outputOf } from "./support/command.mjs";
import { rowsOf } from "./support/csv.mjs";

const MADE = {
  records: 800,
  invalid: 0,
  seed: 31,
  agents: 7,
  start: Date.UTC(2024, 2, 1),
  end: Date.UTC(2024, 7, 1),
  multiline: false,
};
const cwd = write({
  "records.ndjson": [...generate(MADE)].map(({ text }) => `${text}\n`).join(""),
  "agents.json": JSON.stringify(agentsPage(MADE)),
});
const AT = ["--tz", "Australia/Lord_Howe", "--now", "2024-06-15T12:00:00Z", "--agents", "agents.json"];
const ask = (...more) => outputOf(["report", "records.ndjson", ...AT, ...more], { cwd });
const MEASURES = ["messages", "calls", "totalSeconds"];

test("json is two reports of the wire shape", async () => {
  for (const options of [
    ["--period", "month"],
    ["--period", "month", "--offset", "-1"],
    ["--period", "week", "--week-start", "wednesday", "--include-idle"],
  ]) {
    const offset = options.includes("--offset") ? -1 : 0;
    const rest = options.filter((option) => option !== "--offset" && option !== "-1");
    const [both, current, previous] = await Promise.all([
      ask(...options, "--compare"),
      ask(...rest, "--offset", String(offset)),
      ask(...rest, "--offset", String(offset - 1)),
    ]);
    assert.equal(both, `{"current":${current},"previous":${previous}}`);
    assert.ok(JSON.parse(both).previous.data.length > 3);
  }
});

test("json of --by is two breakdowns; the previous window of dates has equally many days", async () => {
  const window = (from, to) => ["--from", from, "--to", to];
  for (const [current, previous, ...by] of [
    [["--period", "month"], ["--period", "month", "--offset", "-1"], "--by", "agent,channel"],
    // The clocks of Lord Howe change on 7 April.
    [window("2024-04-05", "2024-04-12"), window("2024-03-29", "2024-04-05")],
    [window("2024-06-01", "2024-07-01"), window("2024-05-02", "2024-06-01"), "--by", "weekday,hour"],
    [
      window("2024-04-06T00:00:00Z", "2024-04-08T06:15:00Z"),
      window("2024-04-03T17:45:00Z", "2024-04-06T00:00:00Z"),
      "--by",
      "direction",
    ],
  ]) {
    const both = await ask(...current, ...by, "--compare");
    assert.equal(
      both,
      `{"current":${await ask(...current, ...by)},"previous":${await ask(...previous, ...by)}}`,
      current.join(" "),
    );
    assert.equal(JSON.parse(both).previous.endMs, JSON.parse(both).current.startMs);
  }
});

test("csv and ndjson have each row of either window once, with both values", async () => {
  for (const by of ["agent", "agent,channel,direction", "hour"]) {
    const args = ["--period", "week", "--by", by, "--compare"];
    const { current, previous } = JSON.parse(await ask(...args));
    const ndjson = await ask(...args, "--format", "ndjson");
    const lines = ndjson.split("\n").slice(0, -1).map(JSON.parse);
    const rowsIn = (names) =>
      lines
        .map((line) => {
          const values = MEASURES.map((measure, n) => [measure, line[names[n]]]);
          const rest = Object.entries(line).filter(([name]) => !/messages$|calls$|totalSeconds$/i.test(name));
          return Object.fromEntries([...rest, ...values]);
        })
        .filter((row) => MEASURES.some((measure) => row[measure] > 0))
        .map((row) => JSON.stringify(row))
        .sort();
    const sorted = ({ rows }) => rows.map((row) => JSON.stringify(row)).sort();
    assert.deepEqual(rowsIn(MEASURES), sorted(current));
    assert.deepEqual(rowsIn(["previousMessages", "previousCalls", "previousTotalSeconds"]), sorted(previous));
    assert.ok(
      lines.some((line) => MEASURES.every((measure) => line[measure] === 0)),
      "no row is of the previous alone",
    );
    const [titles, ...cells] = await rowsOf(await ask(...args, "--format", "csv"));
    assert.deepEqual(titles, Object.keys(lines[0]));
    assert.equal(cells.length, lines.length);
    assert.deepEqual(
      cells.map((row) => row.slice(-6)),
      lines.map((line) => Object.values(line).slice(-6).map(String)),
    );
    if (!by.startsWith("agent")) continue;
    const missing = lines.map(({ agentId }) => agentId === null);
    assert.deepEqual(missing, [...missing].sort(), "usage without an agent is last");
    assert.ok(missing.includes(true) && missing.includes(false));
  }
});

const on = (day, count, more) =>
  Array.from({ length: count }, (_, n) =>
    message(`${day}-${n}-${more?.agentId}`, { receivedAt: `${day}T12:00:00Z`, ...more }),
  ).join("");

test("a table shows both values and the change, within 80 columns", async () => {
  const call = { status: "completed", startedAt: "2024-06-03T12:00:00Z", durationSeconds: 61, agentId: "a2" };
  const input =
    on("2024-05-10", 200) +
    on("2024-06-10", 201) +
    on("2024-05-10", 2, { agentId: "b", agentName: "Sales" }) +
    on("2024-06-10", 1, { agentId: "c", agentName: "New" }) +
    `${JSON.stringify(call)}\n`;
  const cwd = write({ "june.ndjson": input });
  const args = ["report", "june.ndjson", "--period", "month", "--tz", "UTC", "--compare", "--format", "table"];
  const { stdout } = await inTerminal([...args, "--now", "2024-06-15T12:00:00Z"], { cwd, env: { NO_COLOR: "1" } });
  assert.equal(
    stdout,
    `The month from 2024-06-01T00:00:00Z to 2024-06-30T23:59:59Z (UTC), not over yet
Compared with the month from 2024-05-01T00:00:00Z to 2024-05-31T23:59:59Z

Agent    Agent id   Messages  Change  Calls  Change  Seconds  Change
Support  a1        200 → 201  +0.5 %      0                0
New      c             0 → 1     new      0                0
a2       a2                0          0 → 1     new   0 → 61     new
Sales    b             2 → 0  -100 %      0                0
Total              202 → 202       =  0 → 1     new   0 → 61     new
`,
  );
});

test("--collect asks for both windows", async () => {
  const { url } = await serve({ account: makeAccount(91) });
  const args = ["report", "--collect", "--base-url", url, "--tz", "UTC", "--now", "2025-06-25T12:00:00Z"];
  const [both, current, previous] = await Promise.all(
    [["--compare"], [], ["--offset", "-1"]].map((more) =>
      outputOf([...args, "--period", "week", ...more], { env: KEY }),
    ),
  );
  assert.equal(both, `{"current":${current},"previous":${previous}}`);
  assert.ok(JSON.parse(current).data.length > 1 && JSON.parse(previous).data.length > 1);
});
