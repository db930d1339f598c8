import { toHex } from "../hexadecimal.js";

/** A token: `uba_`, the account, a dot, and 32 random bytes in base64url. */
const TOKEN = /^uba_([a-z0-9][a-z0-9_-]{0,63})\.[A-Za-z0-9_-]{43}$/;

/** The account that a token names; `null` for a text that is not a token. */
export function accountOfToken(token: string): string | null {
  return TOKEN.exec(token)?.[1] ?? null;
}

/** A new token of an account. */
export function newToken(account: string): string {
  const random = crypto.getRandomValues(new Uint8Array(32));
  const text = btoa(String.fromCharCode(...random))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
  return `uba_${account}.${text}`;
}

/** A new id of a secret or a token. */
export function newId(prefix: "sec" | "tok"): string {
  return `${prefix}_${toHex(crypto.getRandomValues(new Uint8Array(12)))}`;
}

export async function sha256(data: string | Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** Whether two texts are equal. The time that this takes does not tell where they differ, because hashes are compared. */
export async function equalTexts(a: string, b: string): Promise<boolean> {
  const [first, second] = [await sha256(a), await sha256(b)];
  let difference = 0;
  for (const [index, byte] of first.entries()) difference |= byte ^ (second[index] ?? 0);
  return difference === 0;
}
