// A thread that counts parts of a file. It is a script of its own.

import { fstatSync, openSync, readSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { UsageError } from "usage-by-agent";
import type { Answer, Task } from "../../parts/read-by-parts.js";
import { countsFor } from "../counts.js";
import type { Work } from "./task.js";

const { path, identity, query } = workerData as Work;
const buffer = new Uint8Array(1 << 18);
let file: number | undefined;

parentPort?.on("message", (task: Task) => {
  try {
    const answer = counted(task);
    const memory = answer === undefined ? [] : [answer.place.buffer, answer.snapshot.buffer, answer.unknown.buffer];
    parentPort?.postMessage(answer, memory);
  } catch {
    parentPort?.close(); // the thread ends, because the module may be in an unknown state
  }
});

/**
 * Counts a part. What is wrong with it is not told, because the main thread then counts the part itself, and finds the words and the
 * places of reading in order.
 */
function counted({ start, end }: Task): Answer {
  file ??= opened();
  const usage = countsFor(query).beginPart(start);
  try {
    for (let at = start; at < end; ) {
      const bytesRead = readSync(file, buffer, 0, Math.min(buffer.length, end - at), at);
      if (bytesRead === 0) return undefined; // the file has become shorter
      usage.pushBytes(buffer.subarray(0, bytesRead));
      at += bytesRead;
    }
    return usage.endPart();
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  } finally {
    usage.free();
  }
}

function opened(): number {
  const descriptor = openSync(path, "r");
  const { dev, ino } = fstatSync(descriptor);
  if (dev !== identity.dev || ino !== identity.ino) throw new Error("the path has become another file's");
  return descriptor;
}
