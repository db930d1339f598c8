/** A time in RFC 3339 as epoch milliseconds; `NaN` for anything else. `Date.parse` alone takes other texts too. */
export function instantMs(value: unknown): number {
  const isWritten = typeof value === "string" && /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/.test(value);
  return isWritten ? Date.parse(value) : Number.NaN;
}
