import { collect as collectFrom } from "usage-by-agent/collect";
import { collectPages, sayShortfalls } from "../collecting.js";
import { command } from "../command.js";
import { EXIT, wrongUsage } from "../failure.js";
import { FORMAT_OPTION, formatOf } from "../formats/formats.js";
import { type Asked, noteZone, PERIOD_OPTIONS } from "../period-options.js";
import { collectIntoFile, type Source } from "../record-file/collect-into-file.js";
import { isTerminal, print } from "../terminal/output.js";
import { printableJson } from "../terminal/printable.js";
import { VENDOR_OPTIONS, vendorOf } from "../vendor-options.js";
import { collectWindowOf, WINDOW_OPTIONS, type WindowQuery, windowQueryOf } from "../window-options.js";

export const collect = command({
  name: "collect",
  summary: "lists a period's calls and messages from the vendor into a file",
  operands: "--out FILE (--period PERIOD | --from DATE --to DATE)",
  about: [
    "The records are appended to FILE as newline-delimited JSON, which report reads. FILE.state says how far the collection is, and " +
      "FILE.agents.json has the names of the agents. If the command was ended anywhere, run it again: it goes on.",
    "The API key comes from the environment variable AGENTPHONE_API_KEY or from --token-file.",
    "The result says what was listed of each list, and what is missing. json is what completeness() of the package gives.",
  ],
  options: {
    out: {
      value: "FILE",
      meant: ["output", "file", "o"],
      help: "The file of records; - is standard output, without a state.",
    },
    ...PERIOD_OPTIONS,
    ...WINDOW_OPTIONS,
    verify: {
      meant: ["check", "compare"],
      help: "Lists the messages by phone number too, and compares both.",
    },
    ...VENDOR_OPTIONS,
    ...FORMAT_OPTION,
  },
  examples: [
    "collect --out 2024-06.ndjson --period month --tz Europe/Paris --now 2024-06-15T12:00:00Z",
    "collect --out early-june.ndjson --from 2024-06-01 --to 2024-06-08 --tz Europe/Paris",
    "collect --out - --period week --offset -1 --token-file key.txt",
  ],
  async run({ operands, options }) {
    const { out, format, verify = false } = options;
    // The operand is not quoted, because some users write the key there.
    if (operands.length > 0) throw wrongUsage("collect reads no files, and takes only options; wanted --out FILE");
    if (!out) throw wrongUsage("--out is missing; wanted a file for the records, or - for standard output");
    if (out === "-" && format !== undefined) {
      throw wrongUsage("--format has no effect with --out -, which writes records; wanted one of them");
    }
    const asked = windowQueryOf(options);
    const source = { ...(await vendorOf(options)), verify };
    collectFrom({ ...source, window: collectWindowOf(asked.query) }); // notices wrong options before a file is made
    return out === "-" ? toStandardOutput(asked, source) : collectIntoFile(out, asked, source, formatOf(options));
  },
});

async function toStandardOutput(asked: Asked<WindowQuery>, source: Source): Promise<number> {
  const ended = new AbortController(); // nobody reads any longer
  noteZone(asked);
  try {
    const options = { ...source, window: collectWindowOf(asked.query), signal: ended.signal };
    const collection = await collectPages(options, async ({ records }) => {
      const lines = records.map((record) => JSON.stringify(record));
      const text = lines.map((line) => `${isTerminal ? printableJson(line) : line}\n`).join("");
      if (!(await print(text))) ended.abort();
    });
    sayShortfalls(collection);
  } catch (error) {
    if (!ended.signal.aborted) throw error;
  }
  return EXIT.fine;
}
