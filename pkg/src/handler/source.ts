import type { Answer } from "./http/answer.js";
import type { EndpointEntry, ReadQuery } from "./http/parameters.js";

/** A request that has passed every check: its path is known, its method allowed, its token accepted and its parameters valid. */
export interface Question extends ReadQuery {
  request: Request;
  token: string;
  endpoint: EndpointEntry;
}

/** Gives the answer to a request. It rejects only for an error of its own, which the handler turns into a 500. */
export type Source = (question: Question) => Promise<Answer>;
