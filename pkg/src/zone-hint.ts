// Finds the zone that a wrong name means. If it is not certain, no zone is named.

import { editDistance } from "./edit-distance.js";

/** The zone that a wrong name most likely means, or the reason why no zone can be named. */
export interface ZoneHint {
  /** The zone's name as the tz database spells it. It is absent if the name is an offset that no zone has. */
  zone?: string;
  /** An explanation of the zone or of the name, for people. */
  reason?: string;
}

/** The longest zone has 32 letters. */
const MAX_LENGTH = 40;

/**
 * Other names of zones: abbreviations, and Windows' names, whose "Standard Time" is written `~`. Abbreviations that different places
 * use for different offsets (BST, CST, IST) are left out, and so are names that two databases understand in two ways (Samoa).
 */
const OTHER_NAMES: Record<string, string> = {
  UTC: "z",
  "Europe/London": "gmt~",
  "Europe/Paris": "romance~",
  "Europe/Berlin": "cest w._europe~",
  "Europe/Budapest": "central_europe~",
  "Europe/Warsaw": "central_european~",
  "Europe/Athens": "eest",
  "Europe/Bucharest": "gtb~",
  "Europe/Kyiv": "fle~",
  "Europe/Moscow": "msk russian~",
  "America/New_York": "edt eastern~",
  "America/Chicago": "cdt central~",
  "America/Denver": "mdt mountain~",
  "America/Phoenix": "us_mountain~",
  "America/Los_Angeles": "pst pdt pacific~",
  "America/Anchorage": "akst akdt alaskan~",
  "Pacific/Honolulu": "hawaiian~",
  "America/Bogota": "sa_pacific~",
  "America/Sao_Paulo": "brt e._south_america~",
  "America/Argentina/Buenos_Aires": "art argentina~",
  "Africa/Johannesburg": "sast south_africa~",
  "Africa/Lagos": "w._central_africa~",
  "Africa/Nairobi": "eat e._africa~",
  "Asia/Jerusalem": "idt",
  "Asia/Riyadh": "arab~",
  "Asia/Dubai": "arabian~",
  "Asia/Karachi": "pkt pakistan~",
  "Asia/Kolkata": "india~",
  "Asia/Bangkok": "se_asia~",
  "Asia/Jakarta": "wib",
  "Asia/Shanghai": "china~",
  "Asia/Hong_Kong": "hkt",
  "Asia/Singapore": "sgt",
  "Asia/Seoul": "kst korea~",
  "Asia/Tokyo": "jst",
  "Australia/Perth": "awst w._australia~",
  "Australia/Darwin": "aus_central~",
  "Australia/Adelaide": "acst acdt cen._australia~",
  "Australia/Brisbane": "e._australia~",
  "Australia/Sydney": "aest aedt aus_eastern~",
  "Pacific/Auckland": "nzst nzdt new_zealand~",
};

/** The regions whose zones are named after places. People often write the place without the region. */
const CITIES = /^(?:Africa|America|Asia|Atlantic|Australia|Canada|Europe|Indian|Pacific|US)\/.*?([^/]{4,})$/;

/** A name that may be misspelt: what stands before its last slash and after it, without doubled letters. */
interface Spelling {
  region: string;
  place: string;
  zone: string;
}

/** The zones by their names in lower case, by their cities, and by other names. */
interface Names {
  zones: Map<string, string>;
  /** A city that two zones have in common, as `Pacific/Samoa` and `US/Samoa` do, means none. */
  cities: Map<string, string | undefined>;
  others: Map<string, string>;
  spellings: Spelling[];
}

let known: Names | undefined;

function names(list: () => string): Names {
  if (known !== undefined) return known;
  const made: Names = { zones: new Map(), cities: new Map(), others: new Map(), spellings: [] };
  const { zones, cities, others, spellings } = made;
  for (const zone of list().split("\n")) {
    const name = zone.toLowerCase();
    zones.set(name, zone);
    spellings.push({ ...split(name), zone });
    const city = CITIES.exec(zone)?.[1]?.toLowerCase();
    if (city === undefined || /^(?:north|south|west)$/.test(city)) continue; // of Australia
    if (zone.startsWith("US/") && cities.has(city)) cities.set(city, undefined);
    else if (!cities.has(city)) cities.set(city, zone);
  }
  for (const [city, zone] of cities) if (zone !== undefined) spellings.push({ ...split(city), zone });
  for (const [zone, list] of Object.entries(OTHER_NAMES)) for (const name of list.split(" ")) others.set(name, zone);
  known = made; // only a whole one is kept
  return made;
}

function split(name: string): Omit<Spelling, "zone"> {
  const once = name.replace(/(.)\1/g, "$1");
  const slash = once.lastIndexOf("/");
  return { region: once.slice(0, Math.max(slash, 0)), place: once.slice(slash + 1) };
}

/**
 * The zone that a wrong name means.
 *
 * @param list gives the names of all zones, separated by line feeds
 */
export function hintFor(name: string, list: () => string): ZoneHint | undefined {
  if (name.length > MAX_LENGTH) return;
  const asked = name
    .trim()
    .toLowerCase()
    .replace(/\s+/g, "_")
    .replace(/_(?:standard|daylight)_time$/, "~");
  const { zones, cities, others, spellings } = names(list);
  const found = zones.get(asked) ?? others.get(asked);
  if (found !== undefined) return { zone: found };
  const offset = /^(?:utc|gmt)?_?([-+\u2212])(\d\d?)(?::?(\d\d))?$/.exec(asked);
  if (offset) return ofOffset(offset[1] !== "+", Number(offset[2]), Number(offset[3] ?? 0), zones);

  const place = asked.replace(/~$/, "");
  const city = place.slice(place.lastIndexOf("/") + 1);
  const exact = cities.has(city) ? cities.get(city) : place === asked ? undefined : zones.get(place);
  const zone = city === asked && cities.has(city) ? exact : (misspelt(asked, spellings) ?? exact);
  return zone === undefined ? undefined : { zone };
}

/**
 * The zone whose name differs by a few letters: by a quarter of them at most, in the region and in the place alike, so that a city
 * without a zone is not taken for another city.
 */
function misspelt(asked: string, spellings: Spelling[]): string | undefined {
  // An abbreviation or an offset means something else when one of its letters is changed.
  if (/[^a-z_/'.-]|[-.](?![a-z])/.test(asked) || asked.replace(/[^a-z]/g, "").length < 6) return;
  const { region, place } = split(asked);
  const regions = new Map<string, number>();
  let [found, least] = [undefined as string | undefined, MAX_LENGTH];
  for (const known of spellings) {
    let distance = regions.get(known.region) ?? differing(region, known.region);
    regions.set(known.region, distance);
    if (distance < least) distance += differing(place, known.place);
    if (distance < least) [found, least] = [known.zone, distance];
  }
  return found;
}

/** The distance of two texts; `MAX_LENGTH` if it is more than a quarter of the first one. */
function differing(text: string, other: string): number {
  const most = Math.floor(text.length / 4);
  const distance = editDistance(text, other, most);
  return distance > most ? MAX_LENGTH : distance;
}

function ofOffset(isWest: boolean, hours: number, minutes: number, zones: Map<string, string>): ZoneHint | undefined {
  if (hours > 14 || minutes > 59) return;
  if (minutes !== 0) return { reason: 'a zone is a place, such as "Asia/Kolkata", and not an offset' };
  if (hours === 0) return { zone: "UTC" };
  const zone = zones.get(`etc/gmt${isWest ? "+" : "-"}${hours}`);
  if (zone === undefined) return;
  const side = `${hours} h ${isWest ? "behind" : "ahead of"}`;
  return { zone, reason: `the signs of Etc zones are the other way round: ${zone} is ${side} UTC` };
}

/** The message of an unknown zone, with the zone that its name means. The core's messages end with what is wanted. */
export function withHint(message: string, list: () => string): string {
  const name = /^unknown time zone "([^"\\…]*)": /.exec(message)?.[1];
  const hint = name === undefined ? undefined : hintFor(name, list);
  if (hint === undefined) return message;
  const { zone, reason } = hint;
  const wanted = zone === undefined ? message : message.replace(/, such as ".*/, "");
  return `${wanted}${reason ? `; ${reason}` : ""}${zone ? `; did you mean "${zone}"?` : ""}`;
}
