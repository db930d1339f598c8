// The records counted once more, with mistakes.

import type { Aggregator } from "../../wasm/usage_by_agent.js";
import { core } from "../bridge/module.js";
import { toCoreUsageQuery } from "../bridge/options.js";
import { Counter } from "../counting/counter.js";
import { attempt, unless } from "../errors.js";
import type { AgentUsageResponse, PeriodQuery, Records, UsageQuery } from "../types.js";
import { objectsOf, without } from "./records.js";
import { FIELDS, isColumnEqual, type Rows, rowsOf } from "./response.js";
import type { CauseCode, Field } from "./types.js";

/** One way to count otherwise. */
export interface Mistake {
  code: CauseCode;
  /** The columns that it can change. */
  fields: Field[];
  detail?: Record<string, unknown>;
  /** Statuses whose calls count too; with the name of their event, spoken turns as messages. */
  also?: string[];
  dedupe?: boolean;
  /** Left out are messages of this direction. */
  without?: string;
  /** Calls are rounded to so many milliseconds, up, or to the nearest where it is negative: src/records/mistakes.rs. */
  step?: number;
  /** An agent's seconds, of its seconds with a fraction. */
  rounded?: (seconds: number) => number;
}

/** The mistakes that can be tried. `statuses`: those of calls that did not count. */
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

/** Statuses of calls that may still become something else. */
const GOING_ON = ["queued", "initiated", "ringing", "in-progress"];

/** Statuses that are tried alone, at most. */
const MAX_STATUSES_TRIED = 7;

/** Can the two be made at once? */
export function areCompatible(a: Mistake, b: Mistake): boolean {
  const clash = (["without", "step", "dedupe"] as const).some((key) => a[key] !== undefined && b[key] !== undefined);
  return a.code !== b.code && !clash;
}

/** How records are read. */
type Reading = Partial<UsageQuery> & { dedupe: boolean };

/** Counts records so. */
export class Recount {
  readonly #records: Records;
  readonly #reading: Reading;
  readonly #known = new Map<string, AgentUsageResponse>();
  #objects: Iterable<unknown> | undefined;

  constructor(records: Records, reading: Reading) {
    this.#records = records;
    this.#reading = reading;
  }

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

  /** Are the records that JavaScript finds in text those that the core finds? Else those of one direction can't be told. */
  canSplitByDirection(query: PeriodQuery): boolean {
    if (this.#asObjects() === this.#records) return true;
    const objects = this.rows(query, [{ without: "neither" }]); // no direction: nothing is left out
    return FIELDS.every((field) => isColumnEqual(field, objects, this.rows(query, [])));
  }

  #count(options: object, direction: string | undefined): AgentUsageResponse {
    const counts = new Counts(JSON.stringify(options));
    try {
      const report = unless("overflow", () =>
        counts.push(direction ? without(this.#asObjects(), direction) : this.#records).report(),
      );
      const [messages, calls, totalSeconds] = [Number.NaN, Number.NaN, Number.NaN]; // which equal nothing
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
