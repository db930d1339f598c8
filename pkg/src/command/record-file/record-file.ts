// A file of records that a collection appends to, in an order of writes after which the process may be killed at any moment: first the
// records, then the state that covers them.

import { type FileHandle, open, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { AgentPage } from "usage-by-agent";
import type { CollectedPage, Collection } from "usage-by-agent/collect";
import { hashOf } from "../../collect/hash.js";
import type { Table } from "../../collect/id-set.js";
import { EXIT, Failure, unwritable, wrongUsage } from "../failure.js";
import { printable } from "../terminal/printable.js";
import { knownLines } from "./known-lines.js";
import { lock } from "./lock.js";
import { replaceFile } from "./replace.js";
import { damaged, load, type Saved, save, savedPath } from "./saved.js";

/** The path of the file with the agents. */
export const agentsPath = (path: string) => `${path}.agents.json`;

/** What a round of collecting is about. */
export type Round = Pick<Saved, "query" | "window" | "round" | "began">;

/** What of the file a state covers. */
type Covered = Pick<Saved, "length" | "lines" | "pending"> & { isFinished?: boolean };

/** A file of records that this process alone writes. */
export class RecordFile {
  /** The name for messages. */
  readonly name: string;
  /** What was known about the file when it was opened; `undefined` if it is new. */
  readonly saved: Saved | undefined;
  readonly #path: string;
  readonly #unlock: () => Promise<void>;
  #file: FileHandle | undefined;
  #round: Round | undefined;
  /** The bytes and the lines of whole pages in the file. */
  #length: number;
  #lines: number;
  /** The lines that are in the file and need not be written again. */
  #known: Table | undefined;
  /** The page that was written last: what the file had, and what the collection had given out, before it. */
  #before: { length: number; lines: number; given: number } | undefined;

  /** Whether the disk did not take what was written last. */
  #isBroken = false;

  private constructor(path: string, saved: Saved | undefined, unlock: () => Promise<void>) {
    this.name = printable(path);
    this.saved = saved;
    this.#path = path;
    this.#unlock = unlock;
    this.#length = saved?.length ?? 0;
    this.#lines = saved?.lines ?? 0;
  }

  /**
   * Locks a file, and reads how far it is. Nothing is written but the lock.
   *
   * @throws {Failure} if the file is not one that a collection has written, was changed since, or can't be written
   */
  static async open(path: string): Promise<RecordFile> {
    await sizeOf(path); // a folder is named before a lock is put beside it
    const unlock = await lock(path);
    try {
      const size = await sizeOf(path);
      const saved = await load(path);
      if (saved === undefined) await checkNew(path, size);
      else await checkSaved(path, saved, size);
      return new RecordFile(path, saved, unlock);
    } catch (error) {
      await unlock();
      throw error;
    }
  }

  /** How many records the file has. Of a call that was collected again after it had changed, there are several. */
  get lines(): number {
    return this.#lines;
  }

  /** Whether the file has a directory of agents beside it. */
  async hasAgents(): Promise<boolean> {
    return (await sizeOf(agentsPath(this.#path)).catch(() => undefined)) !== undefined;
  }

  /**
   * Begins a round, or goes on with one. Lines that the file has are not written again: another round lists everything anew, and a
   * collection that goes on does not know all ids of a large account.
   */
  async begin(round: Round): Promise<void> {
    this.#round = round;
    if (this.#length > 0) this.#known = await knownLines(this.#path, this.#length);
  }

  /**
   * Appends a page.
   *
   * @param collection gave out this page last
   * @throws {Failure} if it can't be written; then the file has what it had
   */
  async append({ records }: CollectedPage, collection: Collection): Promise<void> {
    const lines = records.map((record) => JSON.stringify(record)).filter((line) => this.#isNew(line));
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
    const before = { length: this.#length, lines: this.#lines };
    await this.#opened();
    await this.#save(collection, { ...before, pending: bytes.length });
    this.#before = { ...before, given: givenBy(collection) };
    await this.#write(bytes);
    this.#length += bytes.length;
    this.#lines += lines.length;
  }

  /**
   * Remembers how far a collection is that was ended early, if it had begun to read records.
   *
   * @returns whether a later collection can go on from there
   */
  async keep(collection: Collection): Promise<boolean> {
    const isBegun = collection.completeness().lists.some(({ list, listed }) => isOfRecords(list) && listed > 0);
    if (this.#isBroken || !isBegun) return this.#before !== undefined || this.saved !== undefined;
    const now = { length: this.#length, lines: this.#lines, pending: 0 };
    const { given, ...before } = this.#before ?? { ...now, given: -1 };
    // The state covers the last page if the collection was asked for another one.
    if (givenBy(collection) > given) await this.#save(collection, { ...now, pending: this.#unread() });
    else await this.#save(collection, { ...before, pending: now.length - before.length });
    return true;
  }

  /** Writes that the round has ended, and the directory of agents. */
  async finish(collection: Collection): Promise<void> {
    await this.#opened();
    await replaceFile(agentsPath(this.#path), jsonOf(collection.agents()));
    await this.#save(collection, { length: this.#length, lines: this.#lines, pending: 0, isFinished: true });
  }

  /** Unlocks the file. */
  async close(): Promise<void> {
    await this.#file?.close();
    await this.#unlock();
  }

  #isNew(line: string): boolean {
    const key = hashOf(line);
    if (this.#known?.has(key)) return false;
    this.#known?.add(key);
    return true;
  }

  /** How many bytes of an earlier page may follow, while nothing has been written. */
  #unread(): number {
    return this.#file === undefined ? (this.saved?.pending ?? 0) : 0;
  }

  async #save(collection: Collection, covered: Covered): Promise<void> {
    if (this.#round === undefined) throw new Error("no round has begun");
    this.#isBroken = true;
    await save(this.#path, { ...this.#round, isFinished: false, ...covered, collection: collection.state() });
    this.#isBroken = false;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    const file = await this.#opened();
    this.#isBroken = true;
    const { size } = await file.stat();
    if (size !== this.#length) {
      const got = `it has ${size} bytes instead of ${this.#length}, because another program changed it`;
      throw new Failure(EXIT.unreadable, `${this.name} can't be written: ${got}`);
    }
    try {
      for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at, bytes.length - at, null)).bytesWritten;
      await file.sync();
      this.#isBroken = false;
    } catch (error) {
      await file.truncate(this.#length).catch(() => {}); // no line stays cut
      throw unwritable(this.name, error);
    }
  }

  /** The file, open for appending, without what its state does not cover. */
  async #opened(): Promise<FileHandle> {
    if (this.#file !== undefined) return this.#file;
    try {
      const file = await open(this.#path, "a+");
      this.#file = file;
      await file.truncate(this.#length);
      await file.sync();
      await makeNameDurable(this.#path);
      return file;
    } catch (error) {
      throw unwritable(this.name, error);
    }
  }
}

/** How many records a collection has given out, without those of the page that it gave out last. */
function givenBy(collection: Collection): number {
  const lists = collection.completeness().lists.filter(({ list }) => list === "messages" || list === "calls");
  return lists.reduce((sum, { given }) => sum + given, 0);
}

const isOfRecords = (list: string) => list === "conversations" || list === "messages" || list === "calls";

const jsonOf = ({ data }: AgentPage) => `${JSON.stringify({ data: [...data] })}\n`;

/** Of a file that was made a moment ago, its folder may not know the name yet. Some systems can't be asked. */
async function makeNameDurable(path: string): Promise<void> {
  const folder = await open(dirname(path)).catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close();
}

/**
 * The size of a file in bytes; `undefined` if it does not exist.
 *
 * @throws {Failure} if it is not a file
 */
async function sizeOf(path: string): Promise<number | undefined> {
  const name = printable(path) || '""';
  let stats: Awaited<ReturnType<typeof stat>>;
  try {
    stats = await stat(path);
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT" && path !== "") return undefined;
    throw unwritable(name, error);
  }
  if (stats.isDirectory())
    throw new Failure(EXIT.unreadable, `${name} can't be written: it is a folder; wanted a file`);
  if (stats.isFile()) return stats.size;
  const wanted = "wanted a file, or - for standard output";
  throw new Failure(EXIT.unreadable, `${name} can't be written: it is not a regular file; ${wanted}`);
}

/** A file that was not written by a collection is not touched. An empty one has nothing to lose. */
async function checkNew(path: string, size: number | undefined): Promise<void> {
  for (const place of [path, agentsPath(path)]) {
    if (!(await sizeOf(place))) continue;
    const got = `${printable(place)} exists without ${printable(savedPath(path))}, and is not overwritten`;
    throw wrongUsage(`${got}; name another file with --out, or remove it`);
  }
  if (size === 0) await checkWritable(path);
}

/** Opens the file, because Deno's `access` needs more permissions. */
async function checkWritable(path: string): Promise<void> {
  const file = await open(path, "r+").catch((error) => {
    throw unwritable(printable(path), error);
  });
  await file.close();
}

/** Makes sure that a file is as it was left, so that nothing is cut off that a collection has not written. */
async function checkSaved(path: string, { length, pending }: Saved, size = 0): Promise<void> {
  const name = printable(path);
  if (size < length) throw damaged(path, `it tells of ${length} bytes, and ${name} has ${size}`);
  if (size > length + pending) {
    const got = `${name} has ${size - length} bytes more than were collected`;
    throw wrongUsage(`${got}; move them to another file, or name another file with --out`);
  }
  if (size > 0) await checkWritable(path);
  if (length > 0 && (await byteAt(path, length - 1)) !== 0x0a) throw damaged(path, `${name} was changed`);
}

async function byteAt(path: string, at: number): Promise<number | undefined> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(1), 0, 1, at);
    return bytesRead === 1 ? buffer[0] : undefined;
  } finally {
    await file.close();
  }
}
