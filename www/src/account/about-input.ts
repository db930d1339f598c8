import type { Problem } from "usage-by-agent";

/** Whether the problem is a warning about the whole input. A warning with a line belongs to the broken record before it. */
export function isAboutInput({ severity, line }: Problem): boolean {
  return severity === "warning" && line === undefined;
}
