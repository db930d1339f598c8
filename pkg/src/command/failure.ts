// Errors that end the command, with its exit code.

import { UsageError } from "usage-by-agent";

/** The exit codes. */
export const EXIT = {
  /** Nothing is wrong. Warnings change no exit code. */
  fine: 0,
  /** Something differs, or the data can't be used. */
  unusable: 1,
  /** The arguments are wrong. */
  usage: 2,
  /** A file can't be read, or the output can't be written. */
  unreadable: 3,
} as const;

/** An error that ends the command. Its message is one line for people: what is wrong, where, and what is wanted. */
export class Failure extends Error {
  readonly exit: number;

  constructor(exit: number, message: string) {
    super(message);
    this.exit = exit;
  }
}

export const wrongUsage = (message: string) => new Failure(EXIT.usage, message);

export const unusable = (message: string) => new Failure(EXIT.unusable, message);

/**
 * The failure of reading or writing.
 *
 * @param what what was not possible: `"june.ndjson can't be read"`
 * @param error what the system threw
 */
export function unreadable(what: string, error: unknown): Failure {
  return new Failure(EXIT.unreadable, `${what}: ${systemReason(error)}`);
}

/**
 * The failure of writing a file.
 *
 * @param name the file's name for messages
 * @param error what the system threw
 */
export function unwritable(name: string, error: unknown): Failure {
  const { code, name: kind } = error as { code?: string; name?: string };
  const reason = WHILE_WRITING[code ?? ""] ?? WHILE_WRITING[kind ?? ""] ?? systemReason(error);
  return new Failure(EXIT.unreadable, `${name} can't be written: ${reason}`);
}

const WHILE_WRITING: Record<string, string> = {
  ENOENT: "its folder does not exist",
  NotCapable: "permission is denied by the runtime; with Deno, give --allow-read and --allow-write",
};

const REASONS: Record<string, string> = {
  ENOENT: "there is no file of that name",
  EISDIR: "it is a folder; wanted a file",
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  NotCapable: "permission is denied by the runtime; with Deno, give --allow-read", // Deno's own code
};

/** The reason of a system's error, without its code and its path. */
function systemReason(error: unknown): string {
  const { code, name, message = String(error) } = error as { code?: string; name?: string; message?: string };
  const known = REASONS[code ?? ""] ?? REASONS[name ?? ""];
  return known ?? message.replace(/^E[A-Z\d]+: /, "").replace(/, \w+( '.*)?$/s, "");
}

/** Whether an error is of the options of a call of the package, and not of the data. */
export function isOfOptions(error: unknown): error is UsageError {
  return error instanceof UsageError && OF_OPTIONS.has(error.code);
}

const OF_OPTIONS = new Set(["invalid_period", "invalid_tz", "invalid_now", "invalid_option", "out_of_range"]);

/** The message of an error without the place in the options, `(at /tz)`. */
export const withoutPlace = (error: Error) => error.message.replace(/ \(at [^()]*\)$/, "");

/** Any error as the failure that ends the command. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (isOfOptions(error)) return wrongUsage(inOptionsWords(error));
  return unusable(error instanceof Error ? error.message : String(error));
}

/** The package names its options in camelCase. The command names them as they are written in a terminal. */
function inOptionsWords(error: UsageError): string {
  const [, key] = /^\/(\w+)$/.exec(error.path ?? "") ?? [];
  const message = withoutPlace(error);
  if (key === undefined) return message;
  const option = `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  if (message.includes(`\`${key}\``)) return message.replaceAll(`\`${key}\``, option);
  return message.startsWith(`${key} `) ? `${option}${message.slice(key.length)}` : `${option}: ${message}`;
}
