/** Decides which origins' pages may read responses. */
export interface CorsPolicy {
  /** The value of `Access-Control-Allow-Origin` for the request's origin; `null` if its pages may not read the response. */
  allows(request: Request): string | null;
}

/**
 * A policy that allows the listed origins. `"*"` is safe here: scripts must set the token in `Authorization` themselves, cookies
 * are not read, and `Access-Control-Allow-Credentials` is never sent.
 */
export function corsPolicy(origins: readonly string[]): CorsPolicy {
  const allowed = new Set(origins);
  return {
    allows(request) {
      const origin = request.headers.get("origin");
      if (origin === null) return null;
      if (allowed.has("*")) return "*";
      return allowed.has(origin) ? origin : null;
    },
  };
}

/** The headers of every response that a page of an allowed origin may read. */
export function corsHeaders(origin: string): Record<string, string> {
  return {
    "access-control-allow-origin": origin,
    "access-control-expose-headers": "ETag, Retry-After, WWW-Authenticate, X-Ignored-Parameters, X-Request-Id",
  };
}

/**
 * The headers that a preflight adds. Without credentials `*` allows any header except `Authorization`. Clients need that: the
 * vendor's SDK sends several headers of its own (such as `X-Fern-Runtime`), and its example sends `Content-Type` with a `GET`.
 */
export const PREFLIGHT_HEADERS: Record<string, string> = {
  "access-control-allow-methods": "GET, HEAD",
  "access-control-allow-headers": "Authorization, *",
  "access-control-max-age": "600",
};
