import type { Diagnostics, TrimmedRecord } from "usage-by-agent";
import { toHex } from "../hexadecimal.js";
import { sha256 } from "../register/tokens.js";
import type { Tally } from "../tally.js";
import { Trimmer } from "./trimmer.js";

/** The longest id of a delivery that is used as it is, in characters. */
const LONGEST_ID = 256;

/** The id of a delivery: what the vendor calls it, or else a hash of its body, because a repetition has an equal body. */
export async function deliveryId(headers: Headers, body: Uint8Array<ArrayBuffer>): Promise<string> {
  const given = headers.get("x-webhook-id")?.trim();
  if (given && given.length <= LONGEST_ID) return given;
  return `sha256:${toHex(await sha256(given || body))}`;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A body as the vendor's event; `null` if it is not the JSON text of an object. */
export function parseBody(body: Uint8Array): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(decoder.decode(body));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/**
 * Whether the event is a spoken turn of a call, whose answer a caller is waiting for. It is answered before anything is stored, so it must
 * be what the core takes for a spoken turn and does not count. Another spelling of the channel is a message, which counts.
 */
export function isVoiceTurn({ event, channel }: Record<string, unknown>): boolean {
  return event === "agent.message" && channel === "voice";
}

/** What the core makes of a delivery. */
export interface Read {
  /** The message or the call, without its text and without the caller's number; `null` if the delivery tells none. */
  record: TrimmedRecord | null;
  /** Whether the record is known only by the id of the delivery. */
  byDelivery: boolean;
  /** For the tally of the account. */
  tally: Tally;
  /** For the tally of the account, if the record counts. */
  ifCounted: Tally;
}

const trimmer = new Trimmer();

/**
 * Trims a delivery.
 *
 * @param id the id of the delivery
 * @throws {UsageError} `out_of_memory`, `terminated`, `not_initialised`: the delivery may succeed at another time
 */
export function readDelivery(body: Uint8Array, id: string): Read {
  const trimmed = trimmer.trim(envelope(body, id));
  if ("diagnostics" in trimmed) {
    return { record: null, byDelivery: false, tally: tallyOf(trimmed.diagnostics), ifCounted: {} };
  }
  const { record } = trimmed;
  const { deliveryId, data } = JSON.parse(record.record) as TrimmedEvent;
  const atMs = Date.parse(data.receivedAt ?? data.startedAt ?? "") + (data.durationSeconds ?? 0) * 1000;
  const byDelivery = deliveryId !== undefined;
  return { record, byDelivery, tally: {}, ifCounted: { lastRecordMs: atMs, ...(byDelivery && { byDelivery: 1 }) } };
}

/** What became of a delivery that tells no message and no call. */
function tallyOf({ invalid, ignored }: Diagnostics): Tally {
  const tally: Tally = invalid > 0 ? { invalid } : {};
  for (const [kind, count] of Object.entries(ignored)) {
    if (typeof count === "number" && count > 0) tally[`ignored.${kind}`] = count;
  }
  return tally;
}

/** The fields of a trimmed webhook that are read here. */
interface TrimmedEvent {
  deliveryId?: string;
  data: { receivedAt?: string; startedAt?: string; durationSeconds?: number };
}

const encoder = new TextEncoder();

/** The delivery in the envelope in which webhook tools keep it: that is how the core knows the id of a delivery. */
function envelope(body: Uint8Array, id: string): Uint8Array {
  const head = encoder.encode(`{"headers":{"x-webhook-id":${JSON.stringify(id)}},"body":`);
  const bytes = new Uint8Array(head.length + body.length + 1);
  bytes.set(head);
  bytes.set(body, head.length);
  bytes[bytes.length - 1] = 0x7d; // }
  return bytes;
}
