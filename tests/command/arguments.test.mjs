/** Wrong arguments end with 2 and one line, which says what is wanted. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { packed } from "../support/packed.mjs";
import { assertFails, outputOf } from "./support/command.mjs";

const WRONG = [
  ["", "no command is named; wanted report, audit, collect, check, bounds or serve, or --help"],
  ["bonds", 'unknown command "bonds": did you mean bounds?'],
  ["Report", 'unknown command "Report": did you mean report?'],
  ["frobnicate", 'unknown command "frobnicate": wanted report, audit, collect, check, bounds or serve'],
  [
    "--period month",
    'the first argument is "--period"; wanted a command: report, audit, collect, check, bounds or serve',
  ],
  ["help bonds", 'unknown command "bonds": did you mean bounds?'],
  ["bounds", "--period is missing; wanted week, month or year"],
  ["report x", "--period is missing; wanted week, month or year, or --from and --to"],
  ["bounds --period", "--period has no value; wanted week, month or year"],
  ["bounds --period --tz UTC", "--period has no value; wanted week, month or year"],
  ["bounds --period moth", '--period is "moth": wanted week, month or year; did you mean month?'],
  ["bounds --period MONTH", '--period is "MONTH": wanted week, month or year; did you mean month?'],
  ["bounds --perid month", 'unknown option "--perid": did you mean --period?'],
  ["bounds --time-zone UTC", 'unknown option "--time-zone": did you mean --tz?'],
  ["bounds --weekstart monday", 'unknown option "--weekstart": did you mean --week-start?'],
  ["bounds --frobnicate", 'unknown option "--frobnicate": --help lists the options'],
  ["bounds -p month", 'unknown option "-p": --help lists the options'],
  ["bounds --constructor", 'unknown option "--constructor": --help lists the options'],
  ["bounds --__proto__ x", 'unknown option "--__proto__": --help lists the options'],
  ["bounds --no-period", 'unknown option "--no-period": did you mean --period?'],
  ["bounds --period month --period week", "--period is given twice; wanted once"],
  ["bounds june.json --period month", "bounds takes no files, only options"],
  ["bounds --period month --offset x", '--offset is "x": wanted a whole number'],
  ["bounds --period month --offset 1.5", '--offset is "1.5": wanted a whole number'],
  ["bounds --period month --offset=", '--offset is "": wanted a whole number'],
  ["bounds --period month --offset 99999999999999999", '--offset is "99999999999999999": wanted a whole number'],
  ["bounds --period month --offset -9999", /^usage-by-agent: --offset: .* moved by -9999, is not wholly inside/],
  ["bounds --period month --tz Mars/Olympus", /^usage-by-agent: --tz: unknown time zone "Mars\/Olympus": wanted/],
  ["bounds --period month --tz America/New_Yrok", /America\/New_York/],
  ["bounds --period month --tz=", /^usage-by-agent: --tz: unknown time zone "": wanted/],
  ["bounds --period month --now 1718452800", "--now is 1718452800: that looks like seconds; wanted epoch milliseconds"],
  [
    "bounds --period month --now today",
    /^usage-by-agent: --now is "today": wanted an instant with its offset, such as/,
  ],
  ["bounds --period month --now 2024-06-15T12:00:00", /^usage-by-agent: --now .*offset/],
  ["bounds --period month --format xml", '--format is "xml": wanted table, json, csv or ndjson'],
  ["bounds --period month --format jsn", '--format is "jsn": wanted table, json, csv or ndjson; did you mean json?'],
  ["bounds --period month --json", 'unknown option "--json": did you mean --format?'],
  ["report x --period month --include-idle=yes", '--include-idle has the value "yes"; it takes none'],
  [
    "report x --period month --include-idle",
    "--include-idle has no effect without --agents FILE or --collect; wanted both",
  ],
  ["report x --period month --collect", "--collect counts what the vendor has, and reads no files; wanted one of them"],
  ["report x --period month --base-url https://x.example", "--base-url has no effect without --collect; wanted both"],
  ["report x --period month --token-file key.txt", "--token-file has no effect without --collect; wanted both"],
  ["report x --period month --on-invalid stop", '--on-invalid is "stop": wanted skip or throw'],
  ["report x --from 2024-06-01", "--to is missing; wanted the day after the last one of the window"],
  ["report x --to 2024-06-01", "--from is missing; wanted the first day of the window"],
  [
    "report x --from 2024-06-01 --to 2024-06-08 --period month",
    "--period and --from exclude each other; wanted one of them",
  ],
  ["report x --to 2024-06-08 --period month", "--period and --to exclude each other; wanted one of them"],
  [
    "report x --from 2024-06-01 --to 2024-06-08 --offset -1",
    "--offset and --from exclude each other; wanted one of them",
  ],
  [
    "report x --from 2024-02-30 --to 2024-06-08",
    '--from is "2024-02-30", a date that does not exist; wanted one of the calendar',
  ],
  ["report x --from 2024-6-1 --to 2024-06-08", '--from is "2024-6-1": wanted it as YYYY-MM-DD'],
  [
    "report x --from yesterday --to 2024-06-08",
    "--to is a date, and --from is not one; wanted two dates or two instants",
  ],
  [
    "report x --from yesterday --to today",
    '--from is "yesterday": wanted a date such as 2024-06-01, or an instant with its offset, such as 2024-06-15T12:00:00Z, or epoch milliseconds',
  ],
  ["report x --from 2024-06-01 --to 1718452800000", /^usage-by-agent: --from is a date, and --to is not one; wanted/],
  ["report x --from 2024-06-08 --to 2024-06-01", '--to is "2024-06-01": wanted it after --from, 2024-06-08'],
  [
    "report x --from 2024-06-30 --to 2024-06-30",
    '--to is "2024-06-30": wanted it after --from, 2024-06-30; the window of one day ends with --to 2024-07-01',
  ],
  [
    "report x --from 2024-06-01T00:00:00Z --to 2024-06-01T02:00:00+02:00",
    '--to is "2024-06-01T02:00:00+02:00": wanted it after --from, 2024-06-01T00:00:00Z',
  ],
  [
    "report x --from 1718452800 --to 1718456400",
    /^usage-by-agent: --from is 1718452800: that looks like seconds; wanted/,
  ],
  ["report x --from 1718452800000 --to 1718456400001", /^usage-by-agent: --to: the window ends at .* quarter hours/],
  ["report x --from 2024-06-01 --to 2024-06-08 --tz Mars", /^usage-by-agent: --tz: unknown time zone "Mars"/],
  ["report x --since 2024-06-01", 'unknown option "--since": did you mean --from?'],
  ["bounds --from 2024-06-01", 'unknown option "--from": --help lists the options'],
  ["report x --by", /^usage-by-agent: --by has no value; wanted LIST$/],
  [
    "report x --by chanel",
    '--by is "chanel": wanted agent, number, channel, direction, weekday or hour; did you mean channel?',
  ],
  ["report x --by agent,", '--by is "": wanted agent, number, channel, direction, weekday or hour'],
  ["report x --by agent,channel,agent", "--by names agent twice; wanted once"],
  ["report x --group-by agent", 'unknown option "--group-by": did you mean --by?'],
  ["report x --step year", '--step is "year": wanted hour, day, week or month'],
  ["report x --step dya", '--step is "dya": wanted hour, day, week or month; did you mean day?'],
  ["report x --by agent --offset -1", "--offset has no effect without --period; wanted both"],
  ["report x --compare", "--period is missing; wanted week, month or year, or --from and --to"],
  ["report x --by agent --compare", "--period is missing; wanted week, month or year, or --from and --to"],
  ["report --collect --by agent", "--period is missing; wanted week, month or year, or --from and --to"],
  [
    "report x --period month --step day --compare",
    "--compare and --step exclude each other; for both windows in steps, name a --from before both",
  ],
  [
    "report x --period month --by channel --include-idle --agents y",
    "--include-idle adds rows of agents; wanted it without --by, or with --by agent alone",
  ],
  [
    "report x --period month --step day --include-idle --agents y",
    "--include-idle adds rows of agents; wanted it without --by, or with --by agent alone",
  ],
  [
    "report x --by hour --from 1971-06-01 --to 1971-06-02 --tz Africa/Monrovia",
    /^usage-by-agent: --from: the window begins at .* quarter hours/,
  ],
  ["report - - --period month", "- is given twice; standard input can be read once"],
  [
    "collect --period month",
    "--out is missing; wanted a file for the records, the URL of a service, or - for standard output",
  ],
  [
    "collect --out= --period month",
    "--out is missing; wanted a file for the records, the URL of a service, or - for standard output",
  ],
  ["collect june.ndjson --period month", "collect reads no files, and takes only options; wanted --out FILE"],
  ["collect --output x --period month", 'unknown option "--output": did you mean --out?'],
  ["collect --out x --token abc", 'unknown option "--token": did you mean --token-file?'],
  ["collect --out x", "--period is missing; wanted week, month or year, or --from and --to"],
  ["collect --out x --from 2024-06-01 --to 2024-06-31", /^usage-by-agent: --to is "2024-06-31", a date that does not/],
  [
    "collect --out - --period month --format json",
    "--format has no effect with --out -, which writes records; wanted one of them",
  ],
  ["check", "ENDPOINT is missing; wanted by-agent, usage, daily, monthly or by-number"],
  ["check dayly x", 'ENDPOINT is "dayly": wanted by-agent, usage, daily, monthly or by-number; did you mean daily?'],
  ["check daily", "FILE is missing; wanted a file, or - for standard input"],
  ["check daily a b", "2 files are given; wanted one"],
  ["check daily none.json --days 0", "--days is 0: wanted a whole number from 1 to 365"],
  ["check daily none.json --tz Mars", /^usage-by-agent: --tz: unknown time zone "Mars"/],
];

for (const [args, words] of WRONG) {
  test(`usage-by-agent ${args}`, () => assertFails(args === "" ? [] : args.split(" "), 2, words));
}

test("an option's value may be joined to it, a value may begin with a dash, and -- ends the options", async () => {
  const apart = await outputOf("bounds --period week --offset -1 --now 2024-06-15T12:00:00Z --tz UTC".split(" "));
  const joined = await outputOf("bounds --period=week --offset=-1 --now=2024-06-15T12:00:00Z --tz=UTC".split(" "));
  assert.equal(joined, apart);
  const words = "--period can't be read: there is no file of that name";
  await assertFails(["report", "--period", "week", "--tz", "UTC", "--", "--period"], 3, words);
});

test("--version names the versions of the package and of the tz database", async () => {
  const { package: version, tzdb } = packed.versions();
  for (const option of ["--version", "-V"]) {
    assert.equal(await outputOf([option]), `usage-by-agent ${version} (tz database ${tzdb})\n`);
  }
});

test("what a user wrote is shown on one line and without control characters", async () => {
  const [bell, red] = ["\u0007", "\u001b[31m"];
  await assertFails([`a\nb${bell}${red}`], 2, /^usage-by-agent: unknown command "a␊b␇␛\[31m": wanted/);
  await assertFails(["bounds", `--x\u202e${"y".repeat(300)}`], 2, /^usage-by-agent: unknown option "--x�y+…": --help/);
});
