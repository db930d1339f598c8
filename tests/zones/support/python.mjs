/** Python's own zoneinfo with PyPI's `tzdata`. */
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startPython } from "../../support/python.mjs";

const SCRIPT = fileURLToPath(new URL("zones.py", import.meta.url));

/** What `zones.py` prints, line by line as it comes. */
export async function* zonesFromPython(firstYear, yearAfterTheLast) {
  const child = await startPython([SCRIPT, String(firstYear), String(yearAfterTheLast)]);
  const ended = new Promise((resolve) => child.on("close", resolve));
  try {
    for await (const line of createInterface({ input: child.stdout })) yield JSON.parse(line);
    const status = await ended;
    if (status !== 0) throw new Error(`${SCRIPT} ended with ${status}`);
  } finally {
    child.kill(); // when it isn't read to its end
  }
}
