/**
 * Hands over a stream's chunks, one at a time, until it ends or the client is gone. Whatever stops the reading, the stream is told
 * that nobody reads on.
 */
export async function readStream(
  stream: ReadableStream<Uint8Array>,
  signal: AbortSignal,
  take: (chunk: Uint8Array) => void,
): Promise<void> {
  const reader = stream.getReader();
  // This ends the reading that is under way too, as if the stream had ended.
  const stop = () => void reader.cancel(signal.reason).catch(() => {});
  signal.addEventListener("abort", stop);
  try {
    signal.throwIfAborted(); // who left before the stream was there is not told of any more
    for (;;) {
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) return;
      take(value);
    }
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}
