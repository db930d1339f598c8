/** The page's search of zones: what people type, and what must hold for every zone and text. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { timeZones, UsageRollup } from "usage-by-agent";
import { Random } from "../../tools/generate/random.mjs";
import { TZ_DATA, tzData } from "../../tools/zones.mjs";
import { importPageSource } from "../support/source.mjs";

const { Zones, folded, offsetIn, shownOffset } = await importPageSource("zones/search.ts");
const { CITIES, POPULOUS } = await importPageSource("zones/aliases.ts");
const { COUNTRIES, OLDER, RELEASE } = await importPageSource("zones/tz-data.ts");

const names = timeZones();
const NOW = Date.parse("2026-01-15T12:00:00Z");
const rollup = new UsageRollup();
const offsets = names.map((tz) => {
  const [{ start }] = rollup.breakdown({ tz, step: "hour", from: NOW, to: NOW + 900_000 }).steps;
  return start.slice(16);
});
const zones = new Zones(names, offsets);
const first = (typed, count = 1) =>
  zones
    .search(typed)
    .slice(0, count)
    .map(({ name }) => name);

describe("what people type", () => {
  for (const [typed, zone] of Object.entries({
    nyc: "America/New_York",
    "new york": "America/New_York",
    New_York: "America/New_York",
    york: "America/New_York",
    boston: "America/New_York",
    "us eastern": "America/New_York",
    "eastern time": "America/New_York",
    EST: "America/New_York",
    edt: "America/New_York",
    usa: "America/New_York",
    LA: "America/Los_Angeles",
    pst: "America/Los_Angeles",
    "san fran": "America/Los_Angeles",
    CST: "America/Chicago",
    Beijing: "Asia/Shanghai",
    china: "Asia/Shanghai",
    Zürich: "Europe/Zurich",
    zurich: "Europe/Zurich",
    geneve: "Europe/Zurich",
    Malmo: "Europe/Stockholm",
    køln: "Europe/Berlin",
    london: "Europe/London",
    Londn: undefined,
    lond: "Europe/London",
    uk: "Europe/London",
    bst: "Europe/London",
    germany: "Europe/Berlin",
    DE: "Europe/Berlin",
    "são paulo": "America/Sao_Paulo",
    bombay: "Asia/Kolkata",
    Calcutta: "Asia/Kolkata",
    "asia/calcutta": "Asia/Kolkata",
    ist: "Asia/Kolkata",
    india: "Asia/Kolkata",
    "+5:30": "Asia/Kolkata",
    "utc+5:30": "Asia/Kolkata",
    "GMT +0530": "Asia/Kolkata",
    "−5": "America/New_York",
    "utc-03:30": "America/St_Johns",
    UTC: "UTC",
    "+0": "UTC",
    australia: "Australia/Sydney",
    sydney: "Australia/Sydney",
    "st. john's": "America/St_Johns",
    Kiev: "Europe/Kyiv",
    "port au prince": "America/Port-au-Prince",
    "côte d'ivoire": "Africa/Abidjan",
    indiana: "America/Indiana/Indianapolis",
    "etc/gmt+5": "Etc/GMT+5",
    "<>": undefined,
    "+26": undefined,
    "()[]": undefined,
  })) {
    test(`${typed}: ${zone}`, () => assert.deepEqual(first(typed), zone === undefined ? [] : [zone]));
  }
});

test("every name is found by itself, by any part of it, and in any case", () => {
  const canonical = (name) => {
    const line = OLDER.split("\n").find((one) => one.split(" ").slice(1).includes(name));
    return line?.split(" ")[0] ?? name;
  };
  for (const name of names) {
    const found = zones.search(name).map((zone) => zone.name);
    assert.ok(found.includes(canonical(name)), name);
    assert.equal(zones.find(name.toUpperCase()), name);
    assert.equal(zones.find(name.replaceAll("_", " ").toLowerCase()), name);
  }
  for (const { name, city, country } of zones.search("")) {
    for (const typed of [city, city.slice(0, 3), `${city} ${country}`, country].filter((text) => folded(text) !== "")) {
      assert.ok(
        zones.search(typed).some((zone) => zone.name === name),
        `${name} by ${typed}`,
      );
    }
    assert.equal(zones.search(city)[0].city, city, `${city} comes first`);
  }
});

test("a zone that is found by another city says so", () => {
  assert.deepEqual(
    zones.search("mumb").map(({ city, also }) => [city, also]),
    [["Kolkata", "Mumbai"]],
  );
  assert.equal(zones.search("kolk")[0].also, undefined);
});

test("every offset finds exactly its zones", () => {
  for (const offset of new Set(offsets)) {
    const expected = zones.search("").filter((zone) => zone.offset === offset);
    const shown = shownOffset(offset);
    for (const typed of [offset, shown, shown.replace("UTC", "GMT ")].filter((text) => offsetIn(text) !== undefined)) {
      const found = zones.search(typed);
      assert.ok(found.length > 0 && found.every((zone) => zone.offset === offset), typed);
      for (const zone of expected)
        assert.ok(
          found.some(({ name }) => name === zone.name),
          `${zone.name} by ${typed}`,
        );
    }
  }
});

test("a longer text never finds a zone that its beginning does not find, accents and case change nothing", () => {
  const random = new Random(13, 1);
  const texts = [...names, ...Object.values(CITIES).flatMap((list) => list.split(", ")), "Côte d’Ivoire", "États"];
  for (let run = 0; run < 300; run++) {
    const text = texts[random.below(texts.length)];
    const typed = folded(text.slice(0, 1 + random.below(text.length)));
    if (typed === "") continue;
    const found = zones.search(typed);
    assert.equal(new Set(found).size, found.length);
    assert.deepEqual(zones.search(` ${typed.toUpperCase()}  `), found, typed);
    assert.deepEqual(zones.search([...typed].map((letter) => (letter === "e" ? "é" : letter)).join("")), found, typed);
    assert.equal(folded(typed), typed);
  }
});

test("the lists name zones that exist, and nothing twice", () => {
  const listed = COUNTRIES.trimEnd()
    .split("\n")
    .flatMap((line) => line.split(" ").slice(1))
    .map((entry) => entry.split(",")[0]);
  assert.equal(new Set(listed).size, listed.length);
  for (const name of [...listed, ...POPULOUS, ...Object.keys(CITIES), ...OLDER.trimEnd().split(/\s+/)]) {
    assert.ok(names.includes(name), name);
  }
  for (const name of Object.keys(CITIES)) assert.ok(listed.includes(name), name);
  const aliases = Object.values(CITIES).flatMap((list) => list.split(", "));
  assert.equal(new Set(aliases).size, aliases.length);
});

test("the file of the tz database's data is what tools/zones.mjs writes", async () => {
  assert.equal(readFileSync(TZ_DATA, "utf8"), await tzData());
  assert.match(RELEASE, /^20\d\d[a-z]$/);
});
