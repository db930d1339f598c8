// Files and standard input.

import { fstatSync } from "node:fs";
import { open, stat } from "node:fs/promises";
import process from "node:process";
import { decompressed } from "usage-by-agent";
import { EXIT, Failure, unreadable, unusable, wrongUsage } from "./failure.js";
import { PIECE, RegularFile, readable } from "./regular-file.js";
import { printable } from "./terminal/printable.js";

/** One file, or standard input. */
export interface Input {
  /** The name for messages. */
  readonly name: string;
  /** The number of bytes when the command began; `undefined` if it is not known, as of standard input. */
  readonly size: number | undefined;
  /** The bytes as they are, gzip data included. They can be read once. */
  bytes(): AsyncIterable<Uint8Array>;
  /** Opens the file, in place of `bytes`, if it is a regular one whose size is known. */
  regular?(): Promise<RegularFile>;
}

/** The path that means standard input. */
const STANDARD_INPUT = "-";

/**
 * Finds all inputs, so that a wrong name is noticed before a long file is read.
 *
 * @throws {Failure} for a file that does not exist, a folder, a file without permission, and standard input twice
 */
export async function inputsOf(paths: readonly string[]): Promise<Input[]> {
  const twice = paths.indexOf(STANDARD_INPUT) !== paths.lastIndexOf(STANDARD_INPUT);
  if (twice) throw wrongUsage("- is given twice; standard input can be read once");
  const inputs: Input[] = [];
  for (const path of paths) inputs.push(path === STANDARD_INPUT ? standardInput() : await fileInput(path));
  return inputs;
}

function standardInput(): Input {
  const cannot = (error: unknown) => unreadable("standard input can't be read", error);
  // Node reads a folder as if it were empty.
  if (isFolder(0)) throw cannot(IS_FOLDER);
  return {
    name: "standard input",
    size: undefined,
    async *bytes() {
      try {
        yield* process.stdin;
      } catch (error) {
        throw cannot(error);
      }
    },
  };
}

const IS_FOLDER = Object.assign(new Error(), { code: "EISDIR" });

function isFolder(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isDirectory();
  } catch {
    return false; // it is closed, and has no content
  }
}

async function fileInput(path: string): Promise<Input> {
  const name = printable(path) || '""';
  const cannot = `${name} can't be read`;
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) throw IS_FOLDER;
    // Opened, because Deno's `access` needs more permissions. A pipe is not opened, because it is read from then on.
    if (stats.isFile()) await (await open(path)).close();
    // The files of /proc are regular, and have a size of 0 although they have content.
    if (!stats.isFile() || stats.size === 0) return { name, size: undefined, bytes: () => bytesOf(path, name) };
    const regular = () => RegularFile.open(path, name, stats.size);
    return { name, size: stats.size, regular, bytes: () => allBytes(regular) };
  } catch (error) {
    throw unreadable(cannot, error);
  }
}

async function* allBytes(open: () => Promise<RegularFile>): AsyncGenerator<Uint8Array> {
  const file = await open();
  try {
    yield* file.bytes(0, file.size);
    await file.end();
  } finally {
    await file.close();
  }
}

/** The bytes of a pipe or of a device, to its end. */
async function* bytesOf(path: string, name: string): AsyncGenerator<Uint8Array> {
  const file = await readable(name, open(path));
  try {
    for (;;) {
      const buffer = new Uint8Array(PIECE); // a new one, because the last may still be in use
      const { bytesRead } = await readable(name, file.read(buffer, 0, buffer.length, null));
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** The longest file that is read as a whole, decompressed, in bytes: 64 MiB, as `validateResponse` takes. */
const MAX_WHOLE = 64 * 1024 * 1024;

/**
 * Reads an input as a whole, decompressed.
 *
 * @throws {Failure} if it can't be read, is longer than 64 MiB, or is damaged gzip data
 */
export async function wholeOf(input: Input): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    const reader = decompressed(input.bytes()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.length;
      if (length > MAX_WHOLE) {
        await reader.cancel();
        throw unusable(`longer than ${MAX_WHOLE} bytes, which is the most`);
      }
      parts.push(value);
    }
  } catch (error) {
    throw inInput(input, error);
  }
  return Buffer.concat(parts, length);
}

/** An error of an input's data, with the input's name. */
export function inInput({ name }: { name: string }, error: unknown): unknown {
  const isNamed = error instanceof Failure && error.exit === EXIT.unreadable;
  return isNamed || !(error instanceof Error) ? error : unusable(`${name}: ${error.message}`);
}
