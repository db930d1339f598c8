// The file beside a file of records that says how far its collection is.

import { readFile } from "node:fs/promises";
import { type Failure, unreadable, unusable } from "../failure.js";
import { printable } from "../terminal/printable.js";
import type { Window, WindowQuery } from "../window-options.js";
import { replaceFile } from "./replace.js";

/** The version of the format. It changes with every change of the format. */
const VERSION = 2;

/** What is known about a file of records. It never tells of more than the file has. */
export interface Saved {
  /** The period, with the instant that chose it, or the ends of the window. */
  query: WindowQuery;
  window: Window;
  /** How often the records have been collected from the beginning. */
  round: number;
  /** When this round began, in epoch milliseconds. */
  began: number;
  /** Whether this round has ended. */
  isFinished: boolean;
  /** The bytes and the lines that the file has, as far as `collection` covers them. */
  length: number;
  lines: number;
  /** How many bytes at most may follow them: those of the page that was being written. */
  pending: number;
  /** The state of the collection. */
  collection: string;
}

/** The path of the file beside a file of records. */
export const savedPath = (path: string) => `${path}.state`;

/** Writes what is known. */
export function save(path: string, saved: Saved): Promise<void> {
  return replaceFile(savedPath(path), `${JSON.stringify({ usageByAgentFile: VERSION, ...saved })}\n`);
}

/**
 * Reads what is known.
 *
 * @returns `undefined` if there is nothing
 * @throws {Failure} if it can't be read, or is not what {@link save} wrote
 */
export async function load(path: string): Promise<Saved | undefined> {
  const place = savedPath(path);
  let text: string;
  try {
    text = await readFile(place, "utf8");
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw unreadable(`${printable(place)} can't be read`, error);
  }
  let value: (Saved & { usageByAgentFile?: unknown }) | null;
  try {
    value = JSON.parse(text);
  } catch {
    throw damaged(path, "it is not JSON");
  }
  const version = value?.usageByAgentFile;
  if (!Number.isInteger(version)) throw damaged(path, "it is not the state of a file of records");
  if (version !== VERSION) throw damaged(path, `its version is ${version}, and wanted is ${VERSION}`);
  const { length, lines, pending, round, began, isFinished, collection, window, query } = value as Saved;
  const counts = [length, lines, pending, round].every((count) => Number.isInteger(count) && count >= 0);
  const times = [began, window?.startMs, window?.endMs].every(Number.isInteger);
  if (!counts || !times || typeof isFinished !== "boolean" || typeof collection !== "string" || !query) {
    throw damaged(path, "something in it is missing or wrong");
  }
  return { length, lines, pending, round, began, isFinished, collection, window, query };
}

/** The failure of going on with a file whose state, or which itself, is not as it was written. */
export function damaged(path: string, what: string): Failure {
  const [name, place] = [printable(path), printable(savedPath(path))];
  return unusable(`${place}: ${what}; remove ${name} and ${place} to begin again, or name another file with --out`);
}
