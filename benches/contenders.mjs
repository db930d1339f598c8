// Who is measured. Each of contenders/ does one job, written as its library's users would write it and with no more than it
// needs: `bounds(period, tz, now)`, the first and the last second of the period that holds `now`, as the API writes them.

import { readFileSync } from "node:fs";

const version = (name) =>
  JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url))).version;
const named = (...packages) => packages.map((name) => `${name} ${version(name)}`).join(" + ");

export const OURS = "ours";

/** By the file's name; what tables call them. */
export const peers = {
  luxon: named("luxon"),
  dayjs: `${named("dayjs")} (utc, timezone, isoWeek)`,
  "date-fns": named("@date-fns/tz", "date-fns"),
  "temporal-polyfill": named("temporal-polyfill"),
  "temporal-polyfill-fns": `${named("temporal-polyfill")} (its functions)`,
};

export const pathOf = (contender) => new URL(`contenders/${contender}.mjs`, import.meta.url);

/** The function of one of them. */
export async function load(contender) {
  const { bounds } = await import(pathOf(contender));
  return bounds;
}
