import { UsageError } from "usage-by-agent";

/** An error in the options of the handler, or in what one of them gave. Its message never quotes a value. */
export class InvalidOption extends UsageError {
  /** The message without the place, for callers. */
  readonly said: string;

  constructor(path: string, message: string) {
    super("invalid_option", message, { path });
    this.said = message;
  }
}

/** An error in the options of the handler. The message does not quote the value, because a URL may contain a password. */
export function invalidOption(path: string, message: string): InvalidOption {
  return new InvalidOption(path, message);
}

/** Whether the value is a Proxy that has been revoked. Every other use of it throws a TypeError. */
export function isRevoked(value: unknown): boolean {
  try {
    Array.isArray(value);
    return false;
  } catch {
    return true;
  }
}
