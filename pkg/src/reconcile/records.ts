// Records without those of one direction: who counts only what comes in, or only what goes out.

import { isIterable, isPage } from "../bridge/object-feed.js";
import { bytesOf, property } from "../bridge/values.js";
import { MAX_DEPTH } from "../constants.js";
import type { Records } from "../types.js";

/** Records one by one. Of JSON text it is tried only: what JavaScript can't read is not there. */
export function objectsOf(records: Records): Iterable<unknown> {
  const bytes = bytesOf(records);
  const text = bytes ? new TextDecoder().decode(bytes) : records;
  if (typeof text === "string") return parsed(text.replace(/^\ufeff/, ""));
  return isIterable(records) ? records : (records as { data: unknown[] }).data;
}

/** All at once, else those of each line. */
function parsed(text: string): unknown[] {
  return valuesOf(text) ?? text.split("\n").flatMap((line) => valuesOf(line) ?? []);
}

/** Values one after the other, read as the items of an array. */
function valuesOf(text: string): unknown[] | undefined {
  try {
    return JSON.parse(`[${text.replace(/([}\]])(?=\s*[{[])/g, "$1,")}]`).flat();
  } catch {
    return;
  }
}

/** Messages that go one way are left out. What is wrong with a record that does not tell its way the core will say. */
export function* without(items: Iterable<unknown>, direction: string, depth = 0): Generator<unknown> {
  for (const item of items) {
    if (!isPage(item)) {
      if ((property(item, "direction") ?? property(property(item, "data"), "direction")) !== direction) yield item;
    } else if (depth < MAX_DEPTH) yield* without(item.data, direction, depth + 1);
    else yield null; // no record, as for the core
  }
}
