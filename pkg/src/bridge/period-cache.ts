// Caches period queries. Parsing a query takes several times as long as computing its period, and most programs repeat a few
// queries with changing `now`.

import type { PeriodQuestion } from "../../wasm/usage_by_agent.js";
import type { Period, PeriodBounds } from "../types.js";
import type { Instance } from "./instance.js";
import { instanceFor } from "./module.js";
import type { CorePeriodQuery, CoreValue } from "./options.js";

/** The most queries in the cache. */
const MAX_CACHED = 512;

/** The queries by their zone, as the caller spelled it. */
const known = new Map<CoreValue, CachedQuery[]>();
let count = 0;
/** The instance in which the queries live. It may be replaced although they live in it. */
let home: Instance | undefined;

/** The bounds of a query's period. */
export function cachedBounds(query: CorePeriodQuery): PeriodBounds {
  const instance = instanceFor("oneShot");
  if (instance !== home) {
    known.clear();
    count = 0;
    home = instance;
  }
  const inZone = known.get(query.tz);
  const question = inZone?.find((question) => question.matches(query)) ?? read(instance, query);
  return question.at(query.now);
}

function read(instance: Instance, query: CorePeriodQuery): CachedQuery {
  const question = new CachedQuery(instance, query);
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
  readonly #instance: Instance;
  readonly #question: PeriodQuestion;
  readonly #tz: string;

  constructor(instance: Instance, query: CorePeriodQuery) {
    const { now: _, ...options } = query;
    const json = JSON.stringify(options);
    this.#instance = instance;
    this.#query = query;
    this.#question = instance.cross((glue) => new glue.PeriodQuestion(json));
    this.#tz = instance.cross(() => this.#question.tz());
  }

  /** Whether the query equals this one, except for `now` and `tz`. `===` is enough: a valid option is a simple value. */
  matches({ period, weekStart, offset, boundsAs }: CorePeriodQuery): boolean {
    const own = this.#query;
    return period === own.period && weekStart === own.weekStart && offset === own.offset && boundsAs === own.boundsAs;
  }

  at(now: CoreValue): PeriodBounds {
    const address =
      (typeof now === "number" && this.#instance.cross(() => this.#question.at(now))) || this.#parseSlow(now);
    // The layout of `BoundsMemory` in src/wasm/periods.rs: two doubles and two texts.
    const { bytes, doubles } = this.#instance.views();
    return {
      period: this.#query.period as Period,
      tz: this.#tz,
      periodStart: wireText(bytes, address + 16),
      periodEnd: wireText(bytes, address + 36),
      startMs: doubles[address / 8] as number,
      endMs: doubles[address / 8 + 1] as number,
    };
  }

  /** Parses a `now` that is text, and throws for an invalid one. This is slower. */
  #parseSlow(now: CoreValue): number {
    const json = JSON.stringify(now ?? null);
    return this.#instance.cross(() => this.#question.read(json));
  }

  free(): void {
    this.#instance.cross(() => this.#question.free());
  }
}

/** Reads twenty ASCII characters one by one. A TextDecoder takes twice as long for a short text. */
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
