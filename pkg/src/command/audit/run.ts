// Asks, counts and compares.

import { periodBounds, type UsageQuery } from "usage-by-agent";
import type { Answer, Audit } from "usage-by-agent/audit";
import type { Input } from "../input.js";
import type { Asked } from "../period-options.js";
import { clearProgress, progress, warn } from "../terminal/output.js";
import type { Vendor } from "../vendor-options.js";
import { answerOf } from "./answer.js";
import { bestAudit } from "./compare.js";
import { countFiles, countLists } from "./own-count.js";

/** What an audit is of. */
export interface Subject {
  asked: Asked;
  /** The period, with its moment, and how records are counted. */
  query: UsageQuery & { tz: string };
  /** Where to ask; not needed with an answer and files. */
  vendor: Vendor | undefined;
  /** The answer that was kept, if the vendor is not asked. */
  kept: Answer | undefined;
  /** The files of records; `null` to collect them. */
  files: readonly Input[] | null;
}

/**
 * Audits.
 *
 * @throws {Failure} if the vendor can't be asked, or a file can't be used
 */
export async function auditOf({ asked, query, vendor, kept, files }: Subject): Promise<Audit> {
  const bounds = periodBounds(query);
  const first = kept ?? (await answerOf(vendor as Vendor, asked));
  // Without the time of the answer, all records of the period are compared with it.
  const until = first.request === null ? Number.POSITIVE_INFINITY : Date.parse(first.request.answeredAt) + 999;
  const own =
    files === null ? await countLists(vendor as Vendor, bounds, query, until) : await countFiles(files, query);
  const second = kept || vendor === undefined ? null : await askedAgain(vendor, asked);
  if (own.until.text.isTooLong) warn("the records are longer than 512 MiB, so they are not counted again");
  progress("comparing");
  try {
    return bestAudit(first, second, own, query);
  } finally {
    clearProgress();
  }
}

/** The second answer. Without it, the first is still good. */
async function askedAgain(vendor: Vendor, asked: Asked): Promise<Answer | null> {
  try {
    return await answerOf(vendor, asked);
  } catch (error) {
    warn(`AgentPhone was not asked a second time: ${(error as Error).message}`);
    return null;
  }
}
