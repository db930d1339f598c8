// Whether a file has one record on each line. Only then are lines that are added to it counted by themselves.

/**
 * How a file can be followed: `"lines"` has one JSON object on each line, so that what is added to it can be counted alone. `"whole"` is
 * anything else, such as gzip data or a JSON array: after a change it has to be read again from its beginning.
 */
export type Form = "lines" | "whole";

/** How many bytes at the beginning of a file decide its form, at most. */
export const HEAD = 1 << 20;

const LINE_FEED = 0x0a;

/**
 * The form of a file.
 *
 * @param head the first {@link HEAD} bytes of the file, or all of them if there are fewer
 */
export function formOf(head: Uint8Array): Form {
  const isAll = head.length < HEAD;
  const start = head.findIndex((byte) => !isEmpty(byte));
  if (start < 0) return isAll ? "lines" : "whole"; // nothing has been written yet
  const end = head.indexOf(LINE_FEED, start);
  const line = lineOf(head.subarray(start, end < 0 ? head.length : end));
  return line === "object" || (line === "unfinished" && end < 0 && isAll) ? "lines" : "whole";
}

/**
 * What a line contains: `"object"`, one JSON object, to which nothing can be added; `"unfinished"`, the beginning of one, or nothing;
 * `"other"`, anything else. Only braces and strings are looked at. Whether the object is right is judged when it is counted.
 */
export function lineOf(text: Uint8Array): "object" | "unfinished" | "other" {
  const start = text.findIndex((byte) => !isEmpty(byte));
  if (start < 0) return "unfinished";
  if (text[start] !== OPENING) return "other";
  let depth = 0;
  let isInString = false;
  for (let at = start; at < text.length; at++) {
    const byte = text[at];
    if (isInString && byte === BACKSLASH) at++;
    else if (byte === QUOTE) isInString = !isInString;
    else if (!isInString && byte === OPENING) depth++;
    else if (!isInString && byte === CLOSING && --depth === 0) {
      return text.subarray(at + 1).every(isEmpty) ? "object" : "other";
    }
  }
  return "unfinished";
}

const [OPENING, CLOSING, QUOTE, BACKSLASH] = [0x7b, 0x7d, 0x22, 0x5c];

/** Whether the byte is white space, or of UTF-8's byte order mark. JSON has none of the latter outside strings. */
const isEmpty = (byte: number) =>
  byte === 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0xef || byte === 0xbb || byte === 0xbf;
