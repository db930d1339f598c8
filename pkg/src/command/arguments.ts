// Reads the arguments of a command by its table of options. Node's own parser cuts them into tokens; it does not name the option
// that may be meant, so the tokens are judged here.

import { parseArgs } from "node:util";
import { nearest } from "../edit-distance.js";
import { wrongUsage } from "./failure.js";
import { printable } from "./terminal/printable.js";

/** An option of a command. */
export interface Option {
  /** What the option's value is called in the help, such as `FILE`. An option without it takes no value. */
  value?: string;
  /** The values that the option takes, if there are few. */
  choices?: readonly string[];
  /** Other names under which users may look for it. They are suggested and not accepted. */
  meant?: readonly string[];
  /** One sentence for the help. */
  help: string;
}

/** Options by their names, without the `--`. */
export type Options = Record<string, Option>;

/** The arguments of a command. */
export interface Arguments<O extends Options = Options> {
  /** What is not an option, such as files. */
  operands: string[];
  /** The values of the options that were given; `true` for an option without a value. */
  options: { [K in keyof O]?: O[K] extends { value: string } ? string : true };
}

/**
 * Reads arguments.
 *
 * @throws {Failure} for an option that does not exist, is given twice, or has a wrong value or none
 */
export function argumentsOf<O extends Options>(args: readonly string[], known: O): Arguments<O> {
  const types = Object.entries(known).map(
    ([name, { value }]) => [name, { type: value ? "string" : "boolean" }] as const,
  );
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(types),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const operands: string[] = [];
  const options: Record<string, string | true> = {};
  for (const token of tokens) {
    if (token.kind === "positional") operands.push(token.value);
    if (token.kind !== "option") continue;
    const { name, rawName, value, inlineValue } = token;
    const option = Object.hasOwn(known, name) && rawName === `--${name}` ? known[name] : undefined;
    if (option === undefined) throw unknownOption(rawName, known);
    if (Object.hasOwn(options, name)) throw wrongUsage(`${rawName} is given twice; wanted once`);
    options[name] = valueFrom(option, rawName, value, inlineValue === true);
  }
  return { operands, options: options as Arguments<O>["options"] };
}

function valueFrom(option: Option, name: string, value: string | undefined, isInline: boolean): string | true {
  if (option.value === undefined) {
    if (value !== undefined) throw wrongUsage(`${name} has the value ${quoted(value)}; it takes none`);
    return true;
  }
  const wanted = option.choices === undefined ? option.value : listed(option.choices);
  // A negative number and - alone are values. Anything else with a dash is more likely the next option.
  const isNext = !isInline && value !== undefined && /^-[^\d]/.test(value);
  if (value === undefined || isNext) throw wrongUsage(`${name} has no value; wanted ${wanted}`);
  if (option.choices !== undefined) checkChoice(name, value, option.choices);
  return value;
}

/**
 * Makes sure that a value is one of the choices.
 *
 * @param what what has the value: `"--format"`
 */
export function checkChoice<T extends string>(what: string, value: string, choices: readonly T[]): asserts value is T {
  if ((choices as readonly string[]).includes(value)) return;
  const near = nearest(value.toLowerCase(), choices, farthest(value))?.[0];
  const hint = near === undefined ? "" : `; did you mean ${near}?`;
  throw wrongUsage(`${what} is ${quoted(value)}: wanted ${listed(choices)}${hint}`);
}

/** Words with commas, and "or" before the last. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

function unknownOption(rawName: string, known: Options) {
  const bare = (name: string) => name.toLowerCase().replace(/[^a-z]/g, "");
  const asked = bare(rawName);
  const names = Object.keys(known);
  const meant = names.find((name) => bare(name) === asked || known[name]?.meant?.some((word) => bare(word) === asked));
  const near = meant ?? nearest(asked, names, farthest(asked))?.[0];
  const hint = near === undefined ? "--help lists the options" : `did you mean --${near}?`;
  return wrongUsage(`unknown option ${quoted(rawName)}: ${hint}`);
}

/** How many letters may differ in a word that is still thought to be meant. */
export const farthest = (word: string) => Math.max(1, Math.floor(word.length / 3));

/** What a user wrote, as a message shows it. */
export function quoted(text: string): string {
  const shown = printable(text);
  return `"${shown.length > 60 ? `${shown.slice(0, 59)}…` : shown}"`;
}
