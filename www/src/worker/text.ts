import { decompressed } from "usage-by-agent";

/** The time between two pauses in milliseconds: short enough for a smooth bar and a quick "Stop". */
const BREATH_MS = 40;

/** Lets the worker receive messages. If every chunk is ready at once, they would otherwise wait until the end of the text. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** The text of a file, decompressed, chunk by chunk. At most a few chunks are in memory, however large the file is. */
export class Text {
  /** How many bytes of the file have been read, and how many bytes of text they gave. */
  fileBytes = 0;
  textBytes = 0;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #breathed = performance.now();

  constructor(
    file: Blob,
    readonly onBreath: (text: Text) => void,
  ) {
    const counted = new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, out) => {
        this.fileBytes += chunk.byteLength;
        out.enqueue(chunk);
      },
    });
    this.#reader = decompressed(file.stream().pipeThrough(counted)).getReader();
  }

  /** The next chunk; `undefined` at the end. Between chunks the worker pauses now and then, so that it can be stopped and asked. */
  async next(): Promise<Uint8Array | undefined> {
    if (performance.now() - this.#breathed > BREATH_MS) {
      this.onBreath(this);
      await nextTask();
      this.#breathed = performance.now();
    }
    const { done, value } = await this.#reader.read();
    if (done) return undefined;
    this.textBytes += value.byteLength;
    return value;
  }

  /** Reads no further. */
  close(): void {
    void this.#reader.cancel().catch(() => {});
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
