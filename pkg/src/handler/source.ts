import type { Answer } from "./answer.js";
import type { EndpointFacts, ReadQuery } from "./query.js";

/** A question that has passed every check: known path, allowed method, a token, sound parameters. */
export interface Question extends ReadQuery {
  request: Request;
  token: string;
  facts: EndpointFacts;
}

/** Where answers come from. Rejects only for faults of its own; the handler answers those with 500. */
export type Source = (question: Question) => Promise<Answer>;
