/** Writes the sample: up to 20,000 generated records of half a year, and their agents. */
import { writeFileSync } from "node:fs";
import { plainSample } from "../tools/generate/plain.mjs";

const { lines, agents } = plainSample({
  records: 20_000,
  invalid: 12,
  seed: 20250618,
  start: "2025-01-01T12:00:00Z",
  end: "2025-06-30T10:00:00Z",
});
write("sample.ndjson", [...lines].join(""));
write("sample-agents.json", `${JSON.stringify(agents)}\n`);

function write(name, text) {
  writeFileSync(new URL(`./public/${name}`, import.meta.url), text);
}
