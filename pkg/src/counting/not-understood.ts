import { UsageError } from "../errors.js";

/**
 * The error for input without a record of a known kind.
 *
 * @param look what the input looks like
 */
export function notUnderstood(look: string): UsageError {
  const wanted = look.includes("wanted ") ? "" : "; wanted calls, messages, webhooks, or lists of these";
  const message = `nothing of the input is understood: it looks like ${look}${wanted}`;
  return new UsageError("unknown_records", message, { path: "" });
}
