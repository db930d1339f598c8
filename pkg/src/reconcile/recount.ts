// Counts the records again, with mistakes.

import { toCoreUsageQuery } from "../bridge/options.js";
import { Counter } from "../counting/counter.js";
import { unless } from "../errors.js";
import type { AgentUsageResponse, PeriodQuery, Records, UsageQuery } from "../types.js";
import { type Rows, rowsOf } from "./response.js";
import type { CauseCode, Field } from "./types.js";

/** One wrong way of counting. */
export interface Mistake {
  code: CauseCode;
  /** The columns that the mistake can change. */
  fields: Field[];
  /** The `detail` of the cause. */
  detail?: Record<string, unknown>;
  /** Whether it is a part of a mistake that is tried already, such as one status of failed calls. */
  isVariant?: boolean;
  /** Call statuses that count too. */
  also?: string[];
  /** A mistake that the core makes by its number: one of {@link MADE}. */
  made?: number;
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
 * The mistakes that the core makes, by their number. The sum of several numbers makes several mistakes at once. See `Options` in
 * src/options.rs.
 */
const MADE = { voiceTurns: 1, tests: 2, redeliveries: 4, spans: 8 };

/**
 * The mistakes to try, the likeliest first.
 *
 * @param notCompleted how many calls of each status did not count
 * @param dedupe whether ours counts an id once
 */
export function mistakes(notCompleted: Record<string, number>, dedupe: boolean): Mistake[] {
  const statuses = Object.keys(notCompleted).filter((status) => !status.includes("\n"));
  const frequent = statuses.toSorted((a, b) => (notCompleted[b] ?? 0) - (notCompleted[a] ?? 0));
  const calls: Field[] = ["calls", "totalSeconds"];
  const all: Field[] = ["messages", ...calls];
  const failed = (statuses: string[]): Mistake => {
    return { code: "failed_calls_counted", fields: calls, detail: { statuses }, also: statuses };
  };
  const only = (field: Field, code: CauseCode, mistake: Partial<Mistake>): Mistake => {
    return { code, fields: [field], ...mistake };
  };
  const over = statuses.filter((status) => !GOING_ON.includes(status));
  const single = frequent.slice(0, MAX_STATUSES_TRIED).map((status) => [status]);
  const isPart = ({ length }: string[]) => length > 0 && length < statuses.length;
  return [
    failed(statuses),
    ...[over].filter(isPart).map(failed),
    {
      code: dedupe ? "duplicates_counted" : "duplicates_not_counted",
      fields: all,
      dedupe: !dedupe,
    },
    { code: "redeliveries_counted", fields: all, made: MADE.redeliveries },
    { code: "tests_counted", fields: all, made: MADE.tests },
    only("messages", "voice_turns_counted", { made: MADE.voiceTurns }),
    only("messages", "outbound_messages_missing", { without: "outbound" }),
    only("messages", "inbound_messages_missing", { without: "inbound" }),
    only("totalSeconds", "span_billed", { made: MADE.spans }),
    ...[1, 60, 6].map((seconds) =>
      only("totalSeconds", "rounded_up_per_call", { step: seconds * 1000, detail: { seconds } }),
    ),
    only("totalSeconds", "rounded_to_nearest", { step: -1000 }),
    ...[Math.floor, Math.round, Math.ceil].map((rounded) =>
      only("totalSeconds", "rounded_after_sum", { step: -1, rounded }),
    ),
    ...single.filter(isPart).map(failed),
  ];
}

/** The statuses of calls that have not ended. */
const GOING_ON = ["queued", "initiated", "ringing", "in-progress"];

/** The most statuses that are tried one by one. */
const MAX_STATUSES_TRIED = 7;

/** Whether the two mistakes can be made together. */
export function areCompatible(a: Mistake, b: Mistake): boolean {
  const clash = (["without", "step", "dedupe"] as const).some((key) => a[key] !== undefined && b[key] !== undefined);
  // If every id counts each time, the ids of deliveries do too.
  const isOneOfTwo =
    [a, b].some(({ dedupe }) => dedupe === false) && [a, b].some(({ made }) => made === MADE.redeliveries);
  return a.code !== b.code && !clash && !isOneOfTwo;
}

/** The options for reading records. */
type Reading = Partial<UsageQuery> & { dedupe: boolean };

/** Counts records with mistakes, and keeps each result. */
export class Recount {
  readonly #records: Records;
  readonly #reading: Reading;
  readonly #known = new Map<string, AgentUsageResponse>();

  constructor(records: Records, reading: Reading) {
    this.#records = records;
    this.#reading = reading;
  }

  /**
   * The rows of the report of a period, counted with the mistakes.
   *
   * @param change changes the rows before their seconds are rounded
   */
  rows(query: PeriodQuery, mistakes: readonly Mistake[], change = (rows: Rows) => rows): Rows {
    const merged: Partial<Mistake> = Object.assign({}, ...mistakes);
    const also = mistakes.flatMap((mistake) => mistake.also ?? []).map((what) => `\n${what}`);
    const options = {
      ...toCoreUsageQuery({ ...this.#reading, ...query, dedupe: merged.dedupe ?? this.#reading.dedupe }),
      also: also.join(""),
      mistakes: mistakes.reduce((sum, { made = 0 }) => sum + made, 0),
      without: merged.without,
      rounding: merged.step,
    };
    const key = JSON.stringify(options);
    const report = this.#known.get(key) ?? this.#count(options);
    this.#known.set(key, report);
    const rows = change(rowsOf(report));
    const { step, rounded = (seconds) => seconds } = merged;
    if (step === undefined) return rows;
    return new Map([...rows].map(([id, row]) => [id, { ...row, totalSeconds: rounded(row.totalSeconds / 1000) }]));
  }

  #count(options: object): AgentUsageResponse {
    const counts = new Counts(options);
    try {
      const report = unless("overflow", () => counts.push(this.#records).report());
      // NaN equals no number, so an overflow explains nothing.
      const [messages, calls, totalSeconds] = [Number.NaN, Number.NaN, Number.NaN];
      return report ?? ({ data: [{ agentId: null, messages, calls, totalSeconds }] } as AgentUsageResponse);
    } finally {
      counts.free();
    }
  }
}

class Counts extends Counter {
  constructor(options: object) {
    super("UsageAggregator", options, { fields: "mistakes", ids: true }, "oneShot");
  }

  report(): AgentUsageResponse {
    return this.ask((counts) => counts.report());
  }
}
