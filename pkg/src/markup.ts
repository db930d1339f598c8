// Reads the title of HTML and XML, such as the page of a proxy in place of a JSON response. The text is untrusted: every step
// takes linear time.

/** The elements whose text says what a page is, the best first. `message` is that of XML errors, such as those of S3. */
const TELLING = ["title", "h1", "h2", "h3", "message"];

/** The most characters of an element that are looked at. */
const MAX_ELEMENT = 2000;

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", "#39": "'", "#x27": "'" };

/** Whether a text looks like HTML or XML. */
export function isMarkup(text: string): boolean {
  return /^\s*<[a-z!?/]/i.test(text);
}

/**
 * The title of a page, else its first heading, without tags; `undefined` if it has neither. It is one line of untrusted text.
 *
 * @param text HTML or XML
 */
export function titleOf(text: string): string | undefined {
  for (const name of TELLING) {
    const found = elementOf(text, name);
    if (found) return found;
  }
  return undefined;
}

function elementOf(text: string, name: string): string | undefined {
  const opening = text.search(new RegExp(`<${name}[\\s>]`, "i"));
  const from = opening < 0 ? 0 : text.indexOf(">", opening) + 1;
  if (from === 0) return undefined;
  const rest = text.slice(from, from + MAX_ELEMENT);
  const end = rest.search(new RegExp(`</${name}`, "i"));
  return (end < 0 ? rest : rest.slice(0, end))
    .replace(/<[^<>]*>/g, " ")
    .replace(/&(#?\w{2,4});/g, (entity, key: string) => ENTITIES[key.toLowerCase()] ?? entity)
    .replace(/\s+/g, " ")
    .trim();
}
