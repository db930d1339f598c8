/** As many digits as Python reads of a number, at most. */
const INTEGER = /^-?(?:0|[1-9]\d{0,4299})$/;

/** More of them have a fault of their own, but only where they stand at the text's very start. */
const TOO_LONG = /^-?[1-9]\d{4300}/;

const BLANK = /\p{White_Space}/u;

/** What is no integer, by the type that pydantic gives the fault. */
export type NoInteger = "int_parsing" | "int_parsing_size";

/**
 * An integer parameter's value as FastAPI reads it, which is as pydantic-core 2 does (`clean_int_str`): blanks around it, a plus,
 * zeros in front, single underscores between digits and a fraction of zeros are let be. Beyond 308 digits it is infinite, which
 * no limit allows either.
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

/** By Unicode's property, as Rust trims: `String.prototype.trim` knows other blanks. */
function trimmed(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && BLANK.test(text.charAt(start))) start++;
  while (start < end && BLANK.test(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

/** Zeros and underscores in front go, all but the last character where nothing else follows or a point does. */
function withoutZerosInFront(digits: string): string {
  return digits.replace(/^0[0_]*(?=[1-9-])/, "").replace(/^0[0_]*(?=[0_](?:\.|$))/, "");
}
