// Compares answers with counts, and takes the pair that agrees, or else the pair with the fewest open questions.

import { reconcile, type UsageQuery } from "usage-by-agent";
import { type Answer, type Audit, audit } from "usage-by-agent/audit";
import type { Count, OwnCount } from "./own-count.js";

/**
 * Compares. The first answer is compared with the records until then. The second answer, which the vendor gave after the records had
 * been read, is compared with all of them.
 */
export function bestAudit(first: Answer, second: Answer | null, own: OwnCount, query: UsageQuery): Audit {
  const grown = growth(first, second);
  const of = (answer: Answer, { report, diagnostics, text }: Count): Audit => {
    const { completeness } = own;
    const records = text.isTooLong ? {} : { records: text.whole() };
    return { ...audit(answer, { report, diagnostics, query, completeness, ...records }), grown };
  };
  const one = of(first, own.until);
  const isNews = second !== null && grown !== null && (own.all !== null || !haveEqualNumbers(first, second));
  if (one.result.equal || !isNews) return one;
  const other = of(second, own.all ?? own.until);
  const isBetter = other.result.equal || other.result.unexplained.length < one.result.unexplained.length;
  return isBetter ? other : one;
}

function haveEqualNumbers(first: Answer, second: Answer): boolean {
  return reconcile(first.report, second.report).equal;
}

/** How much the vendor's totals grew from one answer to the next; `null` if they are of two periods. */
function growth(first: Answer, second: Answer | null): Audit["grown"] {
  const compared = second && reconcile(first.report, second.report);
  if (!compared?.periods.equal) return null;
  const { messages, calls, totalSeconds } = compared.totals;
  return { messages: messages.delta, calls: calls.delta, totalSeconds: totalSeconds.delta };
}
