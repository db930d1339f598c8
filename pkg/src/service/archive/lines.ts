import { fromHex, toHex } from "../hexadecimal.js";

/** What the archive has of a key. */
export interface ArchivedState {
  /** The key; `null` for a record that only tells names. */
  key: Uint8Array | null;
  /** The trimmed record that counts; `null` if none counts any more. */
  record: string | null;
  /** The number of the source that told the record; 0 for deliveries. */
  source: number;
}

/** What a line has besides the record. */
interface Archived {
  key?: string;
  backfill?: string;
}

/** The event of a line for a key of which no record counts any more. It is not one of the vendor's. */
const REMOVED = "usage.removed";

const FIELD = ',"archived":';

/**
 * The lines of a file. Each is a trimmed record with one field more, so everything that reads records reads it: the key, and the backfill
 * if it was not a delivery that told it.
 *
 * @param nameOf gives the name of a backfill by its number
 */
export function linesOf(states: readonly ArchivedState[], nameOf: (source: number) => string | undefined): string {
  return states.map(({ key, record, source }) => `${lineOf(key, record, nameOf(source))}\n`).join("");
}

function lineOf(key: Uint8Array | null, record: string | null, backfill: string | undefined): string {
  const archived: Archived = { ...(key !== null && { key: toHex(key) }), ...(backfill !== undefined && { backfill }) };
  const whole = record ?? JSON.stringify({ event: REMOVED });
  return `${whole.slice(0, -1)}${FIELD}${JSON.stringify(archived)}}`;
}

/** What a line says: the record without the field; `null` for one that is not a line of an archive. */
export function stateOf(line: string): Omit<ArchivedState, "source"> | null {
  const at = line.lastIndexOf(FIELD);
  if (at < 0) return null;
  try {
    const { event, archived } = JSON.parse(line) as { event?: unknown; archived: Archived };
    const key = archived.key === undefined ? null : bytesOf(archived.key);
    if (event === REMOVED) return key && { key, record: null };
    return { key, record: `${line.slice(0, at)}}` };
  } catch {
    return null;
  }
}

/** A key. Its first byte is from 0 to 63, because it says which shard has it. */
function bytesOf(digits: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2}){11,16}$/.test(digits)) throw new Error("not a key");
  const bytes = fromHex(digits);
  bytes[0] = (bytes[0] ?? 0) & 63;
  return bytes;
}
