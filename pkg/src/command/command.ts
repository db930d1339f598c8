import type { Arguments, Options } from "./arguments.js";

/** A command: its help, and what it does. */
export interface Command<O extends Options = Options> {
  name: string;
  /** What the command does, in one line. */
  summary: string;
  /** What follows the command's name in a line of use. */
  operands: string;
  /** Paragraphs for the help. */
  about: readonly string[];
  options: O;
  /** What follows `usage-by-agent` in examples. */
  examples: readonly string[];
  /**
   * Runs the command.
   *
   * @returns the exit code
   * @throws {Failure} and errors of the package
   */
  run(args: Arguments<O>): Promise<number>;
}

/** Gives a command its type, so that `run` knows the options. */
export function command<const O extends Options>(definition: Command<O>): Command {
  return definition as unknown as Command;
}
