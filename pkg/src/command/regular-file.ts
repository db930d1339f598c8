// Regular files, which can be read at any place.

import { type FileHandle, open } from "node:fs/promises";
import { EXIT, Failure, unreadable } from "./failure.js";
import { warn } from "./terminal/output.js";

/** How many bytes of a file are read at once. */
export const PIECE = 1 << 18;

/** A regular file that is open. Of a file that grows, only the bytes that were there when the command began are read. */
export class RegularFile {
  readonly path: string;
  /** The name for messages. */
  readonly name: string;
  /** The number of bytes when the command began. */
  readonly size: number;
  readonly #file: FileHandle;

  private constructor(file: FileHandle, path: string, name: string, size: number) {
    this.#file = file;
    this.path = path;
    this.name = name;
    this.size = size;
  }

  /** @throws {Failure} if the file can't be opened */
  static async open(path: string, name: string, size: number): Promise<RegularFile> {
    return new RegularFile(await readable(name, open(path)), path, name, size);
  }

  /** The device and the number of the file. They are equal for one file, whatever its path. */
  async identity(): Promise<{ dev: number; ino: number }> {
    const { dev, ino } = await readable(this.name, this.#file.stat());
    return { dev, ino };
  }

  /**
   * Reads bytes at a place.
   *
   * @returns new memory with at most `length` bytes. It has fewer where the file ends, and may have fewer elsewhere.
   * @throws {Failure} if the file can't be read
   */
  async read(at: number, length: number): Promise<Uint8Array> {
    const buffer = new Uint8Array(Math.min(length, this.size - at));
    const { bytesRead } = await readable(this.name, this.#file.read(buffer, 0, buffer.length, at));
    return buffer.subarray(0, bytesRead);
  }

  /**
   * The bytes from one place to another. The next piece is read while the last one is used.
   *
   * @throws {Failure} if the file can't be read, or has become shorter
   */
  async *bytes(from: number, to: number): AsyncGenerator<Uint8Array> {
    let at = from;
    const read = () => this.read(at, Math.min(PIECE, to - at));
    let next = at < to ? read() : undefined;
    try {
      while (next !== undefined) {
        const bytes = await next;
        if (bytes.length === 0) throw await this.#shorter(at);
        at += bytes.length;
        next = at < to ? read() : undefined;
        next?.catch(() => {}); // it is awaited later, or not at all
        yield bytes;
      }
    } finally {
      await next?.catch(() => {}); // the file must not be closed before
    }
  }

  async #shorter(at: number): Promise<Failure> {
    const now = Math.min(at, (await readable(this.name, this.#file.stat())).size);
    const message = `${this.name} has become shorter while it was read: it had ${this.size} bytes, and has ${now} now`;
    return new Failure(EXIT.unreadable, `${message}; run the command again`);
  }

  /** Warns if the file has grown. Call it when all bytes have been read. */
  async end(): Promise<void> {
    const { size } = await readable(this.name, this.#file.stat());
    if (size > this.size) warn(`${this.name} has grown while it was read: the first ${this.size} bytes were read`);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

/** The result of a call to the system. An error names the file. */
export function readable<T>(name: string, result: Promise<T>): Promise<T> {
  return result.catch((error) => {
    throw unreadable(`${name} can't be read`, error);
  });
}
