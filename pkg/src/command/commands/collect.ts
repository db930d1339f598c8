import { collect as collectFrom } from "usage-by-agent/collect";
import { collectPages, sayShortfalls } from "../collecting.js";
import { command } from "../command.js";
import { EXIT, wrongUsage } from "../failure.js";
import { FORMAT_OPTION, formatOf } from "../formats/formats.js";
import { type Asked, noteZone, PERIOD_OPTIONS } from "../period-options.js";
import { collectIntoFile, type Source } from "../record-file/collect-into-file.js";
import { collectIntoService } from "../record-service/collect-into-service.js";
import { SERVICE_OPTIONS, Service } from "../record-service/service.js";
import { isTerminal, print } from "../terminal/output.js";
import { printableJson } from "../terminal/printable.js";
import { VENDOR_OPTIONS, vendorOf } from "../vendor-options.js";
import { collectWindowOf, WINDOW_OPTIONS, type WindowQuery, windowQueryOf } from "../window-options.js";

export const collect = command({
  name: "collect",
  summary: "lists a period's calls and messages from the vendor into a file or a service",
  operands: "--out FILE|URL (--period PERIOD | --from DATE --to DATE)",
  about: [
    "The records are appended to FILE as newline-delimited JSON, which report reads. FILE.state says how far the collection is, and " +
      "FILE.agents.json has the names of the agents. If the command was ended anywhere, run it again: it goes on.",
    "With the URL of a service of usage-by-agent in place of FILE, the records are added there. A record that the service has already is " +
      "not counted twice, so there is no state: run the command again. The service can take these records back by the name of --backfill.",
    "The API key comes from the environment variable AGENTPHONE_API_KEY or from --token-file, and the service's token from " +
      "USAGE_SERVICE_TOKEN or from --service-token-file.",
    "The result says what was listed of each list, and what is missing. json is what completeness() of the package gives.",
  ],
  options: {
    out: {
      value: "FILE|URL",
      meant: ["output", "file", "o", "into", "service", "upload"],
      help: "The file of records, or a service; - is standard output, without a state.",
    },
    ...SERVICE_OPTIONS,
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
    if (!out) {
      throw wrongUsage(
        "--out is missing; wanted a file for the records, the URL of a service, or - for standard output",
      );
    }
    const isService = /^https?:/i.test(out);
    for (const name of ["backfill", "service-token-file"] as const) {
      if (!isService && options[name] !== undefined) {
        throw wrongUsage(`--${name} is for a service; wanted the URL of one with --out`);
      }
    }
    if (out === "-" && format !== undefined) {
      throw wrongUsage("--format has no effect with --out -, which writes records; wanted one of them");
    }
    const asked = windowQueryOf(options);
    const source = { ...(await vendorOf(options)), verify };
    collectFrom({ ...source, window: collectWindowOf(asked.query) }); // notices wrong options before a file is made
    if (isService) {
      const service = await Service.of(out, options.backfill ?? "collect", options["service-token-file"]);
      return collectIntoService(service, asked, source, formatOf(options));
    }
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
