// `node tools/zones.mjs`: writes www/src/zones/tz-data.ts, the countries, abbreviations and older names of zones, from PyPI's `tzdata`.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { python } from "./setup/python.mjs";
import { ask, Failed, root } from "./setup/run.mjs";

export const TZ_DATA = join(root, "www/src/zones/tz-data.ts");

/** Prints the release, the lines of zone.tab, the links, and the abbreviations of two days of the year. */
const READ = `
import json, importlib.resources as resources
from datetime import datetime, timezone
from zoneinfo import ZoneInfo
import tzdata

folder = resources.files("tzdata") / "zoneinfo"
lines = lambda name: (folder / name).read_text(encoding="utf-8").splitlines()
table = [line.split("\\t") for line in lines("zone.tab") if line and not line.startswith("#")]
links = [line.split()[1:] for line in lines("tzdata.zi") if line.startswith("L ")]

def abbreviations(zone):
    days = [datetime(2026, month, 1, tzinfo=timezone.utc) for month in (1, 7)]
    names = [day.astimezone(ZoneInfo(zone)).tzname() for day in days]
    return [name for name in dict.fromkeys(names) if name.isalpha()]

print(json.dumps({
    "release": tzdata.IANA_VERSION,
    "zones": [[country, zone, abbreviations(zone)] for country, _, zone, *_ in table],
    "links": links,
}))
`;

/** The content of the file. */
export async function tzData() {
  const { ok, out } = ask(await python(), ["-B", "-c", READ], { env: { PYTHONTZPATH: "" } });
  if (!ok) throw new Failed(`PyPI's tzdata can't be read: ${out}`);
  const { release, zones, links } = JSON.parse(out);
  const countries = new Map();
  for (const [country, zone, names] of zones) {
    const entry = [zone, ...names].join(",");
    countries.set(country, [...(countries.get(country) ?? []), entry]);
  }
  const listed = new Set(zones.map(([, zone]) => zone));
  const targets = new Map(links.map(([target, name]) => [name, target]));
  const older = new Map();
  for (const [name, target] of targets) {
    if (listed.has(name)) continue;
    let end = target;
    while (!listed.has(end) && targets.has(end)) end = targets.get(end);
    if (listed.has(end)) older.set(end, [...(older.get(end) ?? []), name]);
  }
  const lines = (entries) => [...entries].map(([first, rest]) => `${first} ${rest.join(" ")}\n`).join("");
  return `// Written by tools/zones.mjs from zone.tab, tzdata.zi and the zones of the tz database, which are in the public domain.

/** The release of the tz database. */
export const RELEASE = ${JSON.stringify(release)};

/**
 * The zones of each country, in the order of zone.tab: the zones of most people come first, if their place on the map allows it. After a
 * zone, its abbreviations in January and in July.
 */
export const COUNTRIES = \`\\
${lines(countries)}\`;

/** The older names of zones, after each zone. */
export const OLDER = \`\\
${lines(older)}\`;
`;
}

if (process.argv[1] === import.meta.filename) writeFileSync(TZ_DATA, await tzData());
