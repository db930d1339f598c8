/** Finds zones by city, country, abbreviation, older name or offset. */
import { CITIES, COUNTRIES as COUNTRY_ALIASES, POPULOUS } from "./aliases.js";
import { COUNTRIES, OLDER } from "./tz-data.js";

/** A zone as the list shows it. */
export interface Zone {
  name: string;
  /** The city in the name: `New York`. */
  city: string;
  /** The country in English; `""` for zones without one. */
  country: string;
  /** The present offset, `+05:30`; `""` where it is not known. */
  offset: string;
  /** Another city of the zone, if the zone was found by it. */
  also?: string;
}

/** A text that a zone is found by. */
interface Key {
  text: string;
  /** What the text is: the larger, the better a match. */
  kind: number;
  /** Whether only the whole text matches. */
  isWhole: boolean;
  /** The name of a city that the zone's name does not have. */
  also?: string;
}

interface Entry {
  zone: Zone;
  keys: Key[];
  words: string[];
  /** The place among zones that match equally well. */
  place: number;
}

const CITY = 4;
const OTHER_CITY = 3;
const ABBREVIATION = 2;
const COUNTRY = 1;
const OTHER = 0;

/** Zones that can be searched. */
export class Zones {
  readonly #names: readonly string[];
  readonly #offsets: readonly string[];
  #made: Entry[] | undefined;

  /**
   * @param names every name that is accepted
   * @param offsets the present offset of each, `+05:30`
   */
  constructor(names: readonly string[], offsets: readonly string[] = []) {
    this.#names = names;
    this.#offsets = offsets;
  }

  /** The name as it is spelled, whatever its case is; `undefined` if it is not accepted. */
  find(name: string): string | undefined {
    const wanted = name.trim().toLowerCase().replaceAll(" ", "_");
    return this.#names.find((known) => known.toLowerCase() === wanted);
  }

  /**
   * The zones that a text means, the best match first. Without a text, all zones that the tz database lists by country, and UTC, in the
   * order of their names. A zone stands for its older names, which `find` knows.
   */
  search(typed: string): Zone[] {
    if (typed.trim() === "") return this.#listed().map(({ zone }) => zone);
    const offset = offsetIn(typed);
    const phrase = folded(typed);
    const words = phrase.split(" ");
    const matchOf = (entry: Entry): Match =>
      offset === undefined ? matchIn(entry, phrase, words) : { score: Number(entry.zone.offset === offset) };
    return this.#entries
      .map((entry) => ({ ...entry, ...matchOf(entry) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score || a.place - b.place)
      .map(({ zone, also }) => (also === undefined ? zone : { ...zone, also }));
  }

  #listed(): Entry[] {
    const listed = this.#entries.filter(({ zone }) => zone.country !== "" || zone.name === "UTC");
    return listed.sort((a, b) => (a.zone.name < b.zone.name ? -1 : 1));
  }

  get #entries(): Entry[] {
    this.#made ??= [...entriesOf(this.#names, this.#offsets)];
    return this.#made;
  }
}

/** How well a zone matches; 0 is no match. */
interface Match {
  score: number;
  also?: string;
}

function matchIn({ keys, words: own }: Entry, phrase: string, words: string[]): Match {
  if (phrase === "") return { score: 0 };
  let best: Match = { score: 0 };
  for (const { text, kind, isWhole, also } of keys) {
    let fit = 0;
    if (text === phrase) fit = 4;
    else if (isWhole) continue;
    else if (text.startsWith(phrase)) fit = 3;
    else if (` ${text}`.includes(` ${phrase}`)) fit = 2;
    const score = 10 * fit + kind;
    if (fit > 0 && score > best.score) best = { score, ...(also !== undefined && { also }) };
  }
  if (best.score > 0) return best;
  return { score: words.every((word) => own.some((part) => part.startsWith(word))) ? 5 : 0 };
}

function* entriesOf(names: readonly string[], offsets: readonly string[]): Generator<Entry> {
  const nameOf = new Intl.DisplayNames("en", { type: "region" });
  const older = new Map(lines(OLDER).map(([zone = "", ...rest]) => [zone, rest]));
  const offset = new Map(names.map((name, index) => [name, offsets[index] ?? ""]));
  const left = new Set(names);
  let place = POPULOUS.length;
  for (const [code = "", ...zones] of lines(COUNTRIES)) {
    const country = nameOf.of(code) ?? code;
    for (const [name = "", ...abbreviations] of zones.map((entry) => entry.split(","))) {
      if (!left.delete(name)) continue;
      const others = older.get(name) ?? [];
      for (const other of others) left.delete(other);
      const zone = { name, city: cityIn(name), country, offset: offset.get(name) ?? "" };
      const isKnown = POPULOUS.indexOf(name);
      yield entryOf(zone, isKnown < 0 ? place++ : isKnown, [
        key(zone.city, CITY),
        ...[...citiesIn(others), ...listOf(CITIES[name])].map((also) => ({ ...key(also, OTHER_CITY), also })),
        ...[name, ...others].map((text) => key(text, OTHER)),
        ...abbreviations.map((text) => key(text, ABBREVIATION, true)),
        ...[country, ...listOf(COUNTRY_ALIASES[code])].map((text) => key(text, COUNTRY)),
        key(code, COUNTRY, true),
      ]);
    }
  }
  for (const name of left) {
    const zone = { name, city: cityIn(name), country: "", offset: offset.get(name) ?? "" };
    yield entryOf(zone, name === "UTC" ? 0 : place++, [
      key(name, name === "UTC" ? CITY : OTHER),
      key(zone.city, OTHER),
    ]);
  }
}

function entryOf(zone: Zone, place: number, keys: Key[]): Entry {
  const words = new Set(keys.filter(({ isWhole }) => !isWhole).flatMap(({ text }) => text.split(" ")));
  return { zone, keys, words: [...words], place };
}

const key = (text: string, kind: number, isWhole = false): Key => ({ text: folded(text), kind, isWhole });

const lines = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => line.split(" "));

const listOf = (text: string | undefined) => text?.split(", ") ?? [];

const cityIn = (name: string) => name.slice(name.lastIndexOf("/") + 1).replaceAll("_", " ");

/** The cities in older names. Names without a region are of countries, or abbreviations that mean other zones to most people. */
const citiesIn = (names: readonly string[]) => names.filter((name) => name.includes("/")).map(cityIn);

/** Letters that are not a letter with a mark, so that taking marks away does not change them. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: "ss",
  ø: "o",
  æ: "ae",
  œ: "oe",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
  ı: "i",
};

/** A text in lower case, without accents, with one blank in place of everything that is neither a letter nor a digit. */
export function folded(text: string): string {
  return text
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{Mark}/gu, "")
    .replace(/[ßøæœłđðþı]/g, (letter) => LETTERS[letter] ?? letter)
    .replace(/[’'.]/g, "")
    .replace(/[^\p{Letter}\p{Number}]+/gu, " ")
    .trim();
}

/** The offset that a text is, as `+05:30`: `+5:30`, `utc-4`, `GMT +0530`, `−3`. The sign is that of clocks: positive is east. */
export function offsetIn(typed: string): string | undefined {
  const found = /^\s*(?:utc|gmt)?\s*([+\-−–])\s*(\d{1,2})(?::?([0-5]\d))?\s*$/i.exec(typed);
  if (found === null) return undefined;
  const [, sign, hours = "", minutes = "00"] = found;
  const isZero = Number(hours) === 0 && minutes === "00";
  return `${sign === "+" || isZero ? "+" : "-"}${hours.padStart(2, "0")}:${minutes}`;
}

/** An offset for people: `UTC+5:30`, `UTC−4`, `UTC`. */
export function shownOffset(offset: string): string {
  const found = /^([+-])(\d\d):(\d\d)$/.exec(offset);
  if (found === null) return "";
  const [, sign, hours, minutes] = found;
  if (hours === "00" && minutes === "00") return "UTC";
  return `UTC${sign === "+" ? "+" : "−"}${Number(hours)}${minutes === "00" ? "" : `:${minutes}`}`;
}
