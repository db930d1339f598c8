/** The longest token that is accepted, in characters. Tokens in use are shorter, and hashing or forwarding this much is cheap. */
const MAX_TOKEN = 4096;

const BEARER = new RegExp(`^bearer +([\\x21-\\x7e]{1,${MAX_TOKEN}})$`, "i");

/**
 * The token of `Authorization: Bearer <token>`; `null` when there is none. The scheme is matched without regard to case
 * (RFC 9110 §11.1). A repeated header arrives joined by `", "`, which no token contains, and so gives `null`.
 */
export function bearerToken(request: Request): string | null {
  return BEARER.exec(request.headers.get("authorization")?.trim() ?? "")?.[1] ?? null;
}
