// Counts a Blob with several threads. The main one reads it and sends the bytes of each part: not every runtime can send a Blob, and a
// file that Node has as a Blob ends the process if another thread reads it.

import type { BlobReading } from "../counting/threads.js";
import { type LongText, type PartLimits, readByParts, type Task, type Threads } from "../parts/read-by-parts.js";
import type { Team } from "../parts/team.js";

/** A part as a thread gets it. */
export interface SentPart {
  /** The offset of the part in the text, in bytes. */
  start: number;
  bytes: Uint8Array<ArrayBuffer>;
}

/** The length of the chunks in which the main thread counts, in bytes. */
const CHUNK = 1 << 20;

/** Whether the Blob has gzip data, whose parts can't be counted apart. */
export async function isGzip(blob: Blob): Promise<boolean> {
  const [first, second] = await bytesOf(blob, 0, 2);
  return first === 0x1f && second === 0x8b;
}

/**
 * Counts a Blob as pushing its bytes in order does.
 *
 * @param start starts the threads besides the main one
 */
export async function readBlob(reading: BlobReading, limits: PartLimits, start: () => Team<SentPart>): Promise<void> {
  const { blob, usage, nothing, wait, signal, onProgress } = reading;
  const text: LongText = {
    size: blob.size,
    read: (at, length) => wait(() => bytesOf(blob, at, at + length)),
    async *bytes(from, to) {
      const chunk = (at: number) => {
        const bytes = bytesOf(blob, at, Math.min(to, at + CHUNK));
        bytes.catch(() => {}); // nobody may wait for it any more
        return bytes;
      };
      let next = from < to ? chunk(from) : undefined;
      for (let at = from + CHUNK; next !== undefined; at += CHUNK) {
        const present = next;
        const bytes = await wait(() => present);
        next = at < to ? chunk(at) : undefined; // comes while these bytes are counted
        yield bytes;
      }
    },
  };
  let stop = () => {};
  try {
    await readByParts({
      usage,
      text,
      nothing,
      start: async () => {
        const team = start();
        stop = () => team.end(); // then the main thread reads the next bytes, and finds that it has to stop
        signal?.addEventListener("abort", stop);
        return new Senders(blob, team);
      },
      onProgress,
      limits,
    });
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

/** Threads that get the bytes of their parts. */
class Senders implements Threads {
  readonly #blob: Blob;
  readonly #team: Team<SentPart>;

  constructor(blob: Blob, team: Team<SentPart>) {
    this.#blob = blob;
    this.#team = team;
  }

  get size(): number {
    return this.#team.size;
  }

  async count({ start, end }: Task) {
    try {
      return await this.#team.count({ start, bytes: await bytesOf(this.#blob, start, end) });
    } catch {
      return undefined; // the main thread reads the bytes then, and finds the error in its place
    }
  }

  end(): void {
    this.#team.end();
  }
}

async function bytesOf(blob: Blob, from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await blob.slice(from, Math.min(to, blob.size)).arrayBuffer());
}
