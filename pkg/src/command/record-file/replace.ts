import { open, rename, rm } from "node:fs/promises";
import { unwritable } from "../failure.js";
import { printable } from "../terminal/printable.js";

/**
 * Replaces the content of a file, or makes the file. Whenever the process or the machine ends, the file has either the old or the new
 * content, whole.
 *
 * @throws {Failure} if it can't be written; the file then has the old content
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    await rm(temporary, { force: true }); // of a process that was killed
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(text);
      await file.sync(); // otherwise the new name could be durable before the content
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw unwritable(printable(path), error);
  }
}
