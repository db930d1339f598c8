// The questions: periods of random moments.

import { Random } from "../../tools/generate.mjs";

export const PERIODS = ["week", "month", "year"];

/** Zones of many kinds, such as a service's users may have. */
export const ZONES = [
  "UTC",
  "America/New_York",
  "America/Los_Angeles",
  "America/Chicago",
  "America/Sao_Paulo",
  "America/St_Johns",
  "America/Havana",
  "Europe/London",
  "Europe/Dublin",
  "Europe/Paris",
  "Europe/Berlin",
  "Africa/Cairo",
  "Africa/Casablanca",
  "Asia/Kolkata",
  "Asia/Tokyo",
  "Asia/Kathmandu",
  "Asia/Gaza",
  "Australia/Sydney",
  "Australia/Lord_Howe",
  "Pacific/Apia",
];

/** Every zone that the host knows, each by one name. */
export const hostZones = () => Intl.supportedValuesOf("timeZone");

/** `count` moments from the year `from` to the year `to`, in milliseconds. */
export function moments(count, { from, to, seed = 1 }) {
  const random = new Random(seed, 7);
  const start = Date.UTC(from, 0, 10); // so that no week begins before the first year
  const end = Date.UTC(to, 11, 20);
  return Array.from({ length: count }, () => start + Math.floor(random.unit() * (end - start)));
}
