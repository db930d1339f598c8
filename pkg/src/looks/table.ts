import { listed } from "./shown.js";

const KINDS: [separator: string, name: string][] = [
  ["\t", "TSV"],
  [",", "CSV"],
  [";", "CSV with semicolons"],
];

const NAME = /^[\p{L}_][\p{L}\p{N} ,_./()#-]*$/u;

/** What a table in text looks like, with its first columns: `"CSV with the columns id, agentId"`. `undefined` for other text. */
export function lookOfTable(text: string): string | undefined {
  const [first = "", second = ""] = text.split(/\r\n?|\n/);
  for (const [separator, kind] of KINDS) {
    const columns = cells(first, separator);
    const isRegular = second !== "" && cells(second, separator).length >= columns.length;
    // One line of prose has commas too, but its parts have blanks.
    const isAlone = columns.length > 2 && !columns.some((name) => /\s/.test(name));
    if (columns.length < 2 || !(isRegular || isAlone || separator === "\t")) continue;
    if (!columns.every((name) => NAME.test(name))) return isRegular ? `${kind} without names of columns` : undefined;
    return `${kind}${kind.includes(" ") ? " and" : " with"} the columns ${listed(columns)}`;
  }
  return undefined;
}

/** The cells of a line, without their quotes. */
function cells(line: string, separator: string): string[] {
  const found: string[] = [];
  let cell = "";
  let isQuoted = false;
  for (const char of line) {
    if (char === '"') isQuoted = !isQuoted;
    else if (char === separator && !isQuoted) {
      found.push(cell.trim());
      cell = "";
    } else cell += char;
  }
  return [...found, cell.trim()];
}
