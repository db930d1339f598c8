// Reads records from bytes in memory, in every way that a loop can use.

const NEWLINE = 10;
const BLOCK = 1 << 18;

/** Each way takes a function, and calls it with each record. */
export function bytes(bytes, format) {
  const utf8 = new TextDecoder();
  const text = (from, to) => utf8.decode(bytes.subarray(from, to));
  const array = {
    "JSON.parse of the whole": (add) => {
      for (const record of JSON.parse(text())) add(record);
    },
  };
  const ndjson = {
    "JSON.parse by line": (add) => {
      for (let at = 0; at < bytes.length; ) {
        const found = bytes.indexOf(NEWLINE, at);
        const end = found < 0 ? bytes.length : found;
        if (end > at) add(JSON.parse(text(at, end)));
        at = end + 1;
      }
    },
    "JSON.parse by line of one string": (add) => {
      const whole = text();
      for (let at = 0; at < whole.length; ) {
        const found = whole.indexOf("\n", at);
        const end = found < 0 ? whole.length : found;
        if (end > at) add(JSON.parse(whole.slice(at, end)));
        at = end + 1;
      }
    },
    // This way makes fewer and larger parses. It works because no value contains a line break.
    "JSON.parse by blocks of lines": (add) => {
      for (let at = 0; at < bytes.length; ) {
        const found = bytes.indexOf(NEWLINE, Math.min(at + BLOCK, bytes.length - 1));
        const end = found < 0 ? bytes.length : found;
        for (const record of JSON.parse(`[${text(at, end).replaceAll("\n", ",")}]`)) add(record);
        at = end + 1;
      }
    },
  };
  return { records: bytes, ways: { array, ndjson }[format] };
}
