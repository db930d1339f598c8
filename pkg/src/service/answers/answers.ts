import { createUsageHandler, type UsageHandler } from "usage-by-agent/handler";
import { Deadline } from "../../handler/deadline.js";
import { errorAnswer } from "../../handler/http/answer.js";
import { corsPolicy } from "../../handler/http/cors.js";
import { respond } from "../../handler/http/respond.js";
import type { Objects } from "../objects.js";
import type { Checked } from "../options.js";
import type { Authorized } from "../register/authorize.js";
import type { AccountSettings } from "../register/settings.js";
import { MergedCounts } from "./merged-counts.js";

/** How long the objects may take for one question, in milliseconds. */
const ASK_MS = 30_000;

/**
 * Answers the five endpoints and the breakdown from the shards of the account that a token names. The handler of the package computes
 * the answers.
 *
 * @param readerOf gives the account of a token; `null` for a token that is not accepted
 */
export function createAnswers(
  options: Checked,
  objects: Objects,
  readerOf: (token: string) => Promise<Authorized | null>,
): UsageHandler {
  const merged = new MergedCounts();
  /** Whose questions the requests are. `authorize` runs first, and the others need what it found. */
  const readers = new WeakMap<Request, Authorized>();
  /** Requests for which an object could not be asked. */
  const inTrouble = new WeakSet<Request>();

  /** Asks the objects of the account of a request. */
  async function asking<T>(request: Request, ask: (reader: Authorized, deadline: Deadline) => Promise<T>): Promise<T> {
    const reader = readers.get(request);
    if (reader === undefined) throw new Error("the account of the request is not known");
    const deadline = new Deadline(ASK_MS, request.signal);
    try {
      return await ask(reader, deadline);
    } catch (error) {
      inTrouble.add(request);
      throw error;
    } finally {
      deadline.end();
    }
  }

  const settingsOf = (request: Request) =>
    asking(request, async ({ account }, deadline): Promise<AccountSettings> => {
      return (await objects.register(account, deadline, (object) => object.registerEntry()))?.settings ?? {};
    });

  const handler = createUsageHandler({
    authorize: async (token, request) => {
      const reader = await readerOf(token).catch((error: unknown) => {
        inTrouble.add(request);
        throw error;
      });
      if (reader !== null) readers.set(request, reader);
      return reader !== null;
    },
    rollup: (request) =>
      asking(request, ({ account, view }, deadline) =>
        merged.of(`${account} ${view.generation}`, view.shards, (shard, since) =>
          objects.shard(account, shard, deadline, (object) => object.part(since)),
        ),
      ),
    query: async (request) => {
      const { tz, weekStart, boundsAs, agents } = await settingsOf(request);
      const own = { tz, weekStart, boundsAs, agents };
      const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
      return { ...options.query, ...given };
    },
    account: async (request) => (await settingsOf(request)).account ?? {},
    limits: options.limits,
    cors: { origins: options.cors },
    now: options.now,
    ...(options.onError && { onError: options.onError }),
  });
  const cors = corsPolicy(options.cors);
  return async (request) => {
    const response = await handler(request);
    if (response.status < 500 || !inTrouble.has(request)) return response;
    const headers = { "retry-after": "5" };
    const answer = errorAnswer(503, "unavailable", "The account can't be reached now. Try again later.", { headers });
    return respond(answer, request, cors, "computed");
  };
}
