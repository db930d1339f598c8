// Standard output and standard error.

import process from "node:process";
import { unreadable } from "../failure.js";
import { printable } from "./printable.js";
import { styleOf } from "./style.js";

/** Whether standard output is a terminal. */
export const isTerminal = process.stdout.isTTY === true;

/** Whether progress is shown on standard error. */
export const showsProgress = process.stderr.isTTY === true;

/** The width of the terminal in columns; `undefined` if standard output is not a terminal, and the width is not limited. */
export function terminalWidth(): number | undefined {
  const { columns } = process.stdout;
  return isTerminal && columns > 0 ? columns : undefined; // a terminal of unknown size has 0 columns
}

/** Colours of standard output. */
export const style = styleOf(process.stdout);

const errorStyle = styleOf(process.stderr);

process.stdout.on("error", () => {}); // `print` gets the error too

/** Ends when standard error can't be written any more. The callbacks of writes are not called then in every version of Node. */
const broken = new Promise<void>((resolve) => {
  process.stderr.on("error", () => resolve());
});

/**
 * Writes text to standard output, and waits until it is written. Where nobody reads it any longer, as after `| head`, that is
 * not an error: the rest is not wanted.
 *
 * @returns whether somebody may still read what follows
 * @throws {Failure} if it can't be written, for example to a full disk
 */
export async function print(text: string): Promise<boolean> {
  try {
    await new Promise<void>((resolve, reject) => {
      process.stdout.write(text, (error) => (error ? reject(error) : resolve())); // Deno throws instead
    });
    return true;
  } catch (error) {
    const { code, name } = error as { code?: string; name?: string };
    if (code === "EPIPE" || name === "BrokenPipe") return false;
    throw unreadable("standard output can't be written", error);
  }
}

/** Ends when the last write to standard error has ended. Writes end in their order. */
let written: Promise<void> = Promise.resolve();

/** Writes to standard error, if that is possible. There is no other place to write to. */
function writeError(text: string): void {
  written = new Promise((resolve) => {
    try {
      process.stderr.write(text, () => resolve());
    } catch {
      resolve(); // Deno throws what Node gives to the callback
    }
  });
}

/** A line on standard error. What is in it is made harmless. */
function line(kind: string, text: string): void {
  clearProgress();
  writeError(`${kind}${printable(text)}\n`);
}

/** Waits until standard error is written. Some systems write to pipes later. */
export async function flushed(): Promise<void> {
  await Promise.race([written, broken]);
}

/** Says why the command ends. */
export const sayError = (message: string) => line(`${errorStyle.red("usage-by-agent")}: `, message);

/** A warning: one line on standard error. */
export const warn = (message: string) => line(`${errorStyle.yellow("warning")}: `, message);

/** What a user should know that is not a warning: one line on standard error. */
export const note = (message: string) => line(`${errorStyle.dim("note")}: `, message);

let shown = "";

/** Shows how far the command is, on the last line of the terminal. Other lines replace it. */
export function progress(text: string): void {
  if (!showsProgress || text === shown) return;
  const most = Math.max(1, (process.stderr.columns || 80) - 1); // a longer line would not be cleared as a whole
  writeError(`\r\u001b[K${printable(text).slice(0, most)}`);
  shown = text;
}

/** Removes the line of {@link progress}. */
export function clearProgress(): void {
  if (shown === "") return;
  writeError("\r\u001b[K");
  shown = "";
}
