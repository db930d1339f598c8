// Counts the records again, with mistakes.

import type { Aggregator } from "../../wasm/usage_by_agent.js";
import { core } from "../bridge/module.js";
import { toCoreUsageQuery } from "../bridge/options.js";
import { Counter } from "../counting/counter.js";
import { attempt, unless } from "../errors.js";
import type { AgentUsageResponse, PeriodQuery, Records, UsageQuery } from "../types.js";
import { objectsOf, without } from "./records.js";
import { FIELDS, isColumnEqual, type Rows, rowsOf } from "./response.js";
import type { CauseCode, Field } from "./types.js";

/** One wrong way of counting. */
export interface Mistake {
  code: CauseCode;
  /** The columns that the mistake can change. */
  fields: Field[];
  /** The `detail` of the cause. */
  detail?: Record<string, unknown>;
  /** Call statuses that count too. With `"agent.message"`, spoken turns count as messages. */
  also?: string[];
  /** Whether an id counts once. */
  dedupe?: boolean;
  /** The direction whose messages are left out. */
  without?: string;
  /**
   * The unit in milliseconds to which each call is rounded: up if positive, to the nearest if negative. See
   * src/records/mistakes.rs.
   */
  step?: number;
  /** Rounds the sum of an agent's seconds, which has a fraction. */
  rounded?: (seconds: number) => number;
}

/**
 * The mistakes to try, the likeliest first.
 *
 * @param statuses the statuses of calls that did not count
 * @param dedupe whether ours counts an id once
 */
export function mistakes(statuses: string[], dedupe: boolean): Mistake[] {
  const calls: Field[] = ["calls", "totalSeconds"];
  const failed = (statuses: string[]): Mistake => {
    return { code: "failed_calls_counted", fields: calls, detail: { statuses }, also: statuses };
  };
  const only = (field: Field, code: CauseCode, mistake: Partial<Mistake>): Mistake => {
    return { code, fields: [field], ...mistake };
  };
  const over = statuses.filter((status) => !GOING_ON.includes(status));
  const some = statuses.length > 1 ? [over, ...statuses.slice(0, MAX_STATUSES_TRIED).map((status) => [status])] : [];
  return [
    failed(statuses),
    ...some.filter(({ length }) => length > 0 && length < statuses.length).map(failed),
    {
      code: dedupe ? "duplicates_counted" : "duplicates_not_counted",
      fields: ["messages", ...calls],
      dedupe: !dedupe,
    },
    only("messages", "voice_turns_counted", { also: ["agent.message"] }),
    only("messages", "outbound_messages_missing", { without: "outbound" }),
    only("messages", "inbound_messages_missing", { without: "inbound" }),
    ...[1, 60, 6].map((seconds) =>
      only("totalSeconds", "rounded_up_per_call", { step: seconds * 1000, detail: { seconds } }),
    ),
    only("totalSeconds", "rounded_to_nearest", { step: -1000 }),
    ...[Math.floor, Math.round, Math.ceil].map((rounded) =>
      only("totalSeconds", "rounded_after_sum", { step: -1, rounded }),
    ),
  ];
}

/** The statuses of calls that have not ended. */
const GOING_ON = ["queued", "initiated", "ringing", "in-progress"];

/** The most statuses that are tried one by one. */
const MAX_STATUSES_TRIED = 7;

/** Whether the two mistakes can be made together. */
export function areCompatible(a: Mistake, b: Mistake): boolean {
  const clash = (["without", "step", "dedupe"] as const).some((key) => a[key] !== undefined && b[key] !== undefined);
  return a.code !== b.code && !clash;
}

/** The options for reading records. */
type Reading = Partial<UsageQuery> & { dedupe: boolean };

/** Counts records with mistakes, and keeps each result. */
export class Recount {
  readonly #records: Records;
  readonly #reading: Reading;
  readonly #known = new Map<string, AgentUsageResponse>();
  #objects: Iterable<unknown> | undefined;

  constructor(records: Records, reading: Reading) {
    this.#records = records;
    this.#reading = reading;
  }

  /** The rows of the report of a period, counted with the mistakes. */
  rows(query: PeriodQuery, mistakes: Partial<Mistake>[]): Rows {
    const merged: Partial<Mistake> = Object.assign({}, ...mistakes);
    const also = mistakes.flatMap((mistake) => mistake.also ?? []).map((what) => `\n${what}`);
    const options = {
      ...toCoreUsageQuery({ ...this.#reading, ...query, dedupe: merged.dedupe ?? this.#reading.dedupe }),
      also: also.join(""),
      step: merged.step,
    };
    const key = JSON.stringify([options, merged.without]);
    const report = this.#known.get(key) ?? this.#count(options, merged.without);
    this.#known.set(key, report);
    const { step, rounded = (seconds) => seconds } = merged;
    if (step === undefined) return rowsOf(report);
    return rowsOf({
      ...report,
      data: report.data.map((row) => ({ ...row, totalSeconds: rounded(row.totalSeconds / 1000) })),
    });
  }

  /**
   * Whether messages of one direction can be left out. For JSON text this needs JavaScript to find the records that the core finds,
   * which is tested by the counts.
   */
  canSplitByDirection(query: PeriodQuery): boolean {
    if (this.#asObjects() === this.#records) return true;
    const objects = this.rows(query, [{ without: "neither" }]); // no message has this direction, so every record stays
    return FIELDS.every((field) => isColumnEqual(field, objects, this.rows(query, [])));
  }

  #count(options: object, direction: string | undefined): AgentUsageResponse {
    const counts = new Counts(JSON.stringify(options));
    try {
      const report = unless("overflow", () =>
        counts.push(direction ? without(this.#asObjects(), direction) : this.#records).report(),
      );
      // NaN equals no number, so an overflow explains nothing.
      const [messages, calls, totalSeconds] = [Number.NaN, Number.NaN, Number.NaN];
      return report ?? ({ data: [{ agentId: null, messages, calls, totalSeconds }] } as AgentUsageResponse);
    } finally {
      counts.free();
    }
  }

  #asObjects(): Iterable<unknown> {
    this.#objects ??= objectsOf(this.#records);
    return this.#objects;
  }
}

class Counts extends Counter<Aggregator> {
  constructor(options: string) {
    super(
      "UsageAggregator",
      attempt(() => new (core().Aggregator)(options)),
    );
  }

  report(): AgentUsageResponse {
    return this.ask((counts) => counts.report());
  }
}
