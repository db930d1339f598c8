// Checks one side's response and gives its rows by agent.

import { notJson } from "../bridge/bodies.js";
import { said } from "../bridge/values.js";
import { UsageError } from "../errors.js";
import type { AgentUsageResponse } from "../types.js";
import { validateResponse } from "../validate.js";
import type { Field } from "./types.js";

export const FIELDS: readonly Field[] = ["messages", "calls", "totalSeconds"];

/** The numbers of each agent by its id; `null` is usage without an agent. */
export type Rows = ReadonlyMap<string | null, Record<Field, number>>;

/** Problems that do not make a response invalid here: unusual bounds are a difference to report. */
const TOLERATED = ["bounds", "not_current"];

/**
 * Checks a response.
 *
 * @param side `ours` or `theirs`, for the paths of errors
 * @throws {UsageError} `invalid_option` for an invalid response; `overflow` if a column's sum is above 2^53 - 1
 */
export function checked(answer: unknown, side: string): AgentUsageResponse {
  const path = `/${side}`;
  const unread = notJson(answer, side);
  if (unread !== undefined) throw new UsageError("invalid_option", unread, { path });
  let text: string;
  try {
    text = JSON.stringify(answer) ?? "null";
  } catch (error) {
    throw new UsageError("invalid_option", `${side} is not a JSON value: ${said(error)}`, { path }); // a cycle, or a bigint
  }
  const found = validateResponse("by-agent", text);
  const problems = found.ok ? [] : found.problems;
  const problem = problems.find(({ severity, code }) => severity === "error" && !TOLERATED.includes(code));
  if (problem !== undefined) {
    throw new UsageError("invalid_option", problem.message, {
      path: path + problem.path,
      problems: problems.map((one) => ({ ...one, path: path + one.path })),
    });
  }
  const read = JSON.parse(text) as AgentUsageResponse;
  for (const field of FIELDS) {
    if (read.data.reduce((sum, row) => sum + row[field], 0) > Number.MAX_SAFE_INTEGER) {
      const message = `the sum of ${field} is too large: wanted 2^53 - 1 at most`;
      throw new UsageError("overflow", message, { path: `${path}/data` });
    }
  }
  return read;
}

export function rowsOf({ data }: AgentUsageResponse): Rows {
  return new Map(data.map((row) => [row.agentId, row]));
}

/** Whether every agent has equal numbers in the column. An agent without a row has 0. */
export function isColumnEqual(field: Field, a: Rows, b: Rows): boolean {
  for (const [id, row] of a) if (row[field] !== (b.get(id)?.[field] ?? 0)) return false;
  for (const [id, row] of b) if (row[field] !== 0 && !a.has(id)) return false;
  return true;
}
