import { fromHex } from "../hexadecimal.js";

/** The headers of a delivery that prove where it comes from. */
export interface Signed {
  /** The time as the header has it: it is part of what is signed. */
  timestamp: string;
  /** The same time in epoch milliseconds. */
  timeMs: number;
  /** The 32 bytes of the signature; `null` if the header has another form, so that no secret can match it. */
  signature: Uint8Array<ArrayBuffer> | null;
}

/** How far ahead the vendor's clock may be, in milliseconds. */
const AHEAD_MS = 300_000;

/** Why a delivery can't be accepted, before its body is read. */
export type NotSigned = "unsigned" | "bad_timestamp" | "too_old" | "too_new";

/** Reads the headers of a delivery. */
export function readSigned(headers: Headers, nowMs: number, toleranceMs: number): Signed | NotSigned {
  const signature = headers.get("x-webhook-signature");
  const timestamp = headers.get("x-webhook-timestamp");
  if (!signature || !timestamp) return "unsigned";
  if (!/^\d{1,15}$/.test(timestamp)) return "bad_timestamp";
  const timeMs = Number(timestamp) * 1000;
  if (timeMs < nowMs - toleranceMs) return "too_old";
  if (timeMs > nowMs + AHEAD_MS) return "too_new";
  const [, digits] = /^sha256=([0-9a-f]{64})$/i.exec(signature) ?? [];
  return { timestamp, timeMs, signature: digits === undefined ? null : fromHex(digits) };
}

/** Keys by their secrets, because making one takes longer than using it. */
const keys = new Map<string, CryptoKey>();
const MOST_KEYS = 1000;
const HMAC = { name: "HMAC", hash: "SHA-256" };

async function keyOf(secret: string): Promise<CryptoKey> {
  let key = keys.get(secret);
  if (key === undefined) {
    key = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), HMAC, false, ["verify"]);
    if (keys.size >= MOST_KEYS) keys.clear();
    keys.set(secret, key);
  }
  return key;
}

/**
 * Whether one of the secrets has signed the body. The platform compares in constant time, and every secret is tried, so that the time
 * does not tell which one matches.
 */
export async function isSignedBy(
  secrets: readonly string[],
  { timestamp, signature }: Signed,
  body: Uint8Array,
): Promise<boolean> {
  if (signature === null) return false;
  const prefix = new TextEncoder().encode(`${timestamp}.`);
  const signed = new Uint8Array(prefix.length + body.length);
  signed.set(prefix);
  signed.set(body, prefix.length);
  let found = false;
  for (const secret of secrets) {
    const isEqual = await crypto.subtle.verify("HMAC", await keyOf(secret), signature, signed);
    found ||= isEqual;
  }
  return found;
}
