#!/usr/bin/env node
// The command `usage-by-agent`: finds the command that is meant, runs it, and ends with its exit code.

import process from "node:process";
import { versions } from "usage-by-agent";
import { nearest } from "../edit-distance.js";
import { argumentsOf, farthest, listed, quoted } from "./arguments.js";
import type { Command } from "./command.js";
import { audit } from "./commands/audit.js";
import { bounds } from "./commands/bounds.js";
import { check } from "./commands/check.js";
import { collect } from "./commands/collect.js";
import { report } from "./commands/report.js";
import { serve } from "./commands/serve.js";
import { EXIT, failureOf, wrongUsage } from "./failure.js";
import { helpOf, helpOfAll } from "./help.js";
import { flushed, print, sayError } from "./terminal/output.js";

const COMMANDS: readonly Command[] = [report, audit, collect, check, bounds, serve];

async function run(args: readonly string[]): Promise<number> {
  const [first, ...rest] = args;
  if (first === "--version" || first === "-V") return said(versionLine());
  if (first === "--help" || first === "-h") return said(helpOfAll(COMMANDS));
  if (first === "help") return said(rest[0] === undefined ? helpOfAll(COMMANDS) : helpOf(commandOf(rest[0])));
  const command = commandOf(first);
  if (isHelpWanted(rest)) return said(helpOf(command));
  return command.run(argumentsOf(rest, command.options));
}

async function said(text: string): Promise<number> {
  await print(text);
  return EXIT.fine;
}

function versionLine(): string {
  const { package: version, tzdb } = versions();
  return `usage-by-agent ${version} (tz database ${tzdb})\n`;
}

/** Whether help is asked for, before a `--` that ends the options. */
function isHelpWanted(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  const options = end < 0 ? args : args.slice(0, end);
  return options.includes("--help") || options.includes("-h");
}

function commandOf(name: string | undefined): Command {
  const names = COMMANDS.map((command) => command.name);
  if (name === undefined) throw wrongUsage(`no command is named; wanted ${listed(names)}, or --help`);
  const command = COMMANDS.find((each) => each.name === name);
  if (command !== undefined) return command;
  if (name.startsWith("-"))
    throw wrongUsage(`the first argument is ${quoted(name)}; wanted a command: ${listed(names)}`);
  const near = nearest(name.toLowerCase(), names, farthest(name))?.[0];
  throw wrongUsage(`unknown command ${quoted(name)}: ${near ? `did you mean ${near}?` : `wanted ${listed(names)}`}`);
}

let exitCode: number;
try {
  exitCode = await run(process.argv.slice(2));
} catch (error) {
  const { message, exit } = failureOf(error);
  sayError(message);
  exitCode = exit;
}
await flushed();
process.exit(exitCode); // at once, also where standard input is still open
