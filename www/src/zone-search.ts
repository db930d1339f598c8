/**
 * Finds zones by words in lower case: "new york" and "york" both find `America/New_York`, and "us eastern" finds `US/Eastern`.
 */
export function searchZones(zones: readonly string[], typed: string): string[] {
  const wanted = words(typed);
  if (wanted.length === 0) return [...zones];
  return zones
    .map((zone) => ({ zone, rank: rank(words(zone), wanted) }))
    .filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank)
    .map(({ zone }) => zone);
}

/** How well a name matches. 0 is no match. Sorting is stable, so names that match equally well keep their order. */
function rank(name: string[], wanted: string[]): number {
  const text = name.join(" ");
  const phrase = wanted.join(" ");
  if (text === phrase) return 4;
  // Most people type the city.
  if (` ${text}`.endsWith(` ${phrase}`)) return 3;
  if (wanted.every((word) => name.some((part) => part.startsWith(word)))) return 2;
  return text.includes(phrase) ? 1 : 0;
}

function words(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[\s/_]+/)
    .filter((word) => word !== "");
}
