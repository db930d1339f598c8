import type { PeriodQuery, UsageField, UsageQuery } from "usage-by-agent";
import { type Answer, type Audit, isRight, partsOf, periodOf, resultOf, titleOf } from "usage-by-agent/audit";
import { answerIn, checkCurrent } from "../audit/answer.js";
import { outOf } from "../audit/out.js";
import { auditOf } from "../audit/run.js";
import { command } from "../command.js";
import { agentsOf, checkAgents } from "../counting.js";
import { EXIT, wrongUsage } from "../failure.js";
import { documentText } from "../formats/document.js";
import { FORMAT_OPTION, formatOf, type Result, write } from "../formats/formats.js";
import { inputsOf } from "../input.js";
import { noteZone, PERIOD_OPTIONS, queryOf } from "../period-options.js";
import { note } from "../terminal/output.js";
import { VENDOR_OPTIONS, vendorOf } from "../vendor-options.js";

export const audit = command({
  name: "audit",
  summary: "compares AgentPhone's bill with your records, and says why they differ",
  operands: "[FILE… | --collect]",
  about: [
    "Asks AgentPhone for its report by agent, counts your records, compares the two, and finds the causes of a difference. " +
      "FILE contains your records, as for report. Without FILE, the records are AgentPhone's own lists of calls and messages.",
    "AgentPhone answers for the current week, month or year alone. For another period, keep its answer, and give it with --answer. " +
      "The period is then that of the answer.",
    "The exit code is 0 if the bill is right, and 1 if something differs.",
  ],
  options: {
    ...PERIOD_OPTIONS,
    period: { ...PERIOD_OPTIONS.period, help: "week, month or year. Default month." },
    answer: {
      value: "FILE",
      meant: ["bill", "theirs", "response"],
      help: "An answer of GET /v1/usage/by-agent that was kept, in place of asking for it.",
    },
    out: {
      value: "FILE",
      meant: ["output", "save", "report", "file"],
      help: "Also writes the audit to a file: .md for people, such as a letter to AgentPhone, or .json for programs.",
    },
    agents: {
      value: "FILE",
      meant: ["names", "directory"],
      help: "The names of the agents: a page of GET /v1/agents, or an array of {id, name}.",
    },
    collect: { meant: ["vendor", "fetch", "live"], help: "Collects the records. This is the default without FILE." },
    ...VENDOR_OPTIONS,
    ...FORMAT_OPTION,
  },
  examples: [
    "audit --period month --tz Europe/Paris",
    "audit webhooks.ndjson --answer june.json --tz America/New_York --out audit.md",
    "audit calls.ndjson messages.ndjson.gz --period week --tz Asia/Tokyo --format json",
  ],
  async run({ operands, options }) {
    const startedMs = Date.now();
    const format = formatOf(options);
    const out = outOf(options.out);
    if (options.collect && operands.length > 0) {
      throw wrongUsage("--collect counts what the vendor has, and reads no files; wanted one of them");
    }
    const isCollecting = operands.length === 0;
    const isAsking = options.answer === undefined;
    const vendor = isCollecting || isAsking ? await vendorOf(options) : undefined;
    const unused = Object.keys(VENDOR_OPTIONS).find((name) => Object.hasOwn(options, name));
    if (vendor === undefined && unused !== undefined) {
      throw wrongUsage(`--${unused} has no effect, because nothing is asked for: --answer and files are given`);
    }

    const { agents: agentsFile, answer: answerFile } = options;
    const named = [agentsFile, answerFile].filter((path) => path !== undefined);
    const inputs = await inputsOf([...operands, ...named]);
    const [directory, kept] = [agentsFile, answerFile].map((path) => {
      return path === undefined ? undefined : inputs[operands.length + named.indexOf(path)];
    });
    const answer = kept && (await answerIn(kept));
    const asked = queryOf(answer ? { ...optionsOf(answer), ...options } : { period: "month", ...options });
    const query: UsageQuery & { tz: string } = { ...asked.query, now: asked.query.now ?? startedMs, onInvalid: "skip" };
    if (answer === undefined) checkCurrent(asked, startedMs);
    if (directory !== undefined) {
      query.agents = await agentsOf(directory);
      checkAgents(directory, query);
    }

    const files = inputs.slice(0, operands.length);
    const found = await auditOf({ asked, query, vendor, kept: answer, files: isCollecting ? null : files });
    if (format !== "table") noteZone(asked);
    await write(shown(found), format);
    if (out !== undefined) await out(found);
    else if (format === "table" && !isRight(found)) note("--out audit.md writes this as a letter to AgentPhone");
    return isRight(found) ? EXIT.fine : EXIT.unusable;
  },
});

/** The period that a kept answer is of, as options. Options of the user replace them. */
function optionsOf(answer: Answer): { period: PeriodQuery["period"]; now?: string } {
  const { period, now } = periodOf(answer);
  return { period, ...(now !== undefined && { now: String(now) }) };
}

const FIELDS: readonly UsageField[] = ["messages", "calls", "totalSeconds"];

const HEADER = ["agentId", "agentName", ...FIELDS.flatMap((field) => [`${field} theirs`, `${field} ours`])];

function shown(found: Audit): Result {
  const rows = found.result.agents;
  return {
    value: resultOf(found),
    rows,
    header: HEADER,
    cells: rows.map((row) => [
      row.agentId,
      row.agentName,
      ...FIELDS.flatMap((field) => [row[field].theirs, row[field].ours]),
    ]),
    table: (width) => documentText(titleOf(found), partsOf(found), width),
  };
}
