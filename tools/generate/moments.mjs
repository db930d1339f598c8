/** Chooses the instants of records, and writes them in different ways. */
import { bounds, transitionsBetween } from "../oracle.mjs";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Zones with remarkable transitions, or with large or odd offsets. */
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

/** Distances in milliseconds that are so small that only exact arithmetic finds the right side of a bound. */
const NEAR = [-SECOND, -999, -1, 0, 0, 0, 1, 999, SECOND];
/** Distances in milliseconds that are so near to a transition that the local time is in a gap or a fold. */
const AROUND = [...NEAR, -HOUR, -30 * MINUTE, -MINUTE, MINUTE, 30 * MINUTE, HOUR - 1, HOUR];

/** Chooses the instants of records in [start, end). */
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

  /** The first instants of the periods around an instant in a zone, and a transition of the zone. */
  #addEdges() {
    const random = this.#random;
    const now = this.#start + random.below(this.#end - this.#start);
    const tz = random.pick(ZONES);
    const weekStart = random.pick(["monday", "sunday", "saturday"]);
    try {
      const { startMs, endMs } = bounds({ period: random.pick(["week", "month", "year"]), tz, weekStart, now });
      this.#edges.push([startMs, NEAR], [endMs, NEAR]);
    } catch (error) {
      if (error.code !== "out_of_range") throw error; // the periods at both ends of the supported years
    }
    for (const change of transitionsBetween(tz, now, Math.min(now + 100 * DAY, this.#end))) {
      this.#edges.push([change, AROUND]);
    }
  }

  /** An instant near the share `progress` of the time, or near a bound. */
  at(progress) {
    const random = this.#random;
    if (random.chance(0.02)) {
      const [edge, distances] = random.pick(this.#edges);
      const near = edge + random.pick(distances);
      if (near >= this.#start && near < this.#end) return near;
    }
    const span = this.#end - this.#start;
    const even = progress * span;
    const jitter = (random.unit() - 0.5) * Math.min(span, DAY); // sources are merged, so records are only roughly in order
    const near = this.#start + Math.floor(even + jitter);
    // Half of the records have whole seconds.
    const rounded = random.chance(0.5) ? Math.floor(near / SECOND) * SECOND : near;
    return Math.min(Math.max(rounded, this.#start), this.#end - 1);
  }
}

/**
 * Writes an instant as one of the texts or numbers for it. Each of them gives exactly this millisecond, because a reader drops
 * further digits.
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

/** Writes a fraction of a second in different lengths. Its first three digits are given. */
function fraction(digits, random) {
  const style = random.below(4);
  if (style === 0) {
    const short = digits.replace(/0+$/, "");
    return short && `.${short}`;
  }
  if (style === 1) return `.${digits}`;
  if (style === 2) return `.${digits}${String(random.below(1000)).padStart(3, "0")}`; // Python's microseconds
  return `.${digits}${random.pick(["999999", "000001", "5", "999999999999"])}`; // Go's nanoseconds, and longer
}

/** Writes an instant as the leap second 23:59:60, if it is the second after a 23:59:59. */
function leapSecond(ms) {
  if (ms % MINUTE >= SECOND || ms < 0) return null;
  const before = new Date(ms - SECOND).toISOString();
  return `${before.slice(0, 17)}60${before.slice(19)}`;
}
