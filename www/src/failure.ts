import { UsageError } from "usage-by-agent";
import type { Failure } from "./protocol.js";

/**
 * Turns a thrown value into data. The package's errors keep their code and place. Other errors come from reading the file.
 */
export function toFailure(error: unknown, where: Failure["where"]): Failure {
  if (error instanceof UsageError) {
    const { code, message, path, line, byteOffset, problems } = error;
    return {
      where,
      code,
      message,
      ...(path !== undefined && { path }),
      ...(line !== undefined && { line }),
      ...(byteOffset !== undefined && { byteOffset }),
      ...(problems !== undefined && { problems }),
    };
  }
  const said = error instanceof Error ? error.message : String(error);
  if (error instanceof SyntaxError) return { where, code: "invalid_json", message: said };
  if (error instanceof DOMException) {
    return {
      where,
      code: "unreadable_file",
      message: `The file can't be read, or changed since it was chosen. Choose it again. (${said})`,
    };
  }
  return { where, code: "unexpected", message: said };
}
