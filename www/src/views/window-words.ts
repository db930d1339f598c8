/** A window in words. */

import type { Shown } from "../state/view.js";
import { dateInWords, datesInWords } from "./step-words.js";

/** What a window is, for headings and sentences. */
export interface WindowNames {
  /** `June 2025`, `16–22 June 2025`, `2025`. */
  title: string;
  /** For the middle of a sentence, after "in" or "from": `June 2025`, `the week of 16–22 June 2025`. */
  inSentence: string;
}

/** The names of a window, from its first and last local date. */
export function namesOf(shown: Shown, first: string, last: string): WindowNames {
  const dates = datesInWords(first, last);
  if (shown.kind === "days") return { title: dates, inSentence: dates };
  if (shown.period === "year") return { title: first.slice(0, 4), inSentence: first.slice(0, 4) };
  if (shown.period === "week") return { title: dates, inSentence: `the week of ${dates}` };
  const month = dateInWords(first, { month: "long", year: "numeric" });
  return { title: month, inSentence: month };
}

/** A zone as people call it: `New York`. */
export function zoneInWords(tz: string): string {
  return (tz.split("/").at(-1) ?? tz).replaceAll("_", " ");
}
