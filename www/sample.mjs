/** Writes the sample: the records of half a year of an ordinary account, its agents, and a wrong answer of the vendor. */
import { rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { officeSample } from "../tools/generate/office.mjs";

// In every zone, the first day is one of January and the last day is one of June.
const { lines, agents, answer } = officeSample({
  seed: 20250618,
  start: "2025-01-01T12:00:00Z",
  end: "2025-06-30T10:00:00Z",
  perDay: 90,
});
// Not every server compresses what it serves. Earlier versions wrote the text, which the build would copy.
rmSync(new URL("./public/sample.ndjson", import.meta.url), { force: true });
write("sample.ndjson.gz", gzipSync([...lines].join(""), { level: 9 }));
write("sample-agents.json", `${JSON.stringify(agents)}\n`);
write("sample-answer.json", `${JSON.stringify(answer)}\n`);

function write(name, text) {
  writeFileSync(new URL(`./public/${name}`, import.meta.url), text);
}
