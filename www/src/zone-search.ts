/**
 * `America/New_York` is found by "new york", "york" and "us eastern" alike: names are compared in lower case, word by
 * word.
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

/** 0: no match. Higher: better. Names that match equally well keep their order, since sorting is stable. */
function rank(name: string[], wanted: string[]): number {
  const text = name.join(" ");
  const phrase = wanted.join(" ");
  if (text === phrase) return 4;
  // The city is what people type.
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
