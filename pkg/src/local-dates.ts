// Local dates as texts, YYYY-MM-DD. The command and the page move windows of days by these rules. No zone is needed for them.

const DAY = 86_400_000;

/** A date that is so many days later than another. Of a text that is not a date, some other text. */
export function movedDate(date: string, days: number): string {
  const ms = Date.parse(`${date}T00:00:00Z`);
  return Number.isNaN(ms) ? "" : new Date(ms + days * DAY).toISOString().slice(0, 10);
}

/** Whether a text is a date of the calendar. Some engines take 31 June for 1 July. */
export const isLocalDate = (text: string) => /^\d{4}-\d\d-\d\d$/.test(text) && movedDate(text, 0) === text;

/** The number of days from one date to another. */
export const daysBetween = (from: string, to: string) => Math.round((Date.parse(to) - Date.parse(from)) / DAY);
