import process from "node:process";
import type { AgentUsageResponse, Diagnostics, UsageQuery } from "usage-by-agent";
import { command } from "../command.js";
import { agentsOf, checkAgents, countInputs } from "../counting.js";
import { countCollected } from "../counting-collected.js";
import { EXIT, wrongUsage } from "../failure.js";
import { FORMAT_OPTION, formatOf, type Result, write } from "../formats/formats.js";
import { table } from "../formats/table.js";
import { inputsOf } from "../input.js";
import { type Asked, noteZone, PERIOD_OPTIONS, queryOf, zoneInWords } from "../period-options.js";
import { VENDOR_OPTIONS, vendorOf } from "../vendor-options.js";

export const report = command({
  name: "report",
  summary: "counts messages, completed calls and call seconds by agent",
  operands: "[FILE… | --collect] --period PERIOD",
  about: [
    "FILE contains records as JSON or newline-delimited JSON, which may be gzip data. Several files are one input. " +
      "- is standard input, which is also read if no file is named and it is not a terminal.",
    "With --collect, the records are those that the vendor has, and the vendor's agents give the names. Nothing is written to a file. " +
      "The API key comes from the environment variable AGENTPHONE_API_KEY or from --token-file.",
    "The period is the calendar week, month or year that contains --now. The zone is this machine's, unless --tz names one.",
    "Warnings are written to standard error, and do not change the exit code.",
  ],
  options: {
    ...PERIOD_OPTIONS,
    agents: {
      value: "FILE",
      meant: ["names", "directory"],
      help: "The names of the agents: a page of GET /v1/agents, or an array of {id, name}.",
    },
    "include-idle": {
      meant: ["idle", "includezero"],
      help: "Adds rows of zeros for agents of --agents, or of the vendor, without usage.",
    },
    "on-invalid": {
      value: "ACTION",
      choices: ["skip", "throw"],
      meant: ["invalid", "onerror", "strict"],
      help: "skip counts without invalid records, and says how many there are; throw ends at the first. Default skip.",
    },
    collect: {
      meant: ["vendor", "fetch", "live"],
      help: "Counts what the vendor has, instead of files.",
    },
    ...VENDOR_OPTIONS,
    ...FORMAT_OPTION,
  },
  examples: [
    "report june.ndjson --period month --tz Europe/Paris --now 2024-06-15T12:00:00Z",
    "report calls.json messages.ndjson.gz --period week --offset -1 --agents agents.json --include-idle",
    "report --period year --format csv - < june.ndjson",
    "report --collect --period month --tz Europe/Paris --include-idle",
  ],
  async run({ operands, options }) {
    const asked = queryOf(options);
    const format = formatOf(options);
    if (options["include-idle"] && options.agents === undefined && !options.collect) {
      throw wrongUsage("--include-idle has no effect without --agents FILE or --collect; wanted both");
    }
    checkVendorOptions(options, operands);
    const vendor = options.collect && (await vendorOf(options));
    const paths = vendor ? [] : operands.length > 0 ? operands : [withoutFile()];
    // Files and a query in one instant, however long the reading takes.
    const period = { ...asked.query, now: asked.query.now ?? Date.now() };
    const query: UsageQuery = {
      ...period,
      onInvalid: options["on-invalid"] === "throw" ? "throw" : "skip",
      includeIdle: options["include-idle"] ?? false,
    };
    const inputs = await inputsOf([...paths, ...(options.agents === undefined ? [] : [options.agents])]);
    const directory = options.agents === undefined ? undefined : inputs.pop();
    if (directory !== undefined) {
      query.agents = await agentsOf(directory);
      checkAgents(directory, query);
    }
    const usage = await (vendor ? countCollected({ ...vendor, window: period }, query) : countInputs(inputs, query));
    try {
      if (format !== "table") noteZone(asked);
      await write(resultOf(usage.report(), usage.diagnostics(), asked), format);
    } finally {
      usage.free();
    }
    return EXIT.fine;
  },
});

/** Records are either the vendor's or those of files. */
function checkVendorOptions(options: { collect?: true } & Partial<Record<string, unknown>>, [file]: string[]): void {
  if (options.collect && file !== undefined) {
    throw wrongUsage("--collect counts what the vendor has, and reads no files; wanted one of them");
  }
  const name = Object.keys(VENDOR_OPTIONS).find((each) => options[each] !== undefined);
  if (name !== undefined && !options.collect) {
    throw wrongUsage(`--${name} has no effect without --collect; wanted both`);
  }
}

/** Standard input, if it is not the keyboard. */
function withoutFile(): string {
  if (process.stdin.isTTY) throw wrongUsage("no file is named; wanted files of records, or - for standard input");
  return "-";
}

const HEADER = ["agentId", "agentName", "messages", "calls", "totalSeconds", "isOrphan"] as const;

function resultOf(value: AgentUsageResponse, { totals }: Diagnostics, asked: Asked): Result {
  const { data, period, periodStart, periodEnd } = value;
  const columns = [
    { title: "Agent", mayBeCut: true },
    { title: "Agent id", mayBeCut: true },
    { title: "Messages", isNumber: true },
    { title: "Calls", isNumber: true },
    { title: "Seconds", isNumber: true },
  ];
  const numbers = (row: Diagnostics["totals"]) => [row.messages, row.calls, row.totalSeconds].map(String);
  const rows = data.map((row) => [row.agentName, row.agentId ?? "", ...numbers(row)]);
  const head = `The ${period} from ${periodStart} to ${periodEnd} (${zoneInWords(asked)})\n\n`;
  return {
    value,
    rows: data,
    header: HEADER,
    cells: data.map((row) => HEADER.map((name) => row[name])),
    table: (width) => head + table(columns, [...rows, ["Total", "", ...numbers(totals)]], width),
  };
}
