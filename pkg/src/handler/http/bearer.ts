/** Longer than any token in use, short enough that hashing or forwarding one costs nothing. */
const MAX_TOKEN = 4096;

const BEARER = new RegExp(`^bearer +([\\x21-\\x7e]{1,${MAX_TOKEN}})$`, "i");

/**
 * The token of `Authorization: Bearer <token>`; `null` when there is none. The scheme's case does not matter (RFC 9110). A
 * repeated header arrives joined by `", "`, which no token holds, and so counts as none.
 */
export function bearerToken(request: Request): string | null {
  return BEARER.exec(request.headers.get("authorization")?.trim() ?? "")?.[1] ?? null;
}
