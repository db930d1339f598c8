/** A count: `1,234,567`. */
export const count = (value: number): string => value.toLocaleString("en");

/** Seconds as `12:03:09`. Hours do not wrap into days, as on a phone bill. */
export function exactTime(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${count(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/**
 * Seconds as people say them: `45 s`, `3 min 5 s`, `12 h 3 min`. Of more than an hour the seconds are left out. A line does not break
 * between a number and its unit.
 */
export function spokenTime(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds % 60)];
  const parts =
    hours > 0 ? [`${count(hours)}\u00a0h`, `${minutes}\u00a0min`] : [`${minutes}\u00a0min`, `${rest}\u00a0s`];
  if (seconds < 60) return `${rest}\u00a0s`;
  return parts.filter((part, n) => n === 0 || !part.startsWith("0\u00a0")).join(" ");
}

/** Bytes as `148 MB`, in powers of ten as in file managers. */
export function size(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value.toLocaleString("en", unit === 0 ? {} : { maximumSignificantDigits: 3 })} ${units[unit]}`;
}

export function elapsed(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.max(1, Math.round(milliseconds))} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** A count with its noun: `1 record`, `2 records`. */
export const plural = (value: number, noun: string): string => `${count(value)} ${noun}${value === 1 ? "" : "s"}`;

/** A message of the package as a sentence. A message that may begin with the name of a field must stay as it is. */
export function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}${/[.…]$/.test(message) ? "" : "."}`;
}

/** Milliseconds as an offset: `+05:30`, or `-00:44:30` for a historical offset with seconds. */
export function utcOffset(milliseconds: number): string {
  const seconds = Math.abs(milliseconds) / 1000;
  const parts = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map((part) =>
    String(Math.floor(part)).padStart(2, "0"),
  );
  if (parts[2] === "00") parts.pop();
  return `${milliseconds < 0 ? "−" : "+"}${parts.join(":")}`;
}
