/** When things happen, and the ways in which records write it. */
import { bounds, transitionsBetween } from "../oracle.mjs";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Zones whose clocks do something remarkable, or are far from UTC, or off it by an odd amount. */
const ZONES = [
  "UTC",
  "Africa/Cairo",
  "Africa/Casablanca",
  "America/Havana",
  "America/New_York",
  "America/Santiago",
  "America/St_Johns",
  "Asia/Kathmandu",
  "Asia/Kolkata",
  "Asia/Tehran",
  "Australia/Lord_Howe",
  "Europe/London",
  "Pacific/Apia",
  "Pacific/Chatham",
  "Pacific/Kiritimati",
  "Pacific/Niue",
];

/** So near to an edge that only exact arithmetic tells the side. */
const NEAR = [-SECOND, -999, -1, 0, 0, 0, 1, 999, SECOND];
/** So near to a change of the clocks that the local time is skipped or repeated. */
const AROUND = [...NEAR, -HOUR, -30 * MINUTE, -MINUTE, MINUTE, 30 * MINUTE, HOUR - 1, HOUR];

/** Chooses the moments of records in [start, end). */
export class Moments {
  #random;
  #start;
  #end;
  #edges = [];

  /**
   * @param {import("./random.mjs").Random} random
   * @param {number} start
   * @param {number} end
   */
  constructor(random, start, end) {
    this.#random = random;
    this.#start = start;
    this.#end = end;
    for (let i = 0; i < 60; i++) this.#addEdges();
  }

  /** The first instants of the periods around some moment in some zone, and a change of its clocks. */
  #addEdges() {
    const random = this.#random;
    const now = this.#start + random.below(this.#end - this.#start);
    const tz = random.pick(ZONES);
    const weekStart = random.pick(["monday", "sunday", "saturday"]);
    try {
      const { startMs, endMs } = bounds({ period: random.pick(["week", "month", "year"]), tz, weekStart, now });
      this.#edges.push([startMs, NEAR], [endMs, NEAR]);
    } catch (error) {
      if (error.code !== "out_of_range") throw error; // the first and last weeks of the supported years
    }
    for (const change of transitionsBetween(tz, now, Math.min(now + 100 * DAY, this.#end))) {
      this.#edges.push([change, AROUND]);
    }
  }

  /** A moment after the share `progress` of the time has passed, or an edge. */
  at(progress) {
    const random = this.#random;
    if (random.chance(0.02)) {
      const [edge, distances] = random.pick(this.#edges);
      const near = edge + random.pick(distances);
      if (near >= this.#start && near < this.#end) return near;
    }
    const span = this.#end - this.#start;
    const even = progress * span;
    const jitter = (random.unit() - 0.5) * Math.min(span, DAY); // sources are merged, so order is only rough
    const near = this.#start + Math.floor(even + jitter);
    // Half of what there is has whole seconds.
    const rounded = random.chance(0.5) ? Math.floor(near / SECOND) * SECOND : near;
    return Math.min(Math.max(rounded, this.#start), this.#end - 1);
  }
}

/**
 * Writes a moment as one of the texts or numbers that mean it. All of them mean this very millisecond: digits beyond it are
 * to be dropped.
 * @param {number} ms
 * @param {import("./random.mjs").Random} random
 * @returns {string | number}
 */
export function writeMoment(ms, random) {
  const style = random.below(100);
  if (style < 60) return new Date(ms).toISOString();
  if (style < 70) return writeText(ms, 0, "Z", random);
  if (style < 75 && Math.abs(ms) >= 1e11) return ms;
  if (style < 77) return writeText(ms, 0, "z", random).replace("T", "t");
  if (style < 79) return writeText(ms, 0, "Z", random).replace("T", " ");
  if (style < 80) return leapSecond(ms) ?? writeText(ms, 0, random.pick(["+00:00", "-00:00"]), random);
  const [minutes, written] = random.pick(OFFSETS);
  return writeText(ms, minutes * MINUTE, written, random);
}

const OFFSETS = [
  [0, "+00:00"],
  [0, "-00:00"],
  [-240, "-04:00"],
  [-300, "-05:00"],
  [330, "+05:30"],
  [345, "+05:45"],
  [-150, "-02:30"],
  [630, "+10:30"],
  [840, "+14:00"],
  [-660, "-11:00"],
  [1439, "+23:59"],
  [-1439, "-23:59"],
];

function writeText(ms, ahead, offset, random) {
  const local = new Date(ms + ahead).toISOString(); // 2024-06-01T00:00:00.000Z
  return `${local.slice(0, 19)}${fraction(local.slice(20, 23), random)}${offset}`;
}

/** Fractions of several lengths, of which the first three digits are given. */
function fraction(digits, random) {
  const style = random.below(4);
  if (style === 0) {
    const short = digits.replace(/0+$/, "");
    return short && `.${short}`;
  }
  if (style === 1) return `.${digits}`;
  if (style === 2) return `.${digits}${String(random.below(1000)).padStart(3, "0")}`; // Python's microseconds
  return `.${digits}${random.pick(["999999", "000001", "5", "999999999999"])}`; // Go's nanoseconds, and beyond
}

/** The second after 23:59:59, where there is one to write so. */
function leapSecond(ms) {
  if (ms % MINUTE >= SECOND || ms < 0) return null;
  const before = new Date(ms - SECOND).toISOString();
  return `${before.slice(0, 17)}60${before.slice(19)}`;
}
