/** A file as the bytes of its JSON. Never more than a few chunks are in memory, however large it is. */
export interface Source {
  stream: ReadableStream<Uint8Array>;
  gzip: boolean;
}

/**
 * `onRead` hears how many of the file's own bytes have been read: what a progress bar can know beforehand, compressed
 * or not.
 */
export async function openSource(file: Blob, onRead?: (bytes: number) => void): Promise<Source> {
  let read = 0;
  const counted = file.stream().pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, out) {
        read += chunk.byteLength;
        onRead?.(read);
        out.enqueue(chunk);
      },
    }),
  );
  const gzip = await isGzip(file);
  return { gzip, stream: gzip ? counted.pipeThrough(new DecompressionStream("gzip")) : counted };
}

/** Told by the first two bytes, not by the name: downloads lose and gain a `.gz` on their way. */
async function isGzip(file: Blob): Promise<boolean> {
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  return first === 0x1f && second === 0x8b;
}
