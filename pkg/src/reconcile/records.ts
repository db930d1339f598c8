// Leaves out the messages of one direction, as a vendor does that counts only inbound or only outbound messages.

import { isPage } from "../bridge/object-feed.js";
import { bytesOf, isIterable, property } from "../bridge/values.js";
import { MAX_DEPTH } from "../constants.js";
import type { Records } from "../types.js";

/** Gives the records one by one. JSON text is parsed by JavaScript, and the parts that it can't parse are left out. */
export function objectsOf(records: Records): Iterable<unknown> {
  const bytes = bytesOf(records);
  const text = bytes ? new TextDecoder().decode(bytes) : records;
  if (typeof text === "string") return parsed(text.replace(/^\ufeff/, ""));
  return isIterable(records) ? records : (records as { data: unknown[] }).data;
}

/** Parses the text as a whole, or line by line if that fails. */
function parsed(text: string): unknown[] {
  return valuesOf(text) ?? text.split("\n").flatMap((line) => valuesOf(line) ?? []);
}

/** Parses concatenated values by making them the items of an array. */
function valuesOf(text: string): unknown[] | undefined {
  try {
    return JSON.parse(`[${text.replace(/([}\]])(?=\s*[{[])/g, "$1,")}]`).flat();
  } catch {
    return;
  }
}

/** Leaves out the messages of one direction. Records without a direction stay; the core checks them. */
export function* without(items: Iterable<unknown>, direction: string, depth = 0): Generator<unknown> {
  for (const item of items) {
    if (!isPage(item)) {
      if ((property(item, "direction") ?? property(property(item, "data"), "direction")) !== direction) yield item;
    } else if (depth < MAX_DEPTH) yield* without(item.data, direction, depth + 1);
    else yield null; // a page that is nested too deep is an invalid record, as in the core
  }
}
