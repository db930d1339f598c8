// One file that is counted and then followed.

import { type FileHandle, open, stat } from "node:fs/promises";
import { unreadable } from "../failure.js";
import type { Input } from "../input.js";
import { printable } from "../terminal/printable.js";
import { type Form, formOf, HEAD, lineOf } from "./form.js";

/** How many bytes of a file are read at once. */
const PART = 1 << 18;

/** How many bytes at both ends of what was counted are compared, to notice that another content has come into the file. */
const EDGE = 4096;

/** An unfinished line that is longer is not waited for. In bytes: the longest record that is read. */
const LONGEST_LINE = 64 * 1024 * 1024;

/** After so many turns a file that changes all the time is counted again, although it may be in the middle of a change. */
const MOST_TURNS = 20;

const LINE_FEED = 0x0a;

/** What distinguishes two states of a file without reading it. */
interface Stamp {
  dev: number;
  ino: number;
  size: number;
  mtimeMs: number;
}

/** The state of a file that is not there. No file has this state. */
const NOWHERE: Stamp = { dev: -1, ino: -1, size: 0, mtimeMs: -1 };

/**
 * What has become of a file since it was read:
 * - `"same"`: nothing;
 * - `"grown"`: bytes were added, and everything before them is as it was;
 * - `"changing"`: it has another content, which may not be complete yet;
 * - `"changed"`: it has another content;
 * - `"missing"`: it can't be opened.
 */
export type Change = "same" | "grown" | "changing" | "changed" | "missing";

/** A regular file. Its `bytes()` are what has not been counted yet, so the first call gives everything. */
export class FollowedFile implements Input {
  readonly name: string;
  readonly #path: string;
  #seen: Stamp;
  #form: Form = "lines";
  /** How many bytes have been counted. For lines, this is the place after the last complete one. */
  #counted = 0;
  /** The first and the last bytes of what has been counted. */
  #head: Uint8Array = new Uint8Array();
  #tail: Uint8Array = new Uint8Array();
  /** The state at the last look. */
  #looked: Stamp | undefined;
  /** The state in which the file was found changing, and in how many turns. */
  #changing: Stamp | undefined;
  #turns = 0;
  /** A state that could not be counted. It is not tried again. */
  #refused: Stamp | undefined;
  #fault = "";

  private constructor(path: string, seen: Stamp) {
    this.name = printable(path) || '""';
    this.#path = path;
    this.#seen = seen;
  }

  /**
   * Finds a file.
   *
   * @throws what the system throws if there is none
   */
  static async find(path: string): Promise<FollowedFile> {
    return new FollowedFile(path, await stat(path));
  }

  /** The file as if nothing of it had been counted. While it is missing it has no bytes. */
  async again(): Promise<FollowedFile> {
    return new FollowedFile(this.#path, await stat(this.#path).catch(() => NOWHERE));
  }

  /** Whether the file was missing when it was found. */
  get isMissing(): boolean {
    return this.#seen === NOWHERE;
  }

  get size(): number {
    return this.#seen.size;
  }

  /** How many bytes have been counted. */
  get counted(): number {
    return this.#counted;
  }

  /**
   * Looks at the file. It is opened only if the system says that it has changed.
   *
   * @param isTurn whether this is one of the looks that come at regular times. Whether a change is complete is judged by them.
   */
  async look(isTurn: boolean): Promise<Change> {
    let now: Stamp;
    try {
      now = await stat(this.#path);
      if (isEqual(now, this.#seen)) return "same";
      if (this.#refused !== undefined && isEqual(now, this.#refused)) return "same";
      const file = await open(this.#path);
      try {
        now = await file.stat();
        this.#looked = now;
        const hasGrown = await this.#hasGrown(file, now);
        if (hasGrown && this.#counted > 0) return "grown";
        const form = formOf(await bytesAt(file, 0, HEAD));
        if (hasGrown && form === "lines") return "grown";
        // Unfinished lines are waited for while they are read. A time may change a moment before the size does.
        const isReady = form === "lines" && !(isSameFile(now, this.#seen) && now.size === this.#seen.size);
        return isReady || (isTurn && this.#isSettled(now)) ? "changed" : "changing";
      } finally {
        await file.close();
      }
    } catch (error) {
      this.#fault = unreadable(`${this.name} can't be read`, error).message;
      return "missing";
    }
  }

  /** Why the file was missing when it was last. */
  get fault(): string {
    return this.#fault;
  }

  /** Whether only bytes were added since the file was read. */
  async #hasGrown(file: FileHandle, now: Stamp): Promise<boolean> {
    if (this.#form !== "lines" || !isSameFile(now, this.#seen) || now.size <= this.#seen.size) return false;
    const head = await bytesAt(file, 0, this.#head.length);
    const tail = await bytesAt(file, this.#counted - this.#tail.length, this.#tail.length);
    return Buffer.compare(head, this.#head) === 0 && Buffer.compare(tail, this.#tail) === 0;
  }

  /** Whether the file is as it was in the last turn, so that whoever writes it has probably finished. */
  #isSettled(now: Stamp): boolean {
    const isSettled = this.#changing !== undefined && isEqual(now, this.#changing);
    this.#changing = now;
    this.#turns = isSettled ? 0 : this.#turns + 1;
    return isSettled || this.#turns >= MOST_TURNS;
  }

  /** Does not try the content again that was there at the last look, because it could not be counted. */
  refuse(): void {
    this.#refused = this.#looked;
    this.#turns = 0;
  }

  /** Forgets what was seen of the file, because a part of it may have been counted and the rest not. */
  distrust(): void {
    this.#seen = { ...NOWHERE };
  }

  /**
   * The bytes that have not been counted yet, up to the size that the file has now. Of a file with lines, an unfinished last line is
   * left for the next time.
   *
   * @throws {Failure} if the file can't be read
   */
  async *bytes(): AsyncGenerator<Uint8Array> {
    if (this.isMissing) return;
    const file = await this.#attempt(open(this.#path));
    try {
      const now = await this.#attempt(file.stat());
      if (this.#counted === 0) this.#form = formOf(await this.#attempt(bytesAt(file, 0, HEAD)));
      yield* this.#form === "lines" ? this.#lines(file, now.size) : this.#parts(file, now.size);
      this.#seen = now;
      this.#changing = undefined;
      this.#turns = 0;
      const edge = Math.min(EDGE, this.#counted);
      this.#head = await this.#attempt(bytesAt(file, 0, edge));
      this.#tail = await this.#attempt(bytesAt(file, this.#counted - edge, edge));
    } finally {
      await file.close();
    }
  }

  async *#parts(file: FileHandle, size: number): AsyncGenerator<Uint8Array> {
    for (let at = this.#counted; at < size; ) {
      const part = await this.#attempt(bytesAt(file, at, Math.min(PART, size - at)));
      if (part.length === 0) break; // it has become shorter, which the next look notices
      at += part.length;
      this.#counted = at;
      yield part;
    }
  }

  async *#lines(file: FileHandle, size: number): AsyncGenerator<Uint8Array> {
    let unfinished: Uint8Array[] = [];
    let length = 0;
    let at = this.#counted;
    while (at < size) {
      const part = await this.#attempt(bytesAt(file, at, Math.min(PART, size - at)));
      if (part.length === 0) break;
      const end = part.lastIndexOf(LINE_FEED) + 1;
      if (end > 0 || length > LONGEST_LINE) {
        this.#counted = at + end;
        yield* unfinished;
        unfinished = [];
        length = 0;
      }
      if (end > 0) yield part.subarray(0, end);
      if (end < part.length) unfinished.push(part.subarray(end));
      length += part.length - end;
      at += part.length;
    }
    const rest = Buffer.concat(unfinished, length);
    const line = lineOf(rest);
    if (line === "unfinished") return;
    if (line === "other") this.#form = "whole"; // the lines of this file are not records
    this.#counted = at;
    yield rest;
  }

  async #attempt<T>(promise: Promise<T>): Promise<T> {
    try {
      return await promise;
    } catch (error) {
      throw unreadable(`${this.name} can't be read`, error);
    }
  }
}

const isSameFile = (a: Stamp, b: Stamp) => a.dev === b.dev && a.ino === b.ino;

const isEqual = (a: Stamp, b: Stamp) => isSameFile(a, b) && a.size === b.size && a.mtimeMs === b.mtimeMs;

/** The bytes at a place of a file; fewer if it ends before. */
async function bytesAt(file: FileHandle, at: number, length: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(length); // a new one, because the last may still be in use
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, at + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
