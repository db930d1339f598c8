// Keeps two processes from writing one file. The lock is a file with the number of the process that writes. It stays where the
// process was killed, and the next process then sees that no process of that number is running.

import { open, readFile, rm } from "node:fs/promises";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { EXIT, Failure, unwritable } from "../failure.js";
import { printable } from "../terminal/printable.js";

/**
 * Locks a file.
 *
 * @param path the file, which need not exist
 * @returns a function that unlocks it
 * @throws {Failure} if another process has locked it, or if its folder can't be written
 */
export async function lock(path: string): Promise<() => Promise<void>> {
  const place = `${path}.lock`;
  const name = printable(path);
  try {
    for (;;) {
      if (await make(place)) return () => rm(place, { force: true });
      const text = await textOf(place);
      if (text !== "" && isHeld(text)) throw held(name, printable(place), text);
      await rm(place, { force: true });
    }
  } catch (error) {
    throw error instanceof Failure ? error : unwritable(name, error);
  }
}

/** Makes a lock. Returns whether there was none. */
async function make(place: string): Promise<boolean> {
  const file = await open(place, "wx").catch((error) => {
    if (error.code === "EEXIST") return undefined;
    throw error;
  });
  if (file === undefined) return false;
  try {
    await file.writeFile(`${process.pid}\n`);
    return true;
  } catch (error) {
    await rm(place, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

function held(name: string, place: string, text: string): Failure {
  if (!NUMBER.test(text)) return new Failure(EXIT.unreadable, `${place} exists, and is not a lock; remove it`);
  const got = `${name} is being written by another process, whose number is ${text.trim()}`;
  return new Failure(EXIT.unreadable, `${got}; wait for it, or remove ${place} if that is another program`);
}

const NUMBER = /^[1-9]\d{0,9}\n$/;

/** How often the number is looked for in a lock that has just been made, and the pause between, in milliseconds. */
const [TRIES, PAUSE] = [20, 50];

/** The text of a lock; `""` if it is gone, or its process was killed before it had written the number. */
async function textOf(place: string): Promise<string> {
  for (let tried = 0; tried < TRIES; tried++) {
    const text = await readFile(place, "utf8").catch((error) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    if (text === undefined) return "";
    if (text !== "") return text;
    await pause(PAUSE);
  }
  return "";
}

/** Whether a process may still hold a lock. */
function isHeld(text: string): boolean {
  const id = Number(text);
  if (id === process.pid) return false; // an earlier process had this number, as happens in containers
  try {
    if (NUMBER.test(text)) process.kill(id, 0); // only asks
    return true;
  } catch (error) {
    return (error as { code?: string }).code !== "ESRCH"; // it belongs to somebody else, or Deno does not permit asking
  }
}
