/** Reads periods from Python's zoneinfo with PyPI's `tzdata`. */
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startPython } from "../../support/python.mjs";

const SCRIPT = fileURLToPath(new URL("zones.py", import.meta.url));

/** Yields each line that `zones.py` prints, parsed. */
export async function* zonesFromPython(firstYear, yearAfterTheLast) {
  const child = await startPython([SCRIPT, String(firstYear), String(yearAfterTheLast)]);
  const ended = new Promise((resolve) => child.on("close", resolve));
  try {
    for await (const line of createInterface({ input: child.stdout })) yield JSON.parse(line);
    const status = await ended;
    if (status !== 0) throw new Error(`${SCRIPT} ended with ${status}`);
  } finally {
    child.kill(); // in case the caller stops early
  }
}
