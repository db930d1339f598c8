import { type Endpoint, type Problem, type Validation, validateResponse } from "usage-by-agent";
import { checkChoice, listed } from "../arguments.js";
import { command } from "../command.js";
import { EXIT, wrongUsage } from "../failure.js";
import { FORMAT_OPTION, formatOf, write } from "../formats/formats.js";
import { table } from "../formats/table.js";
import { inputsOf, wholeOf } from "../input.js";
import { integerOf, PERIOD_OPTIONS, partialQueryOf } from "../period-options.js";
import { style } from "../terminal/output.js";

const ENDPOINTS = ["by-agent", "usage", "daily", "monthly", "by-number"] as const satisfies readonly Endpoint[];

const HEADER = ["severity", "path", "code", "message", "line", "byteOffset"] as const;

export const check = command({
  name: "check",
  summary: "checks a response of one of the five usage endpoints",
  operands: "ENDPOINT FILE",
  about: [
    `ENDPOINT is ${listed(ENDPOINTS)}. FILE contains the response's body; - is standard input. gzip data is decompressed.`,
    "Options say what was asked for. Only what they say is compared: without --tz, the bounds and days of any zone are right.",
    "The exit code is 1 if something is wrong with the response. Warnings do not change the exit code.",
  ],
  options: {
    ...PERIOD_OPTIONS,
    now: { ...PERIOD_OPTIONS.now, help: "An instant that the period, or the newest day or month, must contain." },
    days: { value: "N", help: "The number of days that were asked for." },
    months: { value: "N", help: "The number of months that were asked for." },
    ...FORMAT_OPTION,
  },
  examples: [
    "check by-agent answer.json --period month --tz America/New_York",
    "check daily - --days 30 --format json < days.json",
  ],
  async run({ operands, options }) {
    const [endpoint, path, ...more] = operands;
    if (endpoint === undefined) throw wrongUsage(`ENDPOINT is missing; wanted ${listed(ENDPOINTS)}`);
    checkChoice("ENDPOINT", endpoint, ENDPOINTS);
    if (path === undefined) throw wrongUsage("FILE is missing; wanted a file, or - for standard input");
    if (more.length > 0) throw wrongUsage(`${operands.length - 1} files are given; wanted one`);
    const expected = {
      ...partialQueryOf(options),
      ...(options.days !== undefined && { days: integerOf("--days", options.days) }),
      ...(options.months !== undefined && { months: integerOf("--months", options.months) }),
    };
    validateResponse(endpoint, "{}", expected); // notices wrong options before the file is read
    const [input] = await inputsOf([path]);
    if (input === undefined) return EXIT.unreadable;
    const checked = validateResponse(endpoint, await wholeOf(input), expected);
    const { ok } = checked;
    const problems = checked.ok ? checked.warnings : checked.problems;
    const result = {
      value: ok ? { ok, warnings: problems } : { ok, problems },
      rows: problems,
      header: HEADER,
      cells: problems.map((problem) => HEADER.map((name) => problem[name])),
      table: () => `${verdict(endpoint, input.name, checked)}${problems.length > 0 ? `\n${tableOf(problems)}` : ""}`,
    };
    await write(result, formatOf(options));
    return ok ? EXIT.fine : EXIT.unusable;
  },
});

function verdict(endpoint: Endpoint, name: string, checked: Validation<unknown>): string {
  const all = checked.ok ? checked.warnings : checked.problems;
  const errors = all.filter(({ severity }) => severity === "error").length;
  const warnings = all.length - errors;
  const found = [errors > 0 ? plural(errors, "problem") : "", warnings > 0 ? plural(warnings, "warning") : ""];
  const after = found.filter(Boolean).join(" and ");
  const says = checked.ok ? style.green(`is a valid response`) : style.red(`is not a valid response`);
  return `${name} ${says} of ${endpoint}${after ? `: ${after}` : ""}\n`;
}

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** Messages are not cut, because they are what the reader needs. They are last, and the terminal wraps them. */
function tableOf(problems: readonly Problem[]): string {
  const columns = ["Severity", "Path", "Code", "Message"].map((title) => ({ title }));
  return table(
    columns,
    problems.map(({ severity, path, code, message }) => [severity, path, code, message]),
  );
}
