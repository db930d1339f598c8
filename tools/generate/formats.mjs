/** Joins values into one text. */
import { Random } from "./random.mjs";

/** @typedef {"ndjson" | "array" | "page" | "concatenated"} Format */

export const FORMATS = ["ndjson", "array", "page", "concatenated"];

/** Whether a value of this format may contain line breaks. */
export const isMultiline = (format) => format !== "ndjson";

/** The JSON Pointer to the value with an index. */
export const pathOf = (format, index) => (format === "page" ? `/data/${index}` : `/${index}`);

/**
 * The text of generated values, in chunks.
 * @param {Iterable<{text: string}>} values
 * @param {{format?: Format, seed?: number}} [options]
 * @returns {Generator<string, void, void>}
 */
export function* render(values, { format = "ndjson", seed = 1 } = {}) {
  const random = new Random(seed, 5);
  const { before, after, between } = frames[format];
  yield before;
  let last = null;
  let count = 0;
  for (const { text } of values) {
    if (last !== null) yield between(random, last, text);
    yield text;
    last = text;
    count += 1;
  }
  yield typeof after === "string" ? after : after(count);
}

const commas = (random) => (random.chance(0.9) ? "," : random.pick([", ", ",\n", "\n , ", ",\r\n\t"]));

const frames = {
  ndjson: { before: "", after: "\n", between: (random) => (random.chance(0.98) ? "\n" : "\r\n") },
  array: { before: "[", after: "]\n", between: commas },
  page: { before: '{"hasMore": false, "data": [', after: (count) => `], "total": ${count}}`, between: commas },
  concatenated: {
    before: " \n",
    after: "",
    // Objects need no separator; numbers and words do.
    between: (random, last, next) => {
      const separate = last.endsWith("}") && next.startsWith("{");
      return random.pick(separate ? ["", "", " ", "\n", "\r\n\t"] : [" ", "\n", "\t\n"]);
    },
  },
};
