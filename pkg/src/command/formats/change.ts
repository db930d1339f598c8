// How a change is written. The page writes it by this rule too.

/** A change in percent, a small one with one decimal: `+8.1 %`, `-40 %`; `=` for none, and `new` for one from zero. */
export function changeInPercent(current: number, previous: number): string {
  if (current === previous) return "=";
  if (previous === 0) return "new";
  const percent = (100 * (current - previous)) / previous;
  const size = Math.abs(percent);
  return `${percent < 0 ? "-" : "+"}${size.toFixed(size < 9.95 ? 1 : 0)} %`;
}
