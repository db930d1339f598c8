/**
 * Collects the records of an account from the vendor: calls, conversations and their messages, agents and phone numbers. Asks for the
 * vendor's report.
 *
 * @module
 */

import { ask } from "./ask.js";
import { Collecting } from "./collection.js";
import { deliveries } from "./deliveries.js";
import type {
  AskOptions,
  Collection,
  CollectOptions,
  DeliveriesOptions,
  ListedDelivery,
  VendorAnswer,
} from "./types.js";

export type * from "./types.js";

/**
 * Collects the calls and messages of a window from the vendor, page by page. Nothing is asked before the collection is iterated.
 *
 * Memory is bounded for an account of any size: some pages are in memory, and of the ids only hashes, at most 16 MiB of them. With
 * more than 131,072 calls or messages, the oldest ids are forgotten. A record may then come twice, with an equal id, so counts stay
 * right. Agents and numbers are kept, at most 20,000 of each.
 *
 * How the lists are read:
 *
 * - Calls have no filter by time. The list is read to its end, or to a page of older calls, if its order has been seen to fall by
 *   `startedAt`. Pages overlap, so that no call is lost while others arrive. Calls that are not final are asked for again at the end,
 *   by their ids, and given out once, as they are then.
 * - Conversations are listed newest first, to those whose last message is older than the window. At the end, the beginning of the list
 *   is read again, until it has nothing new. A conversation that got messages meanwhile is read again; only its new messages are given.
 * - Messages are listed by conversation. A conversation of up to 200 messages takes one request, which gives all of them, so that
 *   their number can be compared with `messageCount`. Of a longer one, only the span around the window is asked for.
 * - Beyond what is needed, a fifth of the requests at most is sent to prove that nothing is missing.
 *
 * @param options the token, the window, and how to ask
 * @returns pages by `for await`; `state()` to go on later; `completeness()` for what is missing
 * @throws {UsageError} `invalid_option`, with a place such as `/token` or `/resume`; the errors of `periodBounds` for a wrong period,
 *   below `/window`. The iteration throws `unauthorized` (401) and `forbidden` (403) at once; `rate_limited` (429),
 *   `upstream_unreachable` (no connection, 408, 425, 5xx) and `upstream_invalid` (no JSON, a redirect, another status) after the last
 *   attempt; `aborted`. Their `problems` name the lists that had not been read. What `token` and `onProgress` throw comes through
 *   unchanged. The error of a failed `fetch` is quoted, and not passed on, because it may contain the token.
 *
 * @example
 * ```ts
 * const window = { period: "month", tz: "Europe/Paris", offset: -1 } as const;
 * const collection = collect({ token: process.env.AGENTPHONE_API_KEY ?? "", window });
 * const rollup = new UsageRollup();
 * for await (const { records } of collection) rollup.push(records);
 * const { complete, shortfalls } = collection.completeness();
 * if (!complete) console.warn(shortfalls.map(({ message }) => message));
 * console.log(rollup.byAgent({ ...window, agents: collection.agents() }));
 * ```
 */
export function collect(options: CollectOptions): Collection {
  return new Collecting(options);
}

/**
 * Asks the vendor for its report by agent, and gives the answer as it came: for `reconcile`, and to keep as evidence. The vendor
 * answers for the current week, month or year alone, so ask on a schedule, and keep the last answer of each period.
 *
 * The body is not checked beyond that it is a JSON object of at most 8 MiB; `validateResponse` checks it.
 *
 * @param options the token, the period and the zone, and how to ask
 * @returns the body, and when and how it was asked for
 * @throws {UsageError} as the iteration of {@link collect}; `invalid_option` for a wrong option, with its place
 *
 * @example
 * ```ts
 * const answer = await askByAgent({ token: process.env.AGENTPHONE_API_KEY ?? "", period: "month", tz: "Europe/Paris" });
 * const checked = validateResponse("by-agent", answer.body, { period: "month", tz: "Europe/Paris" });
 * console.log(answer.answeredAt, checked.ok);
 * ```
 */
export function askByAgent(options: AskOptions): Promise<VendorAnswer> {
  return ask(options);
}

/**
 * Lists the deliveries of webhooks of the last week, page by page. The vendor leaves the id of a message out of some deliveries. The
 * list says which message each of them told.
 *
 * @param options the token, how many hours, and how to ask
 * @returns pages by `for await`; none where the vendor has no such list
 * @throws {UsageError} as the iteration of {@link collect}; `invalid_option` for a wrong option, with its place
 *
 * @example
 * ```ts
 * const messages = new Map<string, string>();
 * for await (const page of listDeliveries({ token: process.env.AGENTPHONE_API_KEY ?? "" })) {
 *   for (const { id, messageId } of page) if (messageId !== null) messages.set(id, messageId);
 * }
 * ```
 */
export function listDeliveries(options: DeliveriesOptions): AsyncIterable<ListedDelivery[]> {
  return deliveries(options);
}
