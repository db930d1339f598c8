// The core's errors.

import { UsageError, type UsageErrorCode, type UsageErrorDetails } from "../errors.js";
import { withHint } from "../zone-hint.js";
import { requireRoom } from "./stack.js";

/** An error as the core throws it: a plain object. */
export type Fault = { code: UsageErrorCode; message: string } & UsageErrorDetails;

/** What is put behind the message of a fault. */
export type Hint = (fault: Fault) => string;

/** Whether the core threw this. */
export function isFault(thrown: unknown): thrown is Fault {
  return typeof thrown === "object" && thrown !== null && !(thrown instanceof Error) && "code" in thrown;
}

/**
 * The core's error as a {@link UsageError}. The message of `invalid_tz` gets the zone that the wrong name may mean.
 *
 * @param zones gives the names of all zones, separated by line feeds
 * @param within the path of the core's input inside the caller's input, which is put before the error's path
 * @param hint gives what is put behind the error's message
 */
export function usageErrorOf(fault: Fault, zones: () => string, within = "", hint: Hint = () => ""): UsageError {
  const { code, path } = fault;
  return new UsageError(code, withHints(fault, zones, hint), { ...fault, path: path && within + path });
}

/** The message with its hint. Near the end of the stack there is none, and the error must not become another one. */
function withHints(fault: Fault, zones: () => string, hint: Hint): string {
  const { code, message } = fault;
  try {
    requireRoom(64);
    return code === "invalid_tz" ? withHint(message, zones) : message + hint(fault);
  } catch {
    return message;
  }
}

/** The code of what ended a call. There is no regular expression here, because the stack may be nearly full. */
export function endingOf(reason: string, lacksMemory = false): "out_of_memory" | "terminated" {
  const isMemory = lacksMemory || reason.includes("memory") || reason.includes("allocation");
  return isMemory ? "out_of_memory" : "terminated";
}
