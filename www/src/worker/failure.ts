import { UsageError } from "usage-by-agent";
import type { Failure } from "../usage/usage.js";

/** Turns a thrown value into data. The package's errors keep their code and place. Other errors come from reading a source. */
export function toFailure(error: unknown, where: Failure["where"], name?: string): Failure {
  const of = { where, ...(name !== undefined && { name }) };
  if (error instanceof UsageError) {
    const { code, message, path, line, byteOffset, problems } = error;
    return {
      ...of,
      code,
      message,
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
