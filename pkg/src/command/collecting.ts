// Collects records from the vendor, and says on standard error how far that is and what is missing.

import { UsageError } from "usage-by-agent";
import {
  type CollectedPage,
  type Collection,
  type CollectOptions,
  type CollectProgress,
  collect,
} from "usage-by-agent/collect";
import { EXIT, Failure } from "./failure.js";
import { clearProgress, note, progress, warn } from "./terminal/output.js";

/**
 * Collects records.
 *
 * @param options the options of `collect`
 * @param take gets each page, and may be asynchronous
 * @param begin gets the collection before anything is asked, for those who need it although it fails
 * @returns the collection, which has ended
 * @throws {Failure} if the vendor can't be asked, and whatever `take` throws
 */
export async function collectPages(
  options: CollectOptions,
  take: (page: CollectedPage, collection: Collection) => void | Promise<void>,
  begin?: (collection: Collection) => void,
): Promise<Collection> {
  const collection = collect({ ...options, onProgress: showProgress });
  begin?.(collection);
  try {
    for await (const page of collection) await take(page, collection);
    return collection;
  } catch (error) {
    throw vendorsFailure(error);
  } finally {
    clearProgress();
  }
}

function showProgress({ list, listed, total, given }: CollectProgress): void {
  const of = total === null ? "" : ` of ${total}`;
  progress(`collecting: ${given} records; ${WORDS[list]}: ${listed}${of}`);
}

/** The lists, as people call them. */
export const WORDS: Record<CollectProgress["list"], string> = {
  agents: "agents",
  numbers: "phone numbers",
  conversations: "conversations",
  messages: "messages",
  calls: "calls",
  messagesByNumber: "messages by phone number",
};

/** What a user of the command has to do, by the code of an error. */
const ADVICE: Partial<Record<UsageError["code"], string>> = {
  unauthorized: "check AGENTPHONE_API_KEY, or the file of --token-file",
  forbidden: "wanted an API key that may list the account's calls and messages",
  rate_limited: "try again later",
  upstream_unreachable: "check the network and --base-url, and try again",
  upstream_invalid: "check --base-url",
};

/** An error of the vendor, as the failure that ends the command. Other errors stay as they are. */
export function vendorsFailure(error: unknown): unknown {
  const advice = error instanceof UsageError ? ADVICE[error.code] : undefined;
  if (!(error instanceof UsageError) || advice === undefined) return error;
  // The package's advice names its own options.
  const [got = ""] = error.message.split("; wanted").flatMap((part) => part.split("; go on from"));
  const exit = error.code === "upstream_invalid" ? EXIT.unusable : EXIT.unreadable;
  return new Failure(exit, `${got.replace(/: is `baseUrl` right\?$/, "")}; ${whenToTry(error.message) ?? advice}`);
}

/** When to try again, if the vendor has said it with `Retry-After`: a number of seconds, or a date. */
function whenToTry(message: string): string | undefined {
  const [, after] = / after the "([^"]+)" of Retry-After/.exec(message) ?? [];
  if (after === undefined) return undefined;
  return /^\d+$/.test(after) ? `try again in ${after} seconds` : `try again after ${after}`;
}

/**
 * What a collection does not contain, in one line for each fact.
 *
 * @returns nothing if the collection is complete
 */
export function shortfallsOf(collection: Collection): string[] {
  const { complete, lists, shortfalls, moreShortfalls } = collection.completeness();
  if (complete) return [];
  const said = shortfalls.filter(({ code }) => code !== "gone").map(({ message, path }) => `${message} (${path})`);
  if (moreShortfalls > 0) said.push(`and ${moreShortfalls} more lists are short`);
  if (said.length > 0) return said;
  return lists.filter((list) => !list.complete).map(({ list }) => `the list of ${WORDS[list]} was not read to its end`);
}

/** Says on standard error what a collection does not contain, and what may change later. */
export function sayShortfalls(collection: Collection): void {
  for (const shortfall of shortfallsOf(collection)) warn(`not everything was collected: ${shortfall}`);
  const { callsNotFinal } = collection.completeness().notes;
  const had = callsNotFinal === 1 ? "1 call had" : `${callsNotFinal} calls had`;
  if (callsNotFinal > 0) note(`${had} not ended when the vendor listed the calls`);
}
