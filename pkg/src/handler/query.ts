import { type Period, periodBounds, UsageError } from "usage-by-agent";

/** The two documented parameters, judged. `tz` keeps the caller's spelling and is absent when it was not given. */
export interface ReportQuery {
  period: Period;
  tz?: string;
}

/** One entry of a 422's `detail`, worded as FastAPI words it; the keys' order is part of that. */
export interface ParameterError {
  type: "missing" | "literal_error" | "value_error";
  loc: ["query", string];
  msg: string;
  input: string | null;
  ctx?: { expected: string };
}

const PERIODS: readonly string[] = ["week", "month", "year"] satisfies Period[];
const EXPECTED = "'week', 'month' or 'year'";

/**
 * Reads `period` and `tz`, and names everything that is wrong with them at once, in that order. Of a repeated parameter the
 * last counts, as in FastAPI; parameters that are not documented are passed over.
 */
export function readQuery(parameters: URLSearchParams): { query: ReportQuery } | { detail: ParameterError[] } {
  const period = parameters.getAll("period").at(-1);
  const tz = parameters.getAll("tz").at(-1);
  const detail: ParameterError[] = [];
  if (period === undefined) {
    detail.push({ type: "missing", loc: ["query", "period"], msg: "Field required", input: null });
  } else if (!isPeriod(period)) {
    const msg = `Input should be ${EXPECTED}`;
    detail.push({ type: "literal_error", loc: ["query", "period"], msg, input: period, ctx: { expected: EXPECTED } });
  }
  if (tz !== undefined && !isTimeZone(tz)) {
    const msg = `Value error, unknown IANA time zone '${tz}'`;
    detail.push({ type: "value_error", loc: ["query", "tz"], msg, input: tz });
  }
  if (detail.length > 0 || period === undefined || !isPeriod(period)) return { detail };
  return { query: tz === undefined ? { period } : { period, tz } };
}

function isPeriod(text: string): text is Period {
  return PERIODS.includes(text);
}

/** Asks the core, so that there is one list of zones. Any moment inside the supported years does. */
function isTimeZone(tz: string): boolean {
  try {
    periodBounds({ period: "month", tz, now: Date.UTC(2024, 5, 15) });
    return true;
  } catch (error) {
    if (error instanceof UsageError && error.code === "invalid_tz") return false;
    throw error;
  }
}
