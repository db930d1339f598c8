// Compares answers with counts, and takes the pair that agrees, or else the pair with the fewest open questions.

import { type Reconciliation, reconcile, type UsageQuery } from "usage-by-agent";
import type { ReadAnswer } from "./answer.js";
import type { Count, OwnCount } from "./own-count.js";

/** An answer, a count, and how they differ. */
export interface Pair {
  answer: ReadAnswer;
  count: Count;
  result: Reconciliation;
}

/**
 * Compares. The first answer is compared with the records until then. The second answer, which the vendor gave after the records had
 * been read, is compared with all of them.
 */
export function bestPair(first: ReadAnswer, second: ReadAnswer | null, own: OwnCount, query: UsageQuery): Pair {
  const one = paired(first, own.until, query);
  const isNews = second !== null && (own.all !== null || !haveEqualNumbers(first, second));
  if (one.result.equal || !isNews) return one;
  const other = paired(second, own.all ?? own.until, query);
  const isBetter = other.result.equal || other.result.unexplained.length < one.result.unexplained.length;
  return isBetter ? other : one;
}

function paired(answer: ReadAnswer, count: Count, query: UsageQuery): Pair {
  const { report, diagnostics, text } = count;
  const evidence = text.isTooLong ? { diagnostics } : { records: text.whole() };
  return { answer, count, result: reconcile(report, answer.report, { ...evidence, query }) };
}

function haveEqualNumbers(first: ReadAnswer, second: ReadAnswer): boolean {
  return reconcile(first.report, second.report).equal;
}

/** How much the vendor's totals grew from one answer to the next; `null` if they are of two periods. */
export function growth(first: ReadAnswer, second: ReadAnswer | null) {
  const compared = second && reconcile(first.report, second.report);
  if (!compared?.periods.equal) return null;
  const { messages, calls, totalSeconds } = compared.totals;
  return { messages: messages.delta, calls: calls.delta, totalSeconds: totalSeconds.delta };
}
