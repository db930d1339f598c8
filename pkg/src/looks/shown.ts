/**
 * Untrusted text as a message shows it: one line, without control characters, cut with `…`.
 *
 * @param longest the most characters, the `…` included
 */
export function shown(text: string, longest: number): string {
  const line = text
    .slice(0, 8 * longest)
    .replace(/\p{White_Space}+/gu, " ")
    .replace(/[\p{Control}\p{Format}\p{Surrogate}]/gu, "")
    .trim();
  return line.length > longest ? `${line.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, "")}…` : line;
}

/** Untrusted text in double quotes, at most 60 characters of it. */
export function quoted(text: string): string {
  return `"${shown(text, 60)}"`;
}

/** The first five of some names, each cut at 30 characters, and how many more there are. */
export function listed(names: readonly string[]): string {
  const first = names.slice(0, 5).map((name) => shown(name, 30) || '""');
  return first.join(", ") + (names.length > 5 ? ` and ${names.length - 5} more` : "");
}
