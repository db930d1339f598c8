/** Writes JSON text in the different ways of other programs. */

/**
 * Writes a value as JSON text that parses back to it. Unlike JSON.stringify it keeps -0, and it writes Infinity as a
 * number that is too large for a double.
 * @param {unknown} value
 * @param {import("./random.mjs").Random} random
 * @param {{multiline?: boolean}} [options] whether there may be line breaks between tokens
 */
export function writeJson(value, random, { multiline = false } = {}) {
  const style = random.weighted(STYLES);
  if (style === PLAIN && !hasOddNumber(value)) return JSON.stringify(value);
  return writeValue(value, { ...style, random, multiline });
}

const PLAIN = { colon: ":", comma: "," };

const STYLES = [
  [60, PLAIN],
  [12, { colon: ": ", comma: ", ", escaping: "non-ascii" }], // as Python does
  [12, { colon: ":", comma: ",", shuffle: true }],
  [8, { colon: ":", comma: ",", escaping: "some" }],
  [8, { odd: true, shuffle: true, escaping: "some" }],
];

/** Whether a value has a number that JSON.stringify would change. Only durations of records can be such numbers. */
function hasOddNumber(value) {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some(hasOddNumber);
  const durations = [value.durationSeconds, value.duration_seconds];
  if (durations.some((duration) => duration === Infinity || Object.is(duration, -0))) return true;
  return [value.data, value.body, value.messages].some(hasOddNumber);
}

function writeValue(value, style) {
  if (typeof value === "string") return writeText(value, style);
  if (typeof value === "number") return writeNumber(value, style);
  if (typeof value !== "object" || value === null) return String(value);

  const { open, comma, close } = spacing(style);
  if (Array.isArray(value)) return `[${open}${value.map((item) => writeValue(item, style)).join(comma)}${close}]`;
  const keys = style.shuffle ? style.random.shuffled(Object.keys(value)) : Object.keys(value);
  const fields = keys.map((key) => `${writeText(key, style)}${spacing(style).colon}${writeValue(value[key], style)}`);
  return `{${open}${fields.join(comma)}${close}}`;
}

function spacing({ odd, colon, comma, random, multiline }) {
  if (!odd) return { open: "", close: "", colon, comma };
  const space = () => random.pick(multiline ? ["", " ", "\t", "  ", "\n  ", "\r\n"] : ["", "", " ", "\t", "  "]);
  return { open: space(), close: space(), colon: `${space()}:${space()}`, comma: `${space()},${space()}` };
}

function writeText(text, { escaping, random }) {
  const plain = JSON.stringify(text);
  if (!escaping || text.length > 1000) return plain;
  if (escaping === "non-ascii") return plain.replace(/[\u007f-\uffff]/g, (unit) => hexEscape(unit));
  if (!random.chance(0.3)) return plain;
  // Escapes come first, then whole code points. Both halves of a surrogate pair are escaped or neither, because UTF-8 can't encode one half.
  return plain.replace(/\\(?:u.{4}|.)|[^"]/gu, (token) => {
    if (token[0] === "\\") return token;
    if (token === "/" && random.chance(0.5)) return "\\/";
    if (!random.chance(token > "\x7f" ? 0.5 : 0.1)) return token;
    const upper = random.chance(0.5);
    return token.replace(/[\s\S]/g, (unit) => hexEscape(unit, upper));
  });
}

function hexEscape(unit, upper = false) {
  const hex = unit.charCodeAt(0).toString(16).padStart(4, "0");
  return `\\u${upper ? hex.toUpperCase() : hex}`;
}

function writeNumber(value, { odd, random }) {
  if (value === Infinity) return "1e999";
  if (Object.is(value, -0)) return "-0";
  const plain = String(value);
  if (!odd || random.chance(0.6)) return plain;
  if (Number.isInteger(value)) return random.chance(0.5) && plain.length < 16 ? `${plain}.0` : plain;
  return value.toExponential();
}
