/** Answers questions about what the reader gives. The page of `usage-by-agent serve` asks none of them. */
import { recognise } from "../account/recognise.js";
import type { Answer, Question } from "../usage/messages.js";

/** Answers a question about files. `undefined` for others. */
export async function givenAnswer(question: Question): Promise<Answer | undefined> {
  if (SERVED) return undefined;
  if (question.kind === "recognise") return Promise.all(question.query.map(recognise));
  if (question.kind !== "audit") return undefined;
  const { computeAudit } = await import("../audit/compute.js"); // few readers audit
  return computeAudit(question.query);
}
