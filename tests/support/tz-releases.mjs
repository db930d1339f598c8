// The changes that releases of the IANA tz database made to the years 1970 to 2099, if they move the bounds of a period. The
// package's tables and a runtime's tables may differ only by these changes. The list comes from the tables of PyPI's `tzdata`,
// 2025.2 (2025b) to 2026.6 (2026f).
//
// The changed times are between `from` and `to`. `at` is the first local midnight of the newer release that differs, and
// `offset` is the offset of that release at `at`. They show which release a runtime uses.

const CHANGES = [
  {
    release: "2025c", // Baja California's summer time from 1970 to 1975
    from: "1970-04-26",
    to: "1975-10-27",
    at: "1970-04-27T07:00:00Z",
    offset: "-07:00",
    zones: ["America/Ensenada", "America/Santa_Isabel", "America/Tijuana", "Mexico/BajaNorte"],
  },
  {
    release: "2026b", // summer time all year
    from: "2026-11-01",
    at: "2026-11-02T07:00:00Z",
    offset: "-07:00",
    zones: ["America/Vancouver", "Canada/Pacific"],
  },
  {
    release: "2026c", // winter time all year, in Ramadan and outside it
    from: "2026-09-20",
    at: "2026-09-21T00:00:00Z",
    offset: "+00:00",
    zones: ["Africa/Casablanca", "Africa/El_Aaiun"],
  },
  {
    release: "2026c",
    from: "2026-11-01",
    at: "2026-11-02T06:00:00Z",
    offset: "-06:00",
    zones: ["America/Edmonton", "America/Yellowknife", "Canada/Mountain"],
  },
  {
    release: "2026d",
    from: "2026-11-01",
    at: "2026-11-02T06:00:00Z",
    offset: "-06:00",
    zones: ["America/Inuvik"],
  },
  {
    release: "2026d", // the hour at which summer time began in 1992
    from: "1992-05-02",
    to: "1992-05-04",
    at: "1992-05-03T04:00:00Z",
    offset: "-04:00",
    zones: ["America/Bogota"],
  },
  {
    release: "2026d", // the hour at which summer time began in 1979
    from: "1979-05-25",
    to: "1979-05-28",
    at: "1979-05-26T19:30:00Z",
    offset: "+04:30",
    zones: ["Asia/Tehran", "Iran"],
  },
  {
    release: "2026e",
    from: "2026-11-01",
    at: "2026-11-02T05:00:00Z",
    offset: "-05:00",
    zones: ["America/Rainy_River", "America/Winnipeg", "Canada/Central"],
  },
  {
    release: "2026f", // summer time in the winter from 2026 to 2027
    from: "2026-11-01",
    to: "2027-03-15",
    at: "2026-11-02T04:00:00Z",
    offset: "-04:00",
    zones: ["America/Havana", "Cuba"],
  },
];

/** One row for each zone and change. */
export const CHANGED = CHANGES.flatMap(({ zones, to = "2101-01-01", ...change }) =>
  zones.map((zone) => ({ ...change, to, zone })),
);

/** The release before the first change. Older releases are not distinguished. */
export const OLDEST = "2025b";

/** Returns the changes between two releases. */
function between(one, other) {
  const [older, newer] = [one, other].sort();
  return CHANGED.filter(({ release }) => release > older && release <= newer);
}

/** Returns the changes between two releases: `{release, zone, from, to}`, with times in epoch milliseconds. */
export function changesBetween(one, other) {
  return between(one, other).map(({ release, zone, from, to }) => ({
    release,
    zone,
    from: Date.parse(from),
    to: Date.parse(to),
  }));
}

/** Returns the names of the zones that differ between two releases. No other zone may differ. */
export function mayDiffer(one, other) {
  return between(one, other).map(({ zone }) => zone);
}

/** Returns the newest release for which a runtime has every change up to it. `has[n]`: the runtime has the change of row `n`. */
export function releaseOf(has) {
  const releases = [...new Set(CHANGED.map(({ release }) => release))].sort();
  const lacks = CHANGED.filter((_, row) => !has[row]).map(({ release }) => release);
  return releases.filter((release) => !lacks.some((lacked) => lacked <= release)).at(-1) ?? OLDEST;
}
