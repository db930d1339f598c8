/**
 * Names whose periods a release of the tz database changed, between 1970 and 2099: why the package and a runtime of another
 * release may differ. `at` is a local midnight of the newer release, the first that differs, and `offset` what the newer
 * release says there; the tables of PyPI's `tzdata`, 2025.2 (2025b) to 2026.6 (2026f), are where this comes from.
 */
export const CHANGED = [
  // Baja California's summer time from 1970 to 1975.
  ...each(["America/Ensenada", "America/Santa_Isabel", "America/Tijuana", "Mexico/BajaNorte"], {
    release: "2025c",
    at: "1970-04-27T07:00:00Z",
    offset: "-07:00",
  }),
  // Summer time all year.
  ...each(["America/Vancouver", "Canada/Pacific"], { release: "2026b", at: "2026-11-02T07:00:00Z", offset: "-07:00" }),
  // Winter time all year, Ramadan and the rest.
  ...each(["Africa/Casablanca", "Africa/El_Aaiun"], { release: "2026c", at: "2026-09-21T00:00:00Z", offset: "+00:00" }),
  ...each(["America/Edmonton", "America/Yellowknife", "Canada/Mountain"], {
    release: "2026c",
    at: "2026-11-02T06:00:00Z",
    offset: "-06:00",
  }),
  // The hour at which summer time began in 1992.
  ...each(["America/Bogota"], { release: "2026d", at: "1992-05-03T04:00:00Z", offset: "-04:00" }),
  ...each(["America/Inuvik"], { release: "2026d", at: "2026-11-02T06:00:00Z", offset: "-06:00" }),
  // The hour at which summer time began in 1979.
  ...each(["Asia/Tehran", "Iran"], { release: "2026d", at: "1979-05-26T19:30:00Z", offset: "+04:30" }),
  ...each(["America/Rainy_River", "America/Winnipeg", "Canada/Central"], {
    release: "2026e",
    at: "2026-11-02T05:00:00Z",
    offset: "-05:00",
  }),
  ...each(["America/Havana", "Cuba"], { release: "2026f", at: "2026-11-02T04:00:00Z", offset: "-04:00" }),
];

function each(zones, change) {
  return zones.map((zone) => ({ zone, ...change }));
}

/** The release before the first of these: what is older isn't told apart. */
const OLDEST = "2025b";

/** The newest release that says all that the list has up to it. `has[n]`: does it say what row `n` does? */
export function releaseOf(has) {
  const releases = [...new Set(CHANGED.map(({ release }) => release))].sort();
  const lacks = CHANGED.filter((_, row) => !has[row]).map(({ release }) => release);
  return releases.filter((release) => !lacks.some((lacked) => lacked <= release)).at(-1) ?? OLDEST;
}

/** The names that differ between two releases, and the only ones that may. */
export function mayDiffer(one, other) {
  const [older, newer] = [one, other].sort();
  return CHANGED.filter(({ release }) => release > older && release <= newer).map(({ zone }) => zone);
}
