// Writes the help.

import type { Option } from "./arguments.js";
import type { Command } from "./command.js";
import { wrapped } from "./terminal/wrapped.js";

const NAME = "usage-by-agent";

/** The widest line of the help. */
const WIDTH = 100;

/** The help of one command. */
export function helpOf({ name, summary, operands, about, options, examples }: Command): string {
  return [
    `${NAME} ${name}: ${summary}`,
    `Usage: ${NAME} ${name} ${operands} [options]`,
    ...about.map((paragraph) => wrapped(paragraph, WIDTH)),
    `Options:\n${listOf(Object.entries(options).map(optionInWords))}`,
    examplesOf(examples),
  ].join("\n\n");
}

/** The help of all commands. */
export function helpOfAll(commands: readonly Command[]): string {
  const first = commands.map(({ examples }) => examples[0] ?? "");
  return [
    `${NAME}: AgentPhone usage by agent, in any time zone, from your own records`,
    `Usage: ${NAME} COMMAND [options]`,
    `Commands:\n${listOf(commands.map(({ name, summary }) => [name, `${summary}.`]))}`,
    `Options:\n${listOf([
      ["--help", "Prints this help; after a command, that of the command."],
      ["--version", "Prints the version, and the release of the tz database."],
    ])}`,
    "Exit codes: 0 without an error, also with warnings; 1 if something differs, or the data can't be used;\n" +
      "2 for wrong arguments; 3 for what can't be read or written.",
    examplesOf(first),
  ].join("\n\n");
}

function optionInWords([name, { value, help }]: [string, Option]): [string, string] {
  return [value === undefined ? `--${name}` : `--${name} ${value}`, help];
}

const examplesOf = (examples: readonly string[]) =>
  `Examples:\n${examples.map((example) => `  ${NAME} ${example}\n`).join("")}`;

/** Terms with their texts beside them. */
function listOf(entries: readonly (readonly [string, string])[]): string {
  const width = Math.max(...entries.map(([term]) => term.length)) + 4;
  return entries
    .map(([term, text]) => {
      const indented = wrapped(text, WIDTH - width).replaceAll("\n", `\n${" ".repeat(width)}`);
      return `  ${term.padEnd(width - 2)}${indented}`;
    })
    .join("\n");
}
