/** Reads a file as the bytes of its JSON. At most a few chunks are in memory, however large the file is. */
export interface Source {
  stream: ReadableStream<Uint8Array>;
  gzip: boolean;
}

/**
 * Opens a file.
 *
 * @param onRead called with the number of the file's bytes that have been read, before decompression, for the progress bar
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

/** Whether the first two bytes are those of gzip data. The name is not used, because downloads may lose or gain a `.gz`. */
async function isGzip(file: Blob): Promise<boolean> {
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  return first === 0x1f && second === 0x8b;
}
