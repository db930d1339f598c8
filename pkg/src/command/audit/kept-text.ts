// The records as text, to count them again.

/** The longest text that is kept, in bytes. */
const MOST = 512 * 1024 * 1024;

/** Text that is kept in memory, up to a limit. Beyond it, nothing is kept. */
export class KeptText {
  #parts: Uint8Array[] = [];
  #length = 0;
  readonly #most: number;

  constructor(most = MOST) {
    this.#most = most;
  }

  add(part: Uint8Array): void {
    this.#length += part.length;
    if (this.isTooLong) this.#parts = [];
    else this.#parts.push(part);
  }

  /** Whether the text was too long. */
  get isTooLong(): boolean {
    return this.#length > this.#most;
  }

  /** The text as one piece. */
  whole(): Uint8Array {
    const whole = Buffer.concat(this.#parts);
    this.#parts = [whole];
    return whole;
  }
}

const LINE_FEED = Uint8Array.of(0x0a);
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** Passes the decompressed bytes of one file on, and keeps them. A line feed ends each file, because several files are one text. */
export async function* kept(bytes: ReadableStream<Uint8Array>, text: KeptText): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const part of bytes) {
    text.add(isFirst ? withoutMark(part) : part);
    isFirst = false;
    yield part;
  }
  text.add(LINE_FEED);
}

/** A byte order mark may be at the beginning of a text, and not in the middle. */
function withoutMark(part: Uint8Array): Uint8Array {
  return BYTE_ORDER_MARK.every((byte, n) => part[n] === byte) ? part.subarray(BYTE_ORDER_MARK.length) : part;
}
