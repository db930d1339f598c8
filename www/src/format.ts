/** `1,234,567` */
export const count = (value: number): string => value.toLocaleString("en");

/** `12:03:09`; hours do not wrap into days, since a phone bill's do not either. */
export function duration(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${count(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** `148 MB`, in powers of ten as file managers show them. */
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

/** `1 record`, `2 records` */
export const plural = (value: number, noun: string): string => `${count(value)} ${noun}${value === 1 ? "" : "s"}`;

/** `+05:30`, and `-00:44:30` where a zone once had seconds. */
export function utcOffset(milliseconds: number): string {
  const seconds = Math.abs(milliseconds) / 1000;
  const parts = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map((part) =>
    String(Math.floor(part)).padStart(2, "0"),
  );
  if (parts[2] === "00") parts.pop();
  return `${milliseconds < 0 ? "−" : "+"}${parts.join(":")}`;
}
