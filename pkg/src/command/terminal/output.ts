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
process.stderr.on("error", () => {}); // there is no other place to write to

/**
 * Writes text to standard output, and waits until it is written. Where nobody reads it any longer, as after `| head`, that is
 * not an error: the rest is not wanted.
 *
 * @throws {Failure} if it can't be written, for example to a full disk
 */
export function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error && (error as NodeJS.ErrnoException).code !== "EPIPE") {
        reject(unreadable("standard output can't be written", error));
      } else resolve();
    });
  });
}

/** A line on standard error. What is in it is made harmless. */
function line(kind: string, text: string): void {
  clearProgress();
  process.stderr.write(`${kind}${printable(text)}\n`);
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
  process.stderr.write(`\r\u001b[K${printable(text).slice(0, most)}`);
  shown = text;
}

/** Removes the line of {@link progress}. */
export function clearProgress(): void {
  if (shown === "") return;
  process.stderr.write("\r\u001b[K");
  shown = "";
}
