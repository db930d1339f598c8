import { decompressed } from "usage-by-agent";

/**
 * Opens a file as the bytes of its JSON, decompressed. At most a few chunks are in memory, however large the file is.
 *
 * @param onRead called with the number of the file's bytes that have been read, before decompression, for the progress bar
 */
export function openSource(file: Blob, onRead?: (bytes: number) => void): ReadableStream<Uint8Array> {
  let read = 0;
  const counted = file.stream().pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, out) {
        read += chunk.byteLength;
        onRead?.(read);
        out.enqueue(chunk);
      },
    }),
  );
  return decompressed(counted);
}

/** The text of a file, decompressed. A `Response` would replace the error of a damaged file by another error. */
export async function readText(file: Blob): Promise<string> {
  const reader = openSource(file).getReader();
  const utf8 = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    text += utf8.decode(value, { stream: !done });
    if (done) return text;
  }
}
