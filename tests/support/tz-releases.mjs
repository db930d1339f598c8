// What releases of the IANA tz database changed between 1970 and 2099, as far as it moves the bounds of a period: the only reasons
// for which the package's tables and a runtime's may differ. Found by comparing the releases' tables.

const CHANGES = [
  {
    release: "2025c", // Baja California's clocks in the early 1970s
    from: "1970-04-26",
    to: "1975-10-27",
    zones: ["America/Ensenada", "America/Santa_Isabel", "America/Tijuana", "Mexico/BajaNorte"],
  },
  { release: "2026b", from: "2026-11-01", zones: ["America/Vancouver", "Canada/Pacific"] }, // summer time all year
  { release: "2026c", from: "2026-09-20", zones: ["Africa/Casablanca", "Africa/El_Aaiun"] }, // winter time all year
  { release: "2026c", from: "2026-11-01", zones: ["America/Edmonton", "America/Yellowknife", "Canada/Mountain"] },
  { release: "2026d", from: "2026-11-01", zones: ["America/Inuvik"] },
  { release: "2026d", from: "1992-05-02", to: "1992-05-04", zones: ["America/Bogota"] },
  { release: "2026d", from: "1979-05-25", to: "1979-05-28", zones: ["Asia/Tehran", "Iran"] },
  { release: "2026e", from: "2026-11-01", zones: ["America/Rainy_River", "America/Winnipeg", "Canada/Central"] },
  { release: "2026f", from: "2026-11-01", to: "2027-03-15", zones: ["America/Havana", "Cuba"] }, // summer time that winter
];

/** The release before the first of these: what is older isn't listed. */
export const OLDEST = "2025b";

/** What lies between two releases: `{release, zone, from, to}`, times in epoch milliseconds. */
export function changesBetween(one, other) {
  const [older, newer] = [one, other].sort();
  return CHANGES.filter(({ release }) => release > older && release <= newer).flatMap(
    ({ release, from, to = "2101-01-01", zones }) =>
      zones.map((zone) => ({ release, zone, from: Date.parse(from), to: Date.parse(to) })),
  );
}
