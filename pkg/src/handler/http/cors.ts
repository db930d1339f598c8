/** Which origins' pages may read answers. */
export interface CorsPolicy {
  /** The header's value for this request's origin; `null` when its pages may not read the answer. */
  allows(request: Request): string | null;
}

/**
 * An allow list. Callers carry their token in `Authorization`, which scripts set themselves; cookies play no part, and
 * `Access-Control-Allow-Credentials` is never sent. That is what makes `"*"` harmless here.
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

/** Headers of every answer that an allowed origin's page may read. */
export function corsHeaders(origin: string): Record<string, string> {
  return {
    "access-control-allow-origin": origin,
    "access-control-expose-headers": "ETag, Retry-After, WWW-Authenticate, X-Request-Id",
  };
}

/**
 * What a preflight adds. `*` is any header but `Authorization`, since credentials are never allowed: the vendor's SDK sends half a dozen
 * of its own (`X-Fern-Runtime` and others), and its example a `Content-Type` with a `GET`.
 */
export const PREFLIGHT_HEADERS: Record<string, string> = {
  "access-control-allow-methods": "GET, HEAD",
  "access-control-allow-headers": "Authorization, *",
  "access-control-max-age": "600",
};
