/** Hints for wrong zones. A hint is the right zone or absent. Its offset never contradicts the name. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { installed, packed } from "../support/packed.mjs";

const { periodBounds, timeZones, UsageAggregator, UsageRollup, validateResponse, zoneHint } = packed;
const { createUsageHandler } = await import(pathToFileURL(join(installed, "dist/handler.js")).href);

/** The offsets of a zone in the months of 2024, in minutes. */
function offsetsOf(tz) {
  const offsets = Array.from({ length: 12 }, (_, month) => {
    const query = { period: "month", tz, now: Date.UTC(2024, month, 15) };
    const wall = Date.parse(periodBounds({ ...query, boundsAs: "wall-clock" }).periodStart);
    return (wall - periodBounds(query).startMs) / 60_000;
  });
  return [...new Set(offsets)];
}

/** Asserts the zone of each hint, given as lines of a name, an arrow and the zone. */
function assertZones(pairs) {
  for (const [name, zone] of Object.entries(pairs)) assert.equal(zoneHint(name)?.zone, zone, name);
}

test("another spelling of a name means the zone", () => {
  assertZones({
    " Europe/Paris ": "Europe/Paris",
    "america/new york": "America/New_York",
    "Port-au-Prince": "America/Port-au-Prince",
    Paris: "Europe/Paris",
    "New York": "America/New_York",
    " Tokyo ": "Asia/Tokyo",
    "America/Paris": "Europe/Paris",
    "buenos  aires": "America/Argentina/Buenos_Aires",
    z: "UTC",
  });
});

test("a misspelt name means the zone", () => {
  assertZones({
    "America/New_Yrok": "America/New_York",
    "Amercia/Chicago": "America/Chicago",
    "asia/calcuta": "Asia/Calcutta",
    "Europe/Kieff": "Europe/Kiev",
    "Europe/Lisboa": "Europe/Lisbon",
    "US/Easter": "US/Eastern",
    Pariss: "Europe/Paris",
    Warszawa: "Europe/Warsaw",
    Singapoor: "Singapore",
  });
  // Two letters are swapped in each zone's place.
  const offsets = new Map(timeZones().map((tz) => [tz, String(offsetsOf(tz))]));
  let [hinted, same] = [0, 0];
  for (const tz of timeZones()) {
    const swapped = tz.replace(/([a-z])([a-z])([a-z]{2,})$/, "$2$1$3");
    if (swapped === tz || tz.length < 8 || timeZones().some((other) => other.toLowerCase() === swapped.toLowerCase()))
      continue;
    const zone = zoneHint(swapped)?.zone;
    hinted += 1;
    if (zone !== undefined && offsets.get(zone) === offsets.get(tz)) same += 1;
  }
  assert.ok(hinted > 400 && same / hinted > 0.95, `${same} of ${hinted}`);
});

test("a city without a zone, and a word with several meanings, mean no zone", () => {
  const cities = ["Asia/Mumbai", "Asia/Delhi", "Asia/Osaka", "Asia/Beijing", "Asia/Pune", "Europe/Munich"];
  cities.push("Europe/Geneva", "America/Miami", "America/Boston", "America/Houston", "America/Dallas", "Dallas");
  const words = ["Mars/Olympus", "Eastern", "Central", "Pacific", "West", "South", "Samoa", "Russia", "Pacific Time"];
  const odd = ["", " ", "XYZ", "constructor", "__proto__", "a".repeat(41), "Etc/UTC+5", "GMT+25", "<+05>-5", 5, null];
  for (const name of [...cities, ...words, ...odd]) assert.equal(zoneHint(name), undefined, String(name));
  // A long name takes no long time: this text once made a regular expression run for hours.
  for (const name of [`${"a".repeat(39)}!`, "a-".repeat(19), "é".repeat(40)]) assert.equal(zoneHint(name), undefined);
});

test("an offset means the zone of that offset, whose name has the other sign", () => {
  const hours = Array.from({ length: 31 }, (_, n) => n - 15);
  for (const hour of hours) {
    const [sign, size] = [hour < 0 ? "-" : "+", String(Math.abs(hour))];
    const two = size.padStart(2, "0");
    for (const text of [size, two, `${two}:00`, `${two}00`]) {
      for (const before of ["", "GMT", "UTC", "UTC ", "gmt "]) {
        const name = `${before}${sign}${text}`;
        const hint = zoneHint(name);
        if (hour < -12 || hour > 14) assert.equal(hint, undefined, name);
        else assert.deepEqual(offsetsOf(hint.zone), [hour * 60], name);
      }
    }
  }
  assert.deepEqual(zoneHint("GMT+5"), {
    zone: "Etc/GMT-5",
    reason: "the signs of Etc zones are the other way round: Etc/GMT-5 is 5 h ahead of UTC",
  });
  assert.match(zoneHint("UTC\u22125").reason, /Etc\/GMT\+5 is 5 h behind UTC/);
  for (const name of ["+05:30", "UTC+0530", "GMT-3:30"]) {
    const hint = zoneHint(name);
    assert.equal(hint.zone, undefined, name);
    assert.match(hint.reason, /a zone is a place/);
  }
});

/** Every abbreviation that the tz database has had since 1990, with its offsets in minutes, as Python's zoneinfo lists them. */
const ABBREVIATIONS = `ACDT:630 ACST:570 ADT:-180 AEDT:660 AEST:600 AKDT:-480 AKST:-540 AST:-240 AWDT:540 AWST:480 BST:60
  CAT:120 CDT:-300,-240,540 CEST:120 CET:60 CST:-360,-300,480 ChST:600 EAT:180 EDT:-240 EEST:180 EET:120 EST:-300 GMT:0 GST:600
  HDT:-540 HKT:480 HST:-600 IDT:180 IST:60,120,330 JST:540 KST:510,540 MDT:-360 MEST:120 MET:60 MSD:240 MSK:180,240 MST:-420
  NDT:-150 NST:-210 NZDT:780 NZST:720 PDT:-420,540 PKST:360 PKT:300 PST:-480,480 SAST:120 SST:-660 UTC:0 WAT:60 WEST:60 WET:0
  WIB:420 WIT:540 WITA:480`;

test("an abbreviation means a zone that has its offset, or none", () => {
  const known = new Map();
  for (const entry of ABBREVIATIONS.split(/\s+/)) {
    const [name, offsets] = entry.split(":");
    known.set(name, offsets.split(",").map(Number));
  }
  // The abbreviations of this runtime, with their offsets.
  for (const tz of timeZones()) {
    for (const locale of ["en-US", "en-GB", "en-AU", "en-IN", "en-CA", "en-NZ", "en-ZA"]) {
      for (const month of [0, 6]) {
        const at = new Date(Date.UTC(2024, month, 15));
        let format;
        try {
          format = (timeZoneName) => new Intl.DateTimeFormat(locale, { timeZone: tz, timeZoneName }).formatToParts(at);
          format("short");
        } catch {
          continue; // a zone that this runtime does not have
        }
        const part = (style) => format(style).find(({ type }) => type === "timeZoneName").value;
        const name = part("short");
        const [, sign, hours, minutes] = /^GMT(?:([+-])(\d\d):(\d\d))?$/.exec(part("longOffset"));
        const offset = (sign === "-" ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
        if (/^[A-Za-z]+$/.test(name)) known.set(name, [...(known.get(name) ?? []), offset]);
      }
    }
  }
  let hinted = 0;
  for (const [name, offsets] of known) {
    for (const spelled of [name, name.toLowerCase()]) {
      const zone = zoneHint(spelled)?.zone;
      if (zone === undefined) continue;
      hinted += 1;
      assert.ok(
        offsetsOf(zone).some((offset) => offsets.includes(offset)),
        `${name} is ${offsets}, and ${zone} is ${offsetsOf(zone)}`,
      );
    }
  }
  assert.ok(hinted > 40, `${hinted} hints`);
  assertZones({ PST: "America/Los_Angeles", AEST: "Australia/Sydney", JST: "Asia/Tokyo", CEST: "Europe/Berlin" });
  for (const name of ["IST", "CST", "BST", "AST", "SST", "GST"]) assert.equal(zoneHint(name), undefined, name);
});

test("a name of Windows means its zone, or none", () => {
  assertZones({
    "Pacific Standard Time": "America/Los_Angeles",
    "Pacific Daylight Time": "America/Los_Angeles",
    "US Mountain Standard Time": "America/Phoenix",
    "GMT Standard Time": "Europe/London",
    "W. Europe Standard Time": "Europe/Berlin",
    "Romance Standard Time": "Europe/Paris",
    "Central European Standard Time": "Europe/Warsaw",
    "Russian Standard Time": "Europe/Moscow",
    "India Standard Time": "Asia/Kolkata",
    "China Standard Time": "Asia/Shanghai",
    "Tokyo Standard Time": "Asia/Tokyo",
    "Israel Standard Time": "Israel",
    "AUS Eastern Standard Time": "Australia/Sydney",
    "E. Australia Standard Time": "Australia/Brisbane",
    "New Zealand Standard Time": "Pacific/Auckland",
    "UTC-11": "Etc/GMT+11",
    "Samoa Standard Time": undefined, // Windows means Apia, CLDR American Samoa
    "Dateline Standard Time": undefined,
    "Central America Standard Time": undefined,
    "Eastern Standard Time (Mexico)": undefined,
  });
});

test("every function that refuses a zone names the zone it may mean", () => {
  const JUNE = { period: "month", now: "2024-06-15T12:00:00Z" };
  const rollup = new UsageRollup();
  for (const run of [
    (tz) => periodBounds({ ...JUNE, tz }),
    (tz) => new UsageAggregator({ ...JUNE, tz }),
    (tz) => rollup.byAgent({ ...JUNE, tz }),
    (tz) => rollup.daily({ tz }),
    (tz) => packed.recordsWindow("monthly", { tz }),
    (tz) => validateResponse("daily", {}, { tz }),
    (tz) => packed.inferConvention({ period: "week", periodStart: "", periodEnd: "" }, { tz }),
  ]) {
    const thrown = { code: "invalid_tz", path: "/tz" };
    assert.throws(() => run("Pariss"), { ...thrown, message: /; did you mean "Europe\/Paris"\? \(at \/tz\)$/ });
    assert.throws(() => run("GMT+5"), { ...thrown, message: /the other way round.*; did you mean "Etc\/GMT-5"\? / });
    assert.throws(() => run("+05:30"), { ...thrown, message: /"UTC"; a zone is a place/ });
    assert.throws(() => run("IST"), { ...thrown, message: /such as "America\/New_York" or "UTC" \(at \/tz\)$/ });
  }
  rollup.free();
});

test("the handler's 422 has the hint in `ctx`", async () => {
  const handler = createUsageHandler({ records: () => [], authorize: (token) => token === "t" });
  const ask = async (tz, token = "t") => {
    const query = new URLSearchParams({ period: "month", tz });
    const headers = { authorization: `Bearer ${token}` };
    const response = await handler(new Request(`https://edge.example/v1/usage/by-agent?${query}`, { headers }));
    return [response.status, (await response.json()).detail];
  };
  const error = (tz, ctx) => ({
    type: "value_error",
    loc: ["query", "tz"],
    msg: `Value error, unknown IANA time zone '${tz}'`,
    input: tz,
    ...(ctx && { ctx }),
  });
  assert.deepEqual(await ask("Pariss"), [422, [error("Pariss", { did_you_mean: "Europe/Paris" })]]);
  const reason = zoneHint("GMT+5").reason;
  assert.deepEqual(await ask("GMT+5"), [422, [error("GMT+5", { did_you_mean: "Etc/GMT-5", reason })]]);
  for (const tz of ["Mars/Olympus", "+05:30", "x".repeat(60)]) assert.deepEqual(await ask(tz), [422, [error(tz)]]);
  assert.equal((await ask("Pariss", "other"))[0], 401); // the token is judged before
});
