/** At most 4300 digits, which is Python's limit. */
const INTEGER = /^-?(?:0|[1-9]\d{0,4299})$/;

/** Too many digits. pydantic reports this error only if the digits start at the beginning of the text. */
const TOO_LONG = /^-?[1-9]\d{4300}/;

const BLANK = /\p{White_Space}/u;

/** Why a text is not an integer, as pydantic's error type. */
export type NoInteger = "int_parsing" | "int_parsing_size";

/**
 * Reads an integer parameter as FastAPI does, which is how pydantic-core 2 reads it (`clean_int_str`). It allows white space
 * around the number, a plus sign, leading zeros, single underscores between digits and a fraction of zeros. A number of more than
 * 308 digits becomes `Infinity`, which is above every limit.
 */
export function readInteger(text: string): number | NoInteger {
  if (TOO_LONG.test(text)) return "int_parsing_size";
  const [, sign = "", number] = /^(?:\+(?!-)|(-))?(\d.*)$/su.exec(trimmed(text)) ?? [];
  if (number === undefined) return "int_parsing";
  let digits = sign + withoutZerosInFront(number);
  const point = digits.indexOf(".");
  if (point >= 0 && /^0+$/.test(digits.slice(point + 1))) digits = digits.slice(0, point);
  if (!/^_|__|_$/.test(digits)) digits = digits.replaceAll("_", "");
  return INTEGER.test(digits) ? Number(digits) : "int_parsing";
}

/** Trims Unicode's `White_Space`, as Rust does. `String.prototype.trim` uses another set of characters. */
function trimmed(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && BLANK.test(text.charAt(start))) start++;
  while (start < end && BLANK.test(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

/** Removes leading zeros and underscores. The last of them stays if it is the whole number or a point follows. */
function withoutZerosInFront(digits: string): string {
  return digits.replace(/^0[0_]*(?=[1-9-])/, "").replace(/^0[0_]*(?=[0_](?:\.|$))/, "");
}
