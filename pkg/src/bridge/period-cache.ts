// Period queries that were asked before. Reading one in the core costs several times what answering it does, and programs
// ask the same few again and again, each time with another `now`.

import type * as glue from "../../wasm/usage_by_agent.js";
import { attempt } from "../errors.js";
import type { Period, PeriodBounds } from "../types.js";
import { memoryViews } from "./module.js";
import type { CorePeriodQuery, CoreValue } from "./options.js";

/** Queries that are kept, at most. */
const MAX_CACHED = 512;

/** By the zone as it was asked for. */
const known = new Map<CoreValue, CachedQuery[]>();
let count = 0;

/** The answer to a query. */
export function cachedBounds(wasm: typeof glue, query: CorePeriodQuery): PeriodBounds {
  const inZone = known.get(query.tz);
  const question = inZone?.find((question) => question.matches(query)) ?? read(wasm, query);
  return question.at(query.now);
}

function read(wasm: typeof glue, query: CorePeriodQuery): CachedQuery {
  const question = new CachedQuery(wasm, query);
  if (count >= MAX_CACHED) forget();
  const inZone = known.get(query.tz);
  if (inZone === undefined) known.set(query.tz, [question]);
  else inZone.push(question);
  count++;
  return question;
}

function forget(): void {
  for (const question of [...known.values()].flat()) question.free();
  known.clear();
  count = 0;
}

class CachedQuery {
  readonly #query: CorePeriodQuery;
  readonly #question: glue.PeriodQuestion;
  readonly #tz: string;

  constructor(wasm: typeof glue, query: CorePeriodQuery) {
    const { now: _, ...options } = query;
    this.#question = attempt(() => new wasm.PeriodQuestion(JSON.stringify(options)));
    this.#query = query;
    this.#tz = this.#question.tz();
  }

  /** Is that query this one, but for the moment and the zone? What was valid is a simple value, and equal to itself. */
  matches({ period, weekStart, offset, boundsAs }: CorePeriodQuery): boolean {
    const own = this.#query;
    return period === own.period && weekStart === own.weekStart && offset === own.offset && boundsAs === own.boundsAs;
  }

  at(now: CoreValue): PeriodBounds {
    const address = (typeof now === "number" && this.#question.at(now)) || this.#parseSlow(now);
    // As `BoundsMemory` in src/wasm/periods.rs has it: two doubles, two texts.
    const { bytes, doubles } = memoryViews();
    return {
      period: this.#query.period as Period,
      tz: this.#tz,
      periodStart: wireText(bytes, address + 16),
      periodEnd: wireText(bytes, address + 36),
      startMs: doubles[address / 8] as number,
      endMs: doubles[address / 8 + 1] as number,
    };
  }

  /** The slower way: text is read, and what is wrong is told. */
  #parseSlow(now: CoreValue): number {
    return attempt(() => this.#question.read(JSON.stringify(now ?? null)));
  }

  free(): void {
    this.#question.free();
  }
}

/** Twenty characters of ASCII. One by one: a TextDecoder takes twice as long for so few. */
function wireText(b: Uint8Array, at: number): string {
  // biome-ignore format: four lines of five
  return String.fromCharCode(
    byte(b, at), byte(b, at + 1), byte(b, at + 2), byte(b, at + 3), byte(b, at + 4),
    byte(b, at + 5), byte(b, at + 6), byte(b, at + 7), byte(b, at + 8), byte(b, at + 9),
    byte(b, at + 10), byte(b, at + 11), byte(b, at + 12), byte(b, at + 13), byte(b, at + 14),
    byte(b, at + 15), byte(b, at + 16), byte(b, at + 17), byte(b, at + 18), byte(b, at + 19),
  );
}

const byte = (bytes: Uint8Array, at: number) => bytes[at] as number;
