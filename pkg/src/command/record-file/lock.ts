// Keeps two processes from writing one file. The lock is a file with the number of the process that writes. It stays where the
// process was killed, and the next process then sees that no process of that number is running.

import { readFile, rm, writeFile } from "node:fs/promises";
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
  for (;;) {
    try {
      await writeFile(place, `${process.pid}\n`, { flag: "wx" });
      return () => rm(place, { force: true });
    } catch (error) {
      if ((error as { code?: string }).code !== "EEXIST") throw unwritable(name, error);
    }
    const holder = await holderOf(place);
    if (holder !== undefined && isRunning(holder)) {
      const got = `${name} is being written by another process, whose number is ${holder}`;
      throw new Failure(EXIT.unreadable, `${got}; wait for it, or remove ${printable(place)} if it is another program`);
    }
    await rm(place, { force: true }).catch((error) => {
      throw unwritable(name, error);
    });
  }
}

/** How often the number is looked for in a lock that has just been made, and the pause between, in milliseconds. */
const [TRIES, PAUSE] = [20, 50];

/** The number of the process that made a lock; `undefined` if the process was killed before it had written the number. */
async function holderOf(place: string): Promise<number | undefined> {
  for (let tried = 0; tried < TRIES; tried++) {
    const text = await readFile(place, "utf8").catch(() => undefined);
    if (text === undefined) return undefined; // it has just been unlocked
    if (/^[1-9]\d{0,9}\n$/.test(text)) return Number(text);
    await pause(PAUSE);
  }
  return undefined;
}

function isRunning(id: number): boolean {
  if (id === process.pid) return false; // an earlier process had this number, as happens in containers
  try {
    process.kill(id, 0); // only asks
    return true;
  } catch (error) {
    return (error as { code?: string }).code !== "ESRCH"; // it belongs to somebody else, or Deno does not permit asking
  }
}
