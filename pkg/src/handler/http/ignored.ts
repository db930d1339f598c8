/** The most names in the header, and the most bytes of its value. */
const MAX_NAMES = 10;
const MAX_BYTES = 512;

/**
 * The value of `X-Ignored-Parameters`: the names of the parameters that the endpoint does not have, each once, in the order of their
 * first appearance, percent-encoded and joined by `", "`. At most 10 names and 512 bytes: a name that does not fit is left out.
 *
 * @returns the value; `undefined` if every parameter is known
 */
export function ignoredParameters(known: ReadonlySet<string>, given: URLSearchParams): string | undefined {
  let value = "";
  let count = 0;
  for (const name of new Set(given.keys())) {
    if (known.has(name) || name === "") continue;
    const written = `${value && ", "}${encodeURIComponent(name)}`;
    if (value.length + written.length > MAX_BYTES) continue;
    value += written;
    if (++count === MAX_NAMES) break;
  }
  return value || undefined;
}
