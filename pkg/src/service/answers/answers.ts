import { createUsageHandler, type UsageHandler } from "usage-by-agent/handler";
import type { Checked } from "../options.js";

export function createAnswers(
  _options: Checked & { authorize: (token: string) => Promise<boolean> },
  _accountOf: (request: Request) => string,
): UsageHandler {
  return createUsageHandler({ records: () => [], authorize: (token) => _options.authorize(token) });
}
