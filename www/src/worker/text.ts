import { decompressed } from "usage-by-agent";

/** The time between two pauses in milliseconds: short enough for a smooth bar and a quick "Stop". */
const PAUSE_MS = 40;

/** A counting that was ended, by "Stop" or because its source is gone. It is no failure. */
export class Ended extends Error {}

/** One counting. Whoever reads for it pauses now and then, so that the worker can be stopped and asked. */
export class Run {
  hasEnded = false;
  #paused = performance.now();

  /** @param onPause called before each pause */
  constructor(readonly onPause: () => void) {}

  /** @throws {Ended} */
  check(): void {
    if (this.hasEnded) throw new Ended();
  }

  /** Pauses if the last pause is long ago. @throws {Ended} */
  async pause(): Promise<void> {
    this.check();
    if (performance.now() - this.#paused <= PAUSE_MS) return;
    this.onPause();
    await nextTask();
    this.#paused = performance.now();
    this.check();
  }
}

/** Lets the worker receive messages. If every chunk is ready at once, they would otherwise wait until the end of the text. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** The text of a file, decompressed, chunk by chunk. At most a few chunks are in memory, however large the file is. */
export class Text {
  /** How many bytes of the file have been read, and how many bytes of text they gave. */
  fileBytes = 0;
  textBytes = 0;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(
    file: Blob,
    readonly run: Run,
  ) {
    const counted = new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, out) => {
        this.fileBytes += chunk.byteLength;
        out.enqueue(chunk);
      },
    });
    this.#reader = decompressed(file.stream().pipeThrough(counted)).getReader();
  }

  /** The next chunk; `undefined` at the end. @throws {Ended} */
  async next(): Promise<Uint8Array | undefined> {
    await this.run.pause();
    const { done, value } = await this.#reader.read();
    this.run.check();
    if (done) return undefined;
    this.textBytes += value.byteLength;
    return value;
  }

  /** The beginning of the text, of at least so many bytes if there are as many, and whether it is the whole text. */
  async head(atLeast: number): Promise<{ head: Uint8Array; isWhole: boolean }> {
    const chunks: Uint8Array[] = [];
    while (this.textBytes < atLeast) {
      const chunk = await this.next();
      if (chunk === undefined) return { head: joined(chunks), isWhole: true };
      chunks.push(chunk.slice());
    }
    return { head: joined(chunks), isWhole: false };
  }

  /** Reads no further. */
  close(): void {
    void this.#reader.cancel().catch(() => {});
  }
}

/** The bytes of a file as they are, from one place to another. */
export async function* bytesOf(file: Blob, from: number, to: number, run: Run): AsyncGenerator<Uint8Array> {
  const reader = file.slice(from, to).stream().getReader();
  try {
    for (;;) {
      await run.pause();
      const { done, value } = await reader.read();
      run.check();
      if (done) return;
      yield value;
    }
  } finally {
    void reader.cancel().catch(() => {});
  }
}

export function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.byteLength;
  }
  return all;
}
