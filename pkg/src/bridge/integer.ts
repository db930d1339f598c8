/**
 * An option that is an integer.
 *
 * @param refuse makes the error from its message
 */
export function integerOption(
  name: string,
  value: number | undefined,
  { ifAbsent, least, most }: { ifAbsent: number; least: number; most: number },
  refuse: (message: string) => Error,
): number {
  if (value === undefined) return ifAbsent;
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw refuse(`\`${name}\` must be an integer from ${least} to ${most}`);
}
