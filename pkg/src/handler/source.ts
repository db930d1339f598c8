import type { Answer } from "./answer.js";
import type { ReportQuery } from "./query.js";

/** A question that has passed every check: known path, allowed method, a token, sound parameters. */
export interface Question {
  request: Request;
  token: string;
  query: ReportQuery;
}

/** Where reports come from. Rejects only for faults of its own; the handler answers those with 500. */
export type Source = (question: Question) => Promise<Answer>;
