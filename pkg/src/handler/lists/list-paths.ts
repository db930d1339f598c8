// The endpoints that list an account's agents, numbers, conversations, messages and calls, and nothing else.

const PAGE = ["limit", "offset"];
const SPAN = ["limit", "before", "after"];

/** An id in a path. Anything that needs an escape is refused, so that no path can be another path in disguise. */
const ID = "[A-Za-z0-9_~:-][A-Za-z0-9_.~:-]{0,127}";

const LISTS: readonly [path: string, parameters: readonly string[]][] = [
  ["agents", PAGE],
  ["agents/{id}/calls", PAGE],
  ["calls", [...PAGE, "status", "direction", "type", "search"]],
  ["calls/{id}", []],
  ["conversations", PAGE],
  ["conversations/{id}", ["message_limit"]],
  ["conversations/{id}/messages", SPAN],
  ["numbers", PAGE],
  ["numbers/{id}", []],
  ["numbers/{id}/calls", PAGE],
  ["numbers/{id}/messages", SPAN],
  ["sub-accounts", PAGE],
];

const PATTERNS = LISTS.map(([path, parameters]) => {
  return { pattern: new RegExp(`^/v1/${path.replace("{id}", ID)}$`), parameters };
});

/** The longest value of a parameter, in characters. */
const MAX_VALUE = 1000;

/**
 * The path and the parameters to send on, as the vendor has them; `null` if the path is not one of the lists. Parameters that the
 * list does not have are left out.
 */
export function listTarget({ pathname, searchParams }: URL): string | null {
  const found = PATTERNS.find(({ pattern }) => pattern.test(pathname));
  if (found === undefined) return null;
  const sent = new URLSearchParams();
  for (const name of found.parameters) {
    const value = searchParams.get(name);
    if (value !== null && value.length <= MAX_VALUE) sent.set(name, value);
  }
  const search = sent.toString();
  return `${pathname}${search && `?${search}`}`;
}
