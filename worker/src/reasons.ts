import { UsageError } from "usage-by-agent";

/**
 * The reason of a 5xx, for the log. The messages of `UsageError` and of `JSON.parse` may quote a record, so the log gets the code
 * and the place instead.
 */
export function reasonFor(error: unknown): string {
  if (error instanceof UsageError) {
    const { code, path, line } = error;
    if (code === "unknown_records") return aboutInput(error);
    return [code, path && `at ${path}`, line && `line ${line}`].filter(Boolean).join(", ");
  }
  if (!(error instanceof Error)) return `a ${typeof error} was thrown`;
  return error instanceof SyntaxError ? error.name : `${error.name}: ${error.message.slice(0, 300)}`;
}

/** A problem of the whole input, for the log. The message may quote the first record of an unknown kind, so quoted text is cut out. */
export function aboutInput({ code, message }: { code: string; message: string }): string {
  return `${code}: ${code === "unknown_records" ? message.replace(/".*"/s, '"…"') : message}`;
}
