import { UsageError } from "usage-by-agent";
import { sha256, toHex } from "../register/tokens.js";
import { type Trimmed, type TrimmedRecord, trimRecords } from "./trim-records.js";

/** The longest id of a delivery that is used as it is, in characters. */
const LONGEST_ID = 256;

/** The id of a delivery: what the vendor calls it, or else a hash of its body, because a repetition has an equal body. */
export async function deliveryId(headers: Headers, body: Uint8Array<ArrayBuffer>): Promise<string> {
  const given = headers.get("x-webhook-id")?.trim();
  if (given && given.length <= LONGEST_ID) return given;
  return `sha256:${toHex(await sha256(given || body))}`;
}

/** A body as the vendor's event; `null` if it is not the JSON text of an object. */
export function parseBody(body: Uint8Array): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** Whether the event is a spoken turn of a call, whose answer a caller is waiting for. */
export function isVoiceTurn({ event, channel }: Record<string, unknown>): boolean {
  return event === "agent.message" && typeof channel === "string" && channel.trim().toLowerCase() === "voice";
}

/** A delivery's records without text and without callers' numbers. */
export interface Read {
  records: TrimmedRecord[];
  /** How many of them are known only by the id of the delivery. */
  byDelivery: number;
  /** What the core has refused or ignored, for the account's tally. */
  tally: Record<string, number>;
}

/**
 * Trims a delivery.
 *
 * @throws {UsageError} `out_of_memory`, `terminated`, `not_initialised`: the delivery may succeed at another time
 */
export function readDelivery(body: Uint8Array, id: string): Read {
  const trimmed = trim(body, id);
  if (trimmed === "invalid") return { records: [], byDelivery: 0, tally: { invalid: 1 } };
  if (trimmed === "unknown") return { records: [], byDelivery: 0, tally: { "ignored.other": 1 } };
  const { records, diagnostics } = trimmed;
  const tally: Record<string, number> = diagnostics.invalid > 0 ? { invalid: diagnostics.invalid } : {};
  for (const [kind, count] of Object.entries(diagnostics.ignored)) {
    if (typeof count === "number" && count > 0) tally[`ignored.${kind}`] = count;
  }
  return { records, byDelivery: byDelivery(records, body, id), tally };
}

/** How many records have another key where the delivery has another id. */
function byDelivery(records: TrimmedRecord[], body: Uint8Array, id: string): number {
  if (records.length === 0) return 0;
  const other = trim(body, `${id}'`);
  if (typeof other === "string") return 0;
  return records.filter(({ key }, n) => String(key) !== String(other.records[n]?.key)).length;
}

const encoder = new TextEncoder();

/** The core's reading of the delivery in the envelope in which webhook tools keep it. */
function trim(body: Uint8Array, id: string): Trimmed | "invalid" | "unknown" {
  const head = encoder.encode(`{"headers":{"x-webhook-id":${JSON.stringify(id)}},"body":`);
  const envelope = new Uint8Array(head.length + body.length + 1);
  envelope.set(head);
  envelope.set(body, head.length);
  envelope[envelope.length - 1] = 0x7d; // }
  try {
    return trimRecords(envelope);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    if (error.code === "unknown_records") return "unknown";
    if (error.code === "invalid_json" || error.code === "invalid_record") return "invalid";
    throw error;
  }
}
