import { UsageError, type UsageErrorCode } from "usage-by-agent";
import type { Failure } from "../usage/usage.js";

/** What some of the package's errors mean to whoever uses the page. */
const IN_OTHER_WORDS: { [code in UsageErrorCode]?: (message: string) => string } = {
  out_of_memory: () =>
    "The browser has not enough memory for this. The command needs less and gets more: npx usage-by-agent report FILE…",
  terminated: (message) => `The counting was stopped by a fault of the browser or of this page. (${message})`,
  invalid_snapshot: (message) => {
    if (message.includes("dedupe"))
      return "These saved counts were made with the other setting of “Count the same id once”. Change it under “How records are read”.";
    if (message.includes("aggregator's"))
      return "These saved counts are of one period alone: this page opens those of a UsageRollup.";
    const why = message.replace(/^the snapshot can't be merged: /, "").replace(/ \(at .*\)$/, "");
    return `These saved counts can’t be used: ${why}.`;
  },
};

/** Turns a thrown value into data. The package's errors keep their code and place. Other errors come from reading a source. */
export function toFailure(error: unknown, where: Failure["where"], name?: string): Failure {
  const of = { where, ...(name !== undefined && { name }) };
  if (error instanceof UsageError) {
    const { code, path, line, byteOffset, problems } = error;
    return {
      ...of,
      code,
      message: IN_OTHER_WORDS[code]?.(error.message) ?? error.message,
      ...(path !== undefined && { path }),
      ...(line !== undefined && { line }),
      ...(byteOffset !== undefined && { byteOffset }),
      ...(problems !== undefined && { problems }),
    };
  }
  const said = error instanceof Error ? error.message : String(error);
  if (error instanceof SyntaxError) return { ...of, code: "invalid_json", message: said };
  if (error instanceof DOMException) {
    const message = `The file can't be read, or changed since it was chosen. Choose it again. (${said})`;
    return { ...of, code: "unreadable_file", message };
  }
  return { ...of, code: "unexpected", message: said };
}
