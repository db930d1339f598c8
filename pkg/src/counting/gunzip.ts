// Decompresses gzip data of any number of members (RFC 1952 § 2.2), such as the output of `cat a.gz b.gz`. The result is equal in
// every runtime.
//
// The runtime's DecompressionStream is fast. But in most runtimes it reads one member only, and in none does it say where the
// member ends. So this code searches the compressed bytes for the header of the next member. The four bytes before a header are
// the length of the member's data, modulo 2^32. If this length equals the length of the data so far, the member's stream is
// closed, which checks the CRC and the length, and the next stream is opened.
//
// By chance, one place in 2^37 bytes inside a member looks like a header. One in 2^69 also has a length that fits. The stream is
// then closed too early, and reports damage. So a wrong place never gives wrong data.

import { said } from "../bridge/values.js";
import { UsageError } from "../errors.js";
import type { Chunks } from "./byte-source.js";

/** The most bytes that are decompressed at once. They become 16 MiB at most, whatever the size of the source's chunks is. */
const PIECE = 1 << 14;

/** The length of a header without a name, and the least length of a member. */
const HEADER = 10;
const MEMBER = 18;

/** Waiting for data of the stream is limited by turns of the event loop and not by a clock, because a host may be suspended. */
const TURN_MS = 4;
const TURNS_AT_HEADER = 250;
const TURNS_AT_END = 5;
const TURNS_AT_PADDING = 25;

/** The most zero bytes at the end of a member. An empty member has so many. */
const MOST_OWN_ZEROS = 9;

/** The most places in a member that only look like a header. Each costs a wait. */
const MOST_MISTAKEN = 8;

/** Whether the bytes begin with gzip data (RFC 1952 § 2.3.1), which JSON text never does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Two parts of the data as one. */
export function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

/**
 * Whether a header may begin at this place. If the bytes end before the header does, only the bytes that are there are compared.
 */
function mayBeHeader(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== 0x1f || (bytes[at + 1] ?? 0x8b) !== 0x8b || (bytes[at + 2] ?? 8) !== 8) return false;
  const [flags = 0, extra = 0, system = 0] = [bytes[at + 3], bytes[at + 8], bytes[at + 9]];
  return (flags & 0xe0) === 0 && (extra & ~6) === 0 && extra !== 6 && (system < 14 || system === 255);
}

/** A member that is being decompressed. */
class Member {
  readonly writer: WritableStreamDefaultWriter<BufferSource>;
  readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  /** The number of compressed bytes that belong to it so far. */
  length = 0;
  /** No header stands before this place. */
  searched = MEMBER;
  /** The number of places that only looked like a header. */
  mistaken = 0;
  /** The last four compressed bytes, as a little-endian number. At the end of the member this is the length of its data. */
  last = 0;
  /** The length of the data that it has given. */
  given = 0;
  isClosed = false;

  constructor() {
    const { writable, readable } = new DecompressionStream("gzip");
    this.writer = writable.getWriter();
    this.reader = readable.getReader();
    for (const { closed } of [this.writer, this.reader]) closed.catch(() => {}); // reading reports the error
  }

  async write(bytes: Uint8Array<ArrayBuffer>): Promise<undefined> {
    for (const byte of bytes.subarray(-4)) this.last = (this.last >>> 8) | (byte << 24);
    await this.writer.write(bytes);
  }
}

/**
 * The data of gzip members, one after the other. Zero bytes may follow the last member, as for `gzip -t`. Other bytes there are
 * damage.
 */
export class Gunzip implements Chunks {
  readonly #source: Chunks;
  #hasEnded = false;
  /** The error of the source, which is thrown as it is. */
  #failed: { error: unknown } | undefined;
  /** Compressed bytes that were read and not decompressed yet. */
  #ahead: Uint8Array = new Uint8Array();
  /** The number of zero bytes before `#ahead`. They are held back, because they may be padding. */
  #zeros = 0;

  #member = new Member();
  #read: Promise<ReadableStreamReadResult<Uint8Array>> | undefined;
  #fed: Promise<undefined> | undefined;
  #wake = () => {};

  constructor(source: Chunks) {
    this.#source = source;
  }

  get bytes(): number {
    return this.#source.bytes;
  }

  async next(): Promise<Uint8Array | undefined> {
    try {
      for (;;) {
        this.#read ??= this.#member.reader.read();
        this.#fed ??= this.#feed();
        const got = await Promise.race([this.#read, this.#fed]);
        if (got === undefined) this.#fed = undefined;
        else {
          this.#read = undefined;
          if (!got.done) {
            this.#member.given += got.value.length;
            this.#wake();
            return got.value;
          }
          // Node ignores what follows a zero byte after the end.
          if (this.#member.given >>> 0 !== this.#member.last >>> 0)
            throw new Error("its length is not the one that it states");
          if (this.#hasEnded && this.#ahead.length === 0) return undefined;
          this.#member = new Member();
          this.#fed = undefined;
        }
      }
    } catch (cause) {
      if (this.#failed !== undefined) throw this.#failed.error;
      throw new UsageError("invalid_json", `the gzip data is damaged: ${said(cause)}`, { cause });
    }
  }

  stop(reason: unknown): void {
    this.#source.stop(reason);
    for (const end of [this.#member.writer.abort(reason), this.#member.reader.cancel(reason)]) end.catch(() => {});
  }

  /** Passes a piece of the compressed bytes on, or reads more of them. Only one call runs at a time. */
  async #feed(): Promise<undefined> {
    const member = this.#member;
    if (member.isClosed) return new Promise(() => {}); // the rest is read
    const end = this.#endOfPiece();
    const isHeader = end + HEADER <= this.#ahead.length && mayBeHeader(this.#ahead, end);
    let used = end;
    if (!isHeader) while (used > 0 && this.#ahead[used - 1] === 0) used--;
    if (this.#zeros > 0 && (used > 0 || isHeader)) {
      const count = Math.min(this.#zeros, PIECE);
      this.#zeros -= count;
      return member.write(new Uint8Array(count));
    }
    const piece = this.#ahead.slice(0, used); // a copy, because the source may use its memory again
    this.#ahead = this.#ahead.subarray(end);
    this.#zeros += end - used;
    member.length += end;
    if (used > 0) await member.write(piece);
    if (isHeader) return this.#atHeader();
    if (end > 0) return undefined;
    this.#ahead = this.#ahead.slice();
    return this.#hasEnded ? this.#atEnd() : this.#more();
  }

  /** How far the bytes ahead can be passed on: to what may be a header, or to the end of a piece. */
  #endOfPiece(): number {
    const ahead = this.#ahead;
    const most = Math.min(ahead.length, PIECE);
    let at = Math.max(0, this.#member.searched - this.#member.length);
    for (;;) {
      at = ahead.indexOf(0x1f, at);
      if (at < 0 || at >= most) return most;
      if (mayBeHeader(ahead, at) && !(this.#hasEnded && at + HEADER > ahead.length)) return at;
      at++;
    }
  }

  async #more(): Promise<undefined> {
    try {
      const chunk = await this.#source.next();
      if (chunk === undefined) this.#hasEnded = true;
      else this.#ahead = joined(this.#ahead, chunk);
    } catch (error) {
      this.#failed = { error };
      throw error;
    }
  }

  async #atHeader(): Promise<undefined> {
    const member = this.#member;
    if (await this.#waitUntil(() => member.given >>> 0 === member.last >>> 0, TURNS_AT_HEADER)) return this.#close();
    // Padding may stand only at the end. So many places that look like headers do not occur by chance.
    if (member.last >>> 24 === 0 || ++member.mistaken > MOST_MISTAKEN) throw new Error("a member has no end");
    member.searched = member.length + 1;
  }

  /** Passes on the held zero bytes that belong to the member: the high bytes of its length, or all of it where it is empty. */
  async #atEnd(): Promise<undefined> {
    const member = this.#member;
    const ofLength = () => [0, 1, 2, 3].find((zeros) => member.given >>> 0 === member.last >>> (8 * zeros));
    const turns = this.#zeros > MOST_OWN_ZEROS ? TURNS_AT_PADDING : TURNS_AT_END;
    await this.#waitUntil(() => this.#zeros === 0 || this.#zeros === ofLength(), turns);
    // The compressed data of an empty member ends in FF FF (a stored block) or in a zero byte. Then come a CRC and a length of 0.
    const ofNothing = member.last >>> 16 === 0xffff ? 8 : MOST_OWN_ZEROS;
    const own = Math.min(this.#zeros, ofLength() ?? (member.given === 0 ? ofNothing : this.#zeros));
    if (own > 0) await member.write(new Uint8Array(own));
    return this.#close();
  }

  async #close(): Promise<undefined> {
    this.#member.isClosed = true;
    this.#zeros = 0;
    await this.#member.writer.close();
  }

  /** Waits until the member has given enough data. It stops waiting after some turns in which the member gives nothing. */
  async #waitUntil(isEnough: () => boolean, turns: number): Promise<boolean> {
    let given = -1;
    for (let quiet = 0; !isEnough(); quiet++) {
      if (quiet >= turns) return false;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, TURN_MS);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      // The member gives nothing while nobody reads.
      if (this.#read === undefined || given !== this.#member.given) quiet = 0;
      given = this.#member.given;
    }
    return true;
  }
}
