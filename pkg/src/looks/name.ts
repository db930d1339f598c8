import { isArray, typeName } from "../bridge/values.js";
import { listed } from "./shown.js";

/**
 * What a JavaScript value is, for a message: `"a Map"`, `"undefined"`, `"an object with the keys rows, rowCount"`. It contains
 * types and keys, and never a value. It never throws, whatever a Proxy does.
 */
export function nameOf(value: unknown): string {
  if (typeof value !== "object" || value === null || isArray(value)) return typeName(value);
  try {
    const tag = Object.prototype.toString.call(value).slice(8, -1);
    if (tag !== "Object" && /^[A-Z]\w{0,30}$/.test(tag)) return `${/^[AEIO]/.test(tag) ? "an" : "a"} ${tag}`;
    const keys = Object.keys(value);
    if (keys.length === 0) return "an object without keys";
    return `an object with the key${keys.length > 1 ? "s" : ""} ${listed(keys)}`;
  } catch {
    return "an object whose keys can't be read";
  }
}
