import { checkKeys, keys } from "../bridge/known-keys.js";
import { checked } from "../bridge/options.js";
import type { Diagnostics, RecordDefaults, Records, RollupOptions } from "../types.js";
import { type ByteSource, opened } from "./byte-source.js";
import { checkDefaults } from "./counter.js";
import { UsageRollup } from "./rollup.js";
import type { TrimmedRecord } from "./trimmed-record.js";

/** How {@link trimRecords} reads records. */
export interface TrimOptions extends Pick<RollupOptions, "naiveTimestamps" | "maxMemoryBytes" | "maxRecordBytes"> {
  /** What an invalid record does: `"skip"` (default here) or `"throw"`. */
  onInvalid?: RollupOptions["onInvalid"];
  /** The agent, the phone number and the channel of records that name none. */
  defaults?: RecordDefaults;
}

/** What {@link trimRecords} gives. */
export interface Trimmed {
  /** The trimmed records, in the order of the input. */
  records: TrimmedRecord[];
  /** What became of each record. `counted` is the number of trimmed records; `totals` and `withoutId` are zero. */
  diagnostics: Diagnostics;
}

const OPTIONS = keys("naiveTimestamps maxMemoryBytes maxRecordBytes onInvalid defaults");

/**
 * Trims records for a store of one's own: gives each message and each call as a record without its text and without the number of the
 * other side, together with the key of its id. Calls that are not completed are given too, because they may tell a name.
 *
 * Keep under each key the record that counts, and let {@link UsageRollup.settle} say which one that is. So the store counts each id
 * once, without a window in time and without ids in memory.
 *
 * @param records what {@link UsageRollup.push} takes
 * @param options how records are read
 * @throws {UsageError} `invalid_option`; `unknown_records` where `records` is one object of an unknown kind; `out_of_memory`; with
 *   `onInvalid: "throw"` also `invalid_record` and `invalid_json`
 *
 * @example
 * ```ts
 * const rollup = new UsageRollup({ dedupe: false });
 * const store = new Map<string, string>(); // a table in a database
 * const { records } = trimRecords([{ id: "m1", body: "Hello", agentId: "a1", receivedAt: "2024-06-02T09:00:00Z" }]);
 * for (const { key, record } of records) {
 *   const id = String(key);
 *   const { outcome } = rollup.settle(store.get(id) ?? null, record);
 *   if (outcome === "counted" || outcome === "replaced") store.set(id, record);
 * }
 * console.log(records[0]?.record); // {"type":"message","agentId":"a1","id":"m1","receivedAt":"2024-06-02T09:00:00Z"}
 * console.log(rollup.diagnostics().counted); // 1
 * rollup.free();
 * ```
 */
export function trimRecords(records: Records, options: TrimOptions = {}): Trimmed {
  const { trimming, defaults } = begun(options);
  try {
    trimming.push(records, defaults);
    return taken(trimming);
  } finally {
    trimming.free();
  }
}

/**
 * Trims the records of one JSON text that arrives in parts, as {@link trimRecords} does. Each step gives the records that ended in the
 * next part of the text, so memory does not grow with the stream. Gzip data is decompressed.
 *
 * @param source a `ReadableStream` or `AsyncIterable` of bytes, a `Response`, or a `Blob`
 * @param options how records are read
 * @returns the trimmed records, part by part. The diagnostics of a part are those of the whole text so far. The source is cancelled if
 *   the loop ends before it does.
 * @throws {UsageError} the errors of {@link trimRecords}; `unknown_records` at the end, if there are records and all of them are of an
 *   unknown kind. An error of the source is thrown as it is.
 *
 * @example
 * ```ts
 * const file = new Blob(['{"id":"m1","receivedAt":"2024-06-02T09:00:00Z"}\n{"id":"m2","receivedAt":"2024-06-02T10:00:00Z"}']);
 * for await (const { records } of trimRecordsStream(file)) {
 *   for (const { key, record } of records) console.log(key?.length, record); // 11 {"type":"message","id":"m1",…
 * }
 * ```
 */
export async function* trimRecordsStream(
  source: ByteSource,
  options: TrimOptions = {},
): AsyncGenerator<Trimmed, void, undefined> {
  const { trimming, defaults } = begun(options);
  try {
    const chunks = opened(source);
    let hasEnded = false;
    try {
      trimming.beginText(defaults);
      for (;;) {
        const chunk = await chunks.next();
        if (chunk === undefined) break;
        trimming.pushBytes(chunk);
        yield taken(trimming);
      }
      hasEnded = true;
    } finally {
      if (!hasEnded) chunks.stop(undefined); // nobody reads the rest
    }
    trimming.finish().checkUnderstood();
    yield taken(trimming);
  } finally {
    trimming.free();
  }
}

/** A counter that trims. */
function begun(options: TrimOptions): { trimming: UsageRollup; defaults: RecordDefaults } {
  checkKeys(checked(options, "the options", "{defaults: {agentId}}"), OPTIONS);
  const { defaults = {}, onInvalid = "skip", ...reading } = options;
  const trimming = new UsageRollup({ onInvalid, ...reading }, "oneShot");
  try {
    trimming.beginTrimming();
    checkDefaults(defaults, "/defaults");
  } catch (error) {
    trimming.free();
    throw error;
  }
  return { trimming, defaults };
}

/** What was trimmed since the last time. */
function taken(trimming: UsageRollup): Trimmed {
  return { records: trimming.takeTrimmed(), diagnostics: trimming.diagnostics() };
}
