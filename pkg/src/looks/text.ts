import { isMarkup, titleOf } from "../markup.js";
import { lookOfBytes } from "./binary.js";
import { quoted, shown } from "./shown.js";
import { lookOfTable } from "./table.js";

/** The most of a text that is looked at, in bytes or UTF-16 units. */
const MAX_HEAD = 1024;

const NUMBER = "-?\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?";

/** The beginnings of JSON values that are long enough to differ from other text. */
const JSON_BEGINS = new RegExp(
  `^(?:\\{\\s*(?:["}]|$)|\\[\\s*(?:[[\\]"]|\\{\\s*(?:["}]|$)|(?:true|false|null|${NUMBER})\\s*[,\\]]|$)|"|(?:true|false|null|${NUMBER})\\s*(?:[\\r\\n]|$))`,
);

/**
 * Texts that one pattern recognises. The first pattern that fits counts. The words do not quote the text, because it may be
 * secret.
 */
const PATTERNS: [pattern: RegExp, look: string][] = [
  [/^\[object \w+\]/, "an object that was converted to text: wanted JSON.stringify of it"],
  [/^(?:Bearer\s+)?eyJ[\w-]+\.[\w-]+\.[\w-]*\s*$/i, "a JSON Web Token"],
  [/^Bearer\s+\S+\s*$/i, "a bearer token"],
  [/^(?:eyJ|W3s)[\w+/=\r\n-]{20,}$/, "base64 text: decode it first"],
  [/^https?:\/\/\S+\s*$/i, "a URL in place of its content: fetch it first"],
  [
    /^(?:file:\/\/|~?\/|\.{1,2}[/\\]|[a-z]:[/\\])[^\n]*$/i,
    "a file's path in place of its content: read the file first",
  ],
  [
    /^[^\s{}"',;]+\.(?:json|jsonl|ndjson|csv|tsv|txt|zip|xlsx?|gz)\s*$/i,
    "a file's name in place of its content: read the file first",
  ],
  [/^[\w.~+/=-]{20,}\s*$/, "a token or an id"],
  [/^HTTP\/\d/, "an HTTP response with its headers: wanted its body"],
  [/^(?:data|event): ?\S/, "an event stream: wanted the data of its events"],
  [/^(?:\/\/|\/\*)/, "JSON or a script with comments: wanted JSON without them"],
  [
    /^[[(\s]*(?:'|\{\s*(?:'|[A-Za-z_$][\w$]*\s*:))/,
    "a literal of JavaScript or Python: wanted JSON, with its keys in double quotes",
  ],
  [/^\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\]? +\S/, "lines of a log"],
  [/^(?:<\d+>)?[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d /, "lines of a log"],
  [/^\S{1,99} \S{1,99} \S{1,99} \[\d\d\/[A-Z][a-z]{2}\/\d{4}/, "lines of a log"],
  [/^\[?(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL)\b/, "lines of a log"],
];

const YAML = /^(?:---\s*(?:[\r\n]|$)|(?:- )?[\w-]+:(?: [^\r\n]*)?\r?\n(?:\s+|- |[\w-]+:))/;

/**
 * What a text looks like that is not JSON, from its beginning: `'an HTML page titled "Sign in"'`, `"CSV with the columns id, agentId"`,
 * `"a zip archive: unpack it first"`. At most 200 characters, in plain English, which continue "the text looks like ".
 *
 * Parts of the text are quoted, without control characters, and cut at 60 characters. What may be a secret (tokens, URLs, paths) is
 * not quoted.
 *
 * @param head the beginning of the text; at most 1,024 bytes or UTF-16 units are looked at
 * @returns `undefined` for text that looks like JSON or newline-delimited JSON, and for what is not recognised
 */
export function lookOfText(head: Uint8Array | string): string | undefined {
  const bytes =
    typeof head === "string" ? new TextEncoder().encode(head.slice(0, MAX_HEAD)) : head.subarray(0, MAX_HEAD);
  const binary = lookOfBytes(bytes);
  if (binary !== undefined) return binary;
  const text = new TextDecoder().decode(bytes.slice()).trimStart(); // decoding drops a byte order mark
  if (text === "") return undefined;
  if (isMarkup(text)) return lookOfMarkup(text);
  const table = text.startsWith('"') ? lookOfTable(text) : undefined;
  if (table !== undefined) return table;
  if (JSON_BEGINS.test(text)) return undefined;
  const known = PATTERNS.find(([pattern]) => pattern.test(text));
  return known?.[1] ?? lookOfTable(text) ?? (YAML.test(text) ? "YAML: wanted JSON" : lookOfProse(text));
}

function lookOfMarkup(text: string): string {
  if (/<(?:!doctype\s+html|html|head|body|title)[\s>]/i.test(text)) {
    const title = titleOf(text);
    return title ? `an HTML page titled ${quoted(title)}` : "an HTML page";
  }
  const [, root] = /<([a-z][\w:.-]*)/i.exec(text) ?? [];
  return root === undefined ? "XML" : `XML with the element ${shown(root, 30)}`;
}

/** Text of letters; `undefined` for binary data. The character that a cut at the end has broken does not count. */
function lookOfProse(text: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern looks for control characters
  const isText = /\p{L}/u.test(text) && !/[\0-\x08\x0e-\x1f\ufffd]/.test(text.replace(/\ufffd$/, ""));
  return isText ? `plain text: ${quoted(text)}` : undefined;
}
