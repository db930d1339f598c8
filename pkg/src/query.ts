// Options on their way into the core: values that can cross, unjudged, and the clock, which only this layer reads.

import { UsageError } from "./errors.js";
import type { PeriodQuery, UsageQuery } from "./types.js";
import { isArray, isDate, isWellFormed, typeName } from "./values.js";

/** A query as it crosses: JSON, of values that JSON can hold. */
export type CorePeriodQuery = Record<keyof PeriodQuery, CoreValue>;

/** What crosses as it is. */
export type CoreValue = string | number | boolean | null | undefined | object;

/** A `PeriodQuery` for the core. */
export function corePeriodQuery(query: PeriodQuery): CorePeriodQuery {
  return { ...corePartialQuery(query), now: query.now === undefined ? Date.now() : coreInstant(query.now) };
}

/** A `UsageQuery` for the core. */
export function coreUsageQuery(query: UsageQuery): object {
  return {
    ...corePeriodQuery(query),
    agents: coreAgents(query.agents),
    includeIdle: coreValue(query.includeIdle),
    dedupe: coreValue(query.dedupe),
    onInvalid: coreValue(query.onInvalid),
    naiveTimestamps: coreValue(query.naiveTimestamps),
  };
}

/** What is there of a `PeriodQuery`, for the core: without the clock. */
export function corePartialQuery(query: Partial<PeriodQuery>): CorePeriodQuery {
  if (typeof query !== "object" || query === null) {
    throw new UsageError(
      "invalid_option",
      `the query is ${typeName(query)}: wanted an object such as {period: "month"}`,
      {
        path: "",
      },
    );
  }
  return {
    period: coreValue(query.period),
    tz: coreValue(query.tz),
    now: coreInstant(query.now),
    weekStart: coreValue(query.weekStart),
    offset: coreValue(query.offset),
    boundaries: coreValue(query.boundaries),
  };
}

function coreInstant(now: unknown): CoreValue {
  return isDate(now) ? Number(Date.prototype.getTime.call(now)) : coreValue(now);
}

/** Options are simple values. Of what else may come in their place the core needs no more than its type's name. */
export function coreValue(value: unknown): CoreValue {
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) ? value : { typeName: String(value) };
    case "bigint":
    case "function":
    case "symbol":
      return { typeName: typeName(value) };
    case "object":
      if (value === null) return null;
      return isArray(value) ? [] : {};
    default:
      return value as CoreValue;
  }
}

function coreAgents(agents: unknown): { id: CoreValue; name: CoreValue }[] {
  if (agents === undefined || agents === null) return [];
  const listed = isPage(agents) ? agents.data : agents;
  if (!isIterable(listed)) {
    throw new UsageError(
      "invalid_option",
      `agents is ${typeName(agents)}: wanted an iterable of {id, name}, or a page of GET /v1/agents`,
      { path: "/agents" },
    );
  }
  return Array.from(listed, (agent: unknown, index) => {
    const { id, name } = (agent ?? {}) as { id?: unknown; name?: unknown };
    for (const [key, value] of Object.entries({ id, name })) {
      if (typeof value === "string" && !isWellFormed(value)) {
        const path = `/agents/${index}/${key}`;
        throw new UsageError("invalid_option", `an agent's ${key} has a lone surrogate: wanted well-formed text`, {
          path,
        });
      }
    }
    return { id: coreValue(id), name: coreValue(name) };
  });
}

function isPage(value: unknown): value is { data: unknown } {
  return typeof value === "object" && value !== null && !(Symbol.iterator in value) && "data" in value;
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}
