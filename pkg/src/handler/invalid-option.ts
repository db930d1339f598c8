import { UsageError } from "usage-by-agent";

/** An error in the options of the handler. The message does not quote the value, because a URL may contain a password. */
export function invalidOption(path: string, message: string): UsageError {
  return new UsageError("invalid_option", message, { path });
}
