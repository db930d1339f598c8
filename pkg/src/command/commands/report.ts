import process from "node:process";
import { UsageRollup } from "usage-by-agent";
import { command } from "../command.js";
import { agentsOf, checkAgents, countInputs } from "../counting.js";
import { countCollected } from "../counting-collected.js";
import type { AllTimeQuery, Counts, CountsQuery } from "../counts.js";
import { EXIT, wrongUsage } from "../failure.js";
import { reportResult } from "../formats/agent-report.js";
import { FORMAT_OPTION, formatOf, type Result, write } from "../formats/formats.js";
import { inputsOf } from "../input.js";
import { noteZone } from "../period-options.js";
import { answerOf } from "../report/answer.js";
import {
  neededWindowOf,
  QUESTION_OPTIONS,
  type Question,
  questionOf,
  type ReportQuestion,
} from "../report/question.js";
import { VENDOR_OPTIONS, vendorOf } from "../vendor-options.js";

export const report = command({
  name: "report",
  summary: "counts messages, calls and call seconds by agent, and otherwise",
  operands: "[FILE… | --collect] (--period PERIOD | --from DATE --to DATE)",
  about: [
    "FILE contains records as JSON or newline-delimited JSON, which may be gzip data. Several files are one input. " +
      "- is standard input, which is also read if no file is named and it is not a terminal.",
    "With --collect, the records are those that the vendor has, and the vendor's agents give the names. Nothing is written to a file. " +
      "The API key comes from the environment variable AGENTPHONE_API_KEY or from --token-file.",
    "The period is the calendar week, month or year that contains --now. The zone is this machine's, unless --tz names one.",
    "--by and --step break usage down, and --from and --to name any window. Then json is a breakdown of the package, and not a report.",
    "Warnings are written to standard error, and do not change the exit code.",
  ],
  options: {
    ...QUESTION_OPTIONS,
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
    "report june.ndjson --from 2024-06-03 --to 2024-06-10 --step day --tz Europe/Paris",
    "report june.ndjson --by channel,direction --period month --format csv",
    "report --collect --period month --compare",
  ],
  async run({ operands, options }) {
    const question = questionOf(options, Date.now()); // files and a query in one instant, however long the reading takes
    const format = formatOf(options);
    if (options["include-idle"] && options.agents === undefined && !options.collect) {
      throw wrongUsage("--include-idle has no effect without --agents FILE or --collect; wanted both");
    }
    checkVendorOptions(options, operands);
    const isOfOnePeriod = question.kind === "report" && !question.isCompared;
    if (!isOfOnePeriod) checkQuestion(question);
    const vendor = options.collect && { ...(await vendorOf(options)), window: neededWindowOf(question) };
    const paths = vendor ? [] : operands.length > 0 ? operands : [withoutFile()];
    const inputs = await inputsOf([...paths, ...(options.agents === undefined ? [] : [options.agents])]);
    const reading: AllTimeQuery = { onInvalid: options["on-invalid"] === "throw" ? "throw" : "skip" };
    const directory = options.agents === undefined ? undefined : inputs.pop();
    if (directory !== undefined) reading.agents = await agentsOf(directory);
    const { asked, includeIdle } = question;
    const of: CountsQuery = isOfOnePeriod ? { ...question.asked.query, ...reading, includeIdle } : reading;
    if (directory !== undefined) checkAgents(directory, of);
    const usage = await (vendor ? countCollected(vendor, of) : countInputs(inputs, of));
    try {
      if (format !== "table") noteZone(asked);
      await write(resultOf(usage, question), format);
    } finally {
      usage.free();
    }
    return EXIT.fine;
  },
});

function resultOf(usage: Counts, question: Question): Result {
  if (usage instanceof UsageRollup) return answerOf(usage, question);
  return reportResult(usage.report(), usage.diagnostics(), (question as ReportQuestion).asked);
}

/**
 * Notices a wrong query before a long file is read.
 *
 * @throws {UsageError} for a query that a rollup can't answer
 */
function checkQuestion(question: Question): void {
  const nothing = new UsageRollup();
  try {
    answerOf(nothing, question);
  } finally {
    nothing.free();
  }
}

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
