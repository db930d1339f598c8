const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,12}))?(?:Z|([+-])(\d\d):(\d\d))$/i;

/**
 * The epoch milliseconds of an RFC 3339 time with an offset, rounded down; `null` for every other value. `Date.parse` is not used,
 * because engines differ in what they read besides RFC 3339.
 */
export function timeOf(value: unknown): number | null {
  const parts = typeof value === "string" ? RFC3339.exec(value) : null;
  if (parts === null) return null;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const fraction = Number((parts[7] ?? "").padEnd(3, "0").slice(0, 3));
  const offset = parts[8] === undefined ? 0 : (parts[8] === "-" ? -1 : 1) * (Number(parts[9]) * 60 + Number(parts[10]));
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return null;
  return Date.UTC(year, month - 1, day, hour, minute, second, fraction) - offset * 60_000;
}

/** A time as a parameter of a request. */
export const written = (ms: number): string => new Date(ms).toISOString();

/** The half-open window `startMs <= t < endMs`. */
export interface Window {
  startMs: number;
  endMs: number;
}

/** Whether a record of that time may belong to the window. One whose time can't be read may. */
export function mayBeIn(window: Window, time: number | null): boolean {
  return time === null || (time >= window.startMs && time < window.endMs);
}
