/** Reads the fields of objects. A field has two spellings: `agentId` and `agent_id`. */
import { readTimestamp } from "./timestamp.mjs";

export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
export const isMissing = (value) => value === undefined || value === null;

/** A text that is not empty. Half of a surrogate pair is not text. */
export const isText = (value) => typeof value === "string" && value !== "" && value.isWellFormed();

const inSnakeCase = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const otherNames = new Map(); // names are few, and are asked for with every record

function otherName(name) {
  if (!otherNames.has(name)) otherNames.set(name, inSnakeCase(name));
  return otherNames.get(name);
}

/** The spelling of a field that an object has. If it has both, camelCase is read, even if it is null there. */
export function spelled(object, name) {
  if (object[name] !== undefined) return name;
  const other = otherName(name);
  return object[other] === undefined ? name : other;
}

/** The value of a field. It is undefined if the object has neither spelling. */
export const get = (object, name) => object[spelled(object, name)];

/** Thrown at the first wrong field of a record. */
export class Malformed extends Error {
  constructor(path) {
    super(path);
    this.path = path;
  }
}

/** Reads the fields of one object. Each field is valid, missing (null) or wrong (which throws). */
export class Reader {
  constructor(object, path, naive) {
    this.object = object;
    this.path = path;
    this.naive = naive;
  }

  /** The fault of a field. Its place has the object's own spelling. */
  fault(name) {
    return new Malformed(`${this.path}/${spelled(this.object, name)}`);
  }

  raw(name) {
    return get(this.object, name);
  }

  /** An empty text counts as missing. */
  text(name) {
    const value = this.raw(name);
    if (isMissing(value) || value === "") return null;
    if (!isText(value)) throw this.fault(name);
    return value;
  }

  time(name) {
    const value = this.raw(name);
    if (isMissing(value)) return null;
    const time = readTimestamp(value, { naive: this.naive });
    if (time === null) throw this.fault(name);
    return time;
  }
}
