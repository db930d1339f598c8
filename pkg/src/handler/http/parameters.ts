import { type Endpoint, isTimeZone, type ParameterError, type Period, zoneHint } from "usage-by-agent";
import type { Parameter } from "./endpoints.js";
import { readInteger } from "./integer.js";

/** The documented parameters, checked. A parameter that was not sent has its default, if there is one. */
export interface Params {
  period?: Period;
  /** The zone's name as the caller spelled it. */
  tz?: string;
  /** The number of days. */
  days?: number;
  /** The number of months. */
  months?: number;
  /** The number of whole periods by which the period is moved. Only computed responses have this parameter. */
  offset?: number;
  /** The dimensions of a breakdown, separated by commas. */
  by?: string;
  /** The length of a breakdown's steps. */
  step?: string;
  /** The beginning of a breakdown's window. */
  from?: string;
  /** The end of a breakdown's window. */
  to?: string;
  /** The first day of a breakdown's weeks. */
  week_start?: string;
}

/** An endpoint's path and parameters. */
export interface EndpointEntry {
  name: Endpoint | "breakdown";
  path: string;
  parameters: readonly Parameter[];
}

/** A query string that has been read. */
export interface ReadQuery {
  /** The parameters with their defaults. */
  query: Params;
  /** The parameters that the caller sent, without defaults. */
  sent: Record<string, string>;
}

/**
 * Reads an endpoint's parameters. All errors are reported together, in the documented order of the parameters. If a parameter is
 * repeated, its last value counts, as in FastAPI. Undocumented parameters are ignored.
 */
export function readQuery(
  parameters: readonly Parameter[],
  given: URLSearchParams,
): ReadQuery | { detail: ParameterError[] } {
  const query: Record<string, string | number> = {};
  const sent: Record<string, string> = {};
  const detail: ParameterError[] = [];
  for (const parameter of parameters) {
    const { name } = parameter;
    const input = given.getAll(name).at(-1);
    if (input !== undefined) {
      const read = readParameter(parameter, input);
      if (typeof read === "object") {
        const { type, msg, ctx } = read;
        detail.push({ type, loc: ["query", name], msg, input, ...(ctx && { ctx }) });
      } else {
        query[name] = read;
        sent[name] = String(read);
      }
    } else if (parameter.type === "choice" && !parameter.optional) {
      detail.push({ type: "missing", loc: ["query", name], msg: "Field required", input: null });
    } else if (parameter.type === "integer" && parameter.default !== undefined) {
      query[name] = parameter.default;
    }
  }
  return detail.length > 0 ? { detail } : { query, sent };
}

/** What is wrong with a parameter, as FastAPI words it. */
type Fault = Pick<ParameterError, "type" | "msg"> & { ctx?: object };

function readParameter(parameter: Parameter, text: string): string | number | Fault {
  if (parameter.type === "integer") return readNumber(parameter, text);
  if (parameter.type === "choice") return oneOf(parameter.choices, text);
  if (parameter.type === "list") return listOf(parameter.choices, text);
  if (parameter.type === "moment") return text; // the package reads it together with the other end of the window
  return isTimeZone(text) ? text : unknownZone(text);
}

/** `ctx` has the zone that the name means, if there is one. */
function unknownZone(name: string): Fault {
  const { zone, reason } = zoneHint(name) ?? {};
  return {
    type: "value_error",
    msg: `Value error, unknown IANA time zone '${name}'`,
    ...(zone !== undefined && { ctx: { did_you_mean: zone, ...(reason !== undefined && { reason }) } }),
  };
}

type Limits = Extract<Parameter, { type: "integer" }>;

const NO_INTEGER = {
  int_parsing: "Input should be a valid integer, unable to parse string as an integer",
  int_parsing_size: "Unable to parse input string as an integer, exceeded maximum size",
};

function readNumber({ minimum, maximum }: Limits, text: string): number | Fault {
  const value = readInteger(text);
  if (typeof value === "string") return { type: value, msg: NO_INTEGER[value] };
  const msg = "Input should be";
  if (value < minimum) {
    return { type: "greater_than_equal", msg: `${msg} greater than or equal to ${minimum}`, ctx: { ge: minimum } };
  }
  if (value > maximum) {
    return { type: "less_than_equal", msg: `${msg} less than or equal to ${maximum}`, ctx: { le: maximum } };
  }
  return value;
}

/** Some of the names, each once, separated by commas. */
function listOf(names: readonly string[], text: string): string | Fault {
  const given = text.split(",");
  for (const name of given) {
    const read = oneOf(names, name);
    if (typeof read === "object") return read;
  }
  if (new Set(given).size === given.length) return text;
  return { type: "value_error", msg: "Value error, each dimension should occur once" };
}

function oneOf(names: readonly string[], text: string): string | Fault {
  if (names.includes(text)) return text;
  const expected = names
    .map((name) => `'${name}'`)
    .join(", ")
    .replace(/, ([^,]*)$/, " or $1");
  return { type: "literal_error", msg: `Input should be ${expected}`, ctx: { expected } };
}
