/** The longest pause after the first attempt, in milliseconds. */
const FIRST_DELAY_MS = 200;

/** The limit of the pauses, in milliseconds. `Retry-After` may ask for more. */
const MAX_DELAY_MS = 5_000;

/** Another attempt is started only if this much time is left, in milliseconds. */
const LEAST_TRY_MS = 250;

/**
 * Whether another attempt may succeed: after too many requests (429) or an error of the server (5xx). After a loop (508) it would make
 * another loop.
 */
export function worthRetrying(status: number): boolean {
  return status === 429 || (status >= 500 && status !== 508);
}

/**
 * The pause before the next attempt, in milliseconds; `null` if it does not fit into the time left. The pause doubles each time, up
 * to 5 s. Half of it is random, so that callers that failed together do not retry together. It is never shorter than
 * `Retry-After`, to which the random half is added.
 *
 * @param tried the number of attempts so far
 * @param remainingMs the time that is left, in milliseconds
 * @param retryAfter the header of the last response, if it had one
 */
export function retryDelay(tried: number, remainingMs: number, retryAfter: string | null): number | null {
  const half = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (tried - 1)) / 2;
  const delay = Math.max(half, retryAfterMs(retryAfter)) + half * Math.random();
  return delay + LEAST_TRY_MS <= remainingMs ? delay : null;
}

/** `Retry-After` in milliseconds. The header contains seconds or a date (RFC 9110 §10.2.3); any other text gives 0. */
export function retryAfterMs(header: string | null): number {
  if (header === null) return 0;
  const text = header.trim();
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? 0 : Math.max(0, date - Date.now());
}
