// Keys and tokens, from the environment or from a file. No message contains one, or a value that may be one.

import { open } from "node:fs/promises";
import process from "node:process";
import { type Failure, unreadable, unusable, wrongUsage } from "./failure.js";

/** Where a key is. */
export interface KeyPlace {
  /** The environment variable that has it. */
  variable: string;
  /** The file that has it, in place of the variable. */
  file: string | undefined;
  /** The option that names the file. */
  option: string;
  /** What it is, in words: `your AgentPhone API key`. */
  what: string;
}

/** A longer file is not one of a key. In bytes. */
const LONGEST = 8192;

/**
 * The key of a place.
 *
 * @throws {Failure} without a key, or with one that can't be sent
 */
export async function keyOf(place: KeyPlace): Promise<string> {
  return place.file === undefined ? ofEnvironment(place) : ofFile(place, place.file);
}

function ofEnvironment({ variable, option, what }: KeyPlace): string {
  const missing = `there is no ${what.replace(/^(?:your AgentPhone|the) /, "")}`;
  let value: string | undefined;
  try {
    value = process.env[variable];
  } catch {
    throw wrongUsage(`${missing}: the runtime does not permit reading ${variable}; with Deno, give --allow-env`);
  }
  if (value === undefined || value.trim() === "") {
    throw wrongUsage(
      `${missing}; wanted ${what} in the environment variable ${variable}, or in a file with ${option} FILE`,
    );
  }
  return checked(value.trim(), variable, what, wrongUsage);
}

/** The name of the file is not in messages, because some users write the key in its place. */
async function ofFile({ option, what }: KeyPlace, path: string): Promise<string> {
  const name = `the file of ${option}`;
  const buffer = new Uint8Array(LONGEST);
  let length = 0;
  try {
    const file = await open(path);
    try {
      for (;;) {
        const { bytesRead } = await file.read(buffer, length, LONGEST - length);
        length += bytesRead;
        if (bytesRead === 0 || length === LONGEST) break;
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unreadable(`${name} can't be read`, error);
  }
  return checked(new TextDecoder().decode(buffer.subarray(0, length)).trim(), name, what, unusable);
}

function checked(key: string, where: string, what: string, failure: (message: string) => Failure): string {
  if (/^[\x21-\x7e]{1,4096}$/.test(key)) return key;
  const got = key === "" ? "is empty" : "has blanks, several lines or other characters than ASCII";
  throw failure(`${where} ${got}: wanted ${what.replace(/^your/, "an")} alone, of at most 4096 characters`);
}
