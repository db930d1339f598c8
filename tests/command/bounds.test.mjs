/** `bounds` gives the package's bounds in every format. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../tools/generate.mjs";
import { bounds } from "../../tools/oracle.mjs";
import { packed } from "../support/packed.mjs";
import { inTerminal, JUNE, outputOf, usage } from "./support/command.mjs";

const { periodBounds } = packed;
const june = periodBounds({ period: "month", now: "2024-06-15T12:00:00Z", tz: "America/New_York" });

test("the bounds are those of the package and of the oracle, byte for byte", async () => {
  const random = new Random(1);
  const zones = ["America/New_York", "Africa/Cairo", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"];
  for (let n = 0; n < 12; n++) {
    const query = {
      period: random.pick(["week", "month", "year"]),
      tz: random.pick(zones),
      now: Date.UTC(2000 + random.below(50), random.below(12), 1 + random.below(28)),
      offset: random.below(9) - 4,
      weekStart: random.pick(["monday", "sunday", "friday"]),
    };
    const { period, tz, now, offset, weekStart } = query;
    const options = ["--period", period, "--tz", tz, "--now", String(now), "--offset", String(offset)];
    const out = await outputOf(["bounds", ...options, "--week-start", weekStart]);
    assert.equal(out, JSON.stringify(periodBounds(query)));
    const { startMs, endMs } = bounds(query);
    assert.deepEqual([JSON.parse(out).startMs, JSON.parse(out).endMs], [startMs, endMs]);
  }
});

test("each format has every bound", async () => {
  const format = (name) => outputOf(["bounds", ...JUNE, "--format", name]);
  assert.equal(await format("ndjson"), `${JSON.stringify(june)}\n`);
  const values = Object.values(june);
  assert.equal(await format("csv"), `${Object.keys(june).join()}\r\n${values.join()}\r\n`);
  const lines = (await format("table")).trimEnd().split("\n").slice(1);
  assert.deepEqual(
    lines.map((line) => line.split(/ +/)),
    Object.entries(june).map(([name, value]) => [name, String(value)]),
  );
});

test("without --tz the zone is this machine's, which is said beside JSON and inside the table", async () => {
  const args = ["bounds", "--period", "month", "--now", "2024-06-15T12:00:00Z"];
  for (const [zone, name] of [
    ["Asia/Tokyo", "Asia/Tokyo"],
    ["Europe/Paris", "Europe/Paris"],
  ]) {
    const { stdout, stderr, status } = await usage(args, { env: { TZ: zone } });
    assert.equal(status, 0);
    assert.equal(JSON.parse(stdout).tz, name);
    assert.match(stderr, new RegExp(`^note: the time zone is ${name}, this machine's; --tz names another\\n$`));
    const asTable = await usage([...args, "--format", "table"], { env: { TZ: zone } });
    assert.match(asTable.stdout, new RegExp(`^tz +${name}, this machine's zone$`, "m"));
    assert.equal(asTable.stderr, "");
  }
  assert.equal((await usage(["bounds", ...JUNE])).stderr, "");
});

test("without --now the period contains the present", async () => {
  const before = Date.now();
  const { startMs, endMs } = JSON.parse(await outputOf(["bounds", "--period", "year", "--tz", "UTC"]));
  assert.ok(startMs <= Date.now() && before < endMs); // the moment of the run is between the two readings
});

test("the output is a table on a terminal", async () => {
  const { stdout, status } = await inTerminal(["bounds", ...JUNE], { env: { NO_COLOR: "1" } });
  assert.equal(status, 0);
  assert.match(stdout, /^Bound +Value\n/);
});
