import type { Answer } from "./http/answer.js";
import type { EndpointEntry, ReadQuery } from "./http/parameters.js";

/** A question that has passed every check: known path, allowed method, a token, sound parameters. */
export interface Question extends ReadQuery {
  request: Request;
  token: string;
  endpoint: EndpointEntry;
}

/** Where answers come from. Rejects only for faults of its own; the handler answers those with 500. */
export type Source = (question: Question) => Promise<Answer>;
