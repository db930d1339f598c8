// The contenders. Each file of contenders/ does one job in the usual style of its library, and imports only what the job needs.
// The job is `bounds(period, tz, now)`: the first and the last second of the period that contains `now`, as the API writes them.

import { readFileSync } from "node:fs";

const version = (name) =>
  JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url))).version;
const named = (...packages) => packages.map((name) => `${name} ${version(name)}`).join(" + ");

export const OURS = "ours";

/** The names of the peers in tables, by the name of the file. */
export const peers = {
  luxon: named("luxon"),
  dayjs: `${named("dayjs")} (utc, timezone, isoWeek)`,
  "date-fns": named("@date-fns/tz", "date-fns"),
  "temporal-polyfill": named("temporal-polyfill"),
  "temporal-polyfill-fns": `${named("temporal-polyfill")} (its functions)`,
};

export const pathOf = (contender) => new URL(`contenders/${contender}.mjs`, import.meta.url);

/** Returns the function of a contender. */
export async function load(contender) {
  const { bounds } = await import(pathOf(contender));
  return bounds;
}
