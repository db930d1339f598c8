import { UsageError } from "usage-by-agent";

/** An error of the code that made the handler. Values are not repeated: a URL may hold a password. */
export function invalidOption(path: string, message: string): UsageError {
  return new UsageError("invalid_option", message, { path });
}
