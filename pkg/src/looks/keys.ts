/** The most keys that are named. */
const MAX_KEYS = 5;

/** The most characters of a key that are shown. */
const MAX_KEY_LENGTH = 30;

/**
 * The keys of an object in words, without its values: `"an object with the keys id, name"`. At most five keys are named, each cut
 * at 30 characters. It never throws, whatever a Proxy does.
 */
export function keysOf(value: object): string {
  let keys: string[];
  try {
    keys = Object.keys(value);
  } catch {
    return "an object whose keys can't be read";
  }
  if (keys.length === 0) return "an object without keys";
  const named = keys.slice(0, MAX_KEYS).map((key) => shown(key, MAX_KEY_LENGTH) || '""');
  const more = keys.length - named.length;
  const list = more > 0 ? `${named.join(", ")} and ${more} more` : named.join(", ");
  return `an object with the key${keys.length > 1 ? "s" : ""} ${list}`;
}

/** Untrusted text in one line: control characters are removed, white space is one blank, and the rest is cut with `…`. */
export function shown(text: string, longest: number): string {
  const line = text
    .slice(0, 8 * longest)
    .replace(/\p{White_Space}+/gu, " ")
    .replace(/[\p{Control}\p{Format}\p{Surrogate}]/gu, "")
    .trim();
  return line.length > longest ? `${line.slice(0, longest).replace(/[\ud800-\udbff]$/, "")}…` : line;
}
