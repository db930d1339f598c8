// Words the warnings about the whole input.

import type { Problem } from "../types.js";

/**
 * The warnings.
 *
 * @param numbers the numbers that the core gives; src/wasm/counting.rs describes them
 * @param invalid the number of invalid records
 * @param unknown returns what the first record of an unknown kind looks like
 * @param text what the first text that was not JSON looked like
 */
export function warningsOf(
  numbers: ArrayLike<number>,
  invalid: number,
  unknown: () => string | undefined,
  text?: string,
): Problem[] {
  const [records, others, lists, uncounted, items, conversations, messages, mixed] = Array.from(numbers) as Numbers;
  const found: Problem[] = [];
  const warn = (code: string, message: string) => found.push({ path: "", code, message, severity: "warning" });
  if (text !== undefined) warn("invalid_json", `a text looks like ${text}: wanted JSON`);
  if (others > 0) {
    const look = unknown();
    const first = look === undefined ? "" : `; the first looks like ${look}`;
    warn("unknown_records", `${some(others, records)} of an unknown kind${first}`);
  } else if (invalid > 0 && invalid === records) {
    warn("unknown_records", `nothing of the input is understood: ${some(invalid, records)} invalid`);
  }
  if (lists > 0) {
    const more = uncounted > 0 ? ", and more whose number is not known" : "";
    const lacks = items > 0 ? `${are(items, "item")} missing${more}` : "how many items are missing is not known";
    const wanted = 'include every page, up to the one with "hasMore": false';
    warn("incomplete_page", `${are(lists, "list")} not complete: ${lacks}; ${wanted}`);
  }
  if (conversations > 0) {
    const have = `${plural(conversations, "conversation")} ${conversations === 1 ? "has" : "have"}`;
    warn("incomplete_page", `${have} fewer messages than "messageCount" says: ${are(messages, "message")} missing`);
  }
  if (mixed > 0) {
    const both = "some messages came from lists, and others from webhooks without a message id";
    warn("mixed_sources", `${both}: a message that came both ways counts twice`);
  }
  return found;
}

type Numbers = [number, number, number, number, number, number, number, number];

/** Some of the records, with the verb. */
function some(count: number, records: number): string {
  if (records === 1) return "the only record is";
  if (count === records) return `all ${records} records are`;
  return `${count} of ${records} records ${count === 1 ? "is" : "are"}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function are(count: number, noun: string): string {
  return `${plural(count, noun)} ${count === 1 ? "is" : "are"}`;
}
