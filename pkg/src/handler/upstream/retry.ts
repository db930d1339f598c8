const FIRST_DELAY_MS = 200;
const MAX_DELAY_MS = 5_000;

/** The least time worth starting another try in. */
const LEAST_TRY_MS = 250;

/** Too many requests, or the server's own trouble: the answers that a second try may better. */
export function worthRetrying(status: number): boolean {
  return status === 429 || status >= 500;
}

/**
 * How long to wait before try number `tried + 1`, or `null` when that does not fit into the time left. Doubles each time, up to
 * 5 s, and half of it is random, so that callers who failed together do not come back together. `Retry-After` is never undercut:
 * what is random is waited beyond it.
 */
export function retryDelay(tried: number, remainingMs: number, retryAfter: string | null): number | null {
  const half = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (tried - 1)) / 2;
  const delay = Math.max(half, retryAfterMs(retryAfter)) + half * Math.random();
  return delay + LEAST_TRY_MS <= remainingMs ? delay : null;
}

/** `Retry-After` holds seconds or a date (RFC 9110 §10.2.3); anything else says nothing. */
function retryAfterMs(header: string | null): number {
  if (header === null) return 0;
  const text = header.trim();
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? 0 : Math.max(0, date - Date.now());
}
