// Records without those of one direction: who counts only what comes in, or only what goes out.

import type { Records } from "../types.js";
import { bytesOf, isArray } from "../values.js";

/** Messages that go one way are left out; of JSON text that JavaScript can't read line by line, whatever it can't read. */
export function* without(records: Records, direction: string): Generator<unknown> {
  const bytes = bytesOf(records);
  const text = bytes ? new TextDecoder().decode(bytes) : records;
  yield* kept(typeof text === "string" ? parsed(text) : text, direction);
}

function* kept(items: unknown, direction: string): Generator<unknown> {
  const page = property(items, "data");
  for (const item of (isArray(page) ? page : items) as Iterable<unknown>) {
    if (isArray(property(item, "data"))) yield* kept(item, direction);
    else if ((property(item, "direction") ?? property(property(item, "data"), "direction")) !== direction) yield item;
  }
}

function property(value: unknown, key: string): unknown {
  try {
    return (value as Record<string, unknown> | null | undefined)?.[key];
  } catch {
    return; // the core will say what is wrong with it
  }
}

function parsed(text: string): unknown[] {
  try {
    return [JSON.parse(text)].flat();
  } catch {
    return text.split("\n").flatMap((line) => {
      try {
        return JSON.parse(line);
      } catch {
        return [];
      }
    });
  }
}
