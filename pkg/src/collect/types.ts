import type { AgentPage, NumberPage, Period, PeriodQuery } from "usage-by-agent";
import type { Awaitable } from "../handler/options.js";

export type { Awaitable } from "../handler/options.js";

/** Where and how the vendor is asked. */
export interface VendorOptions {
  /**
   * The vendor's API key, or a function that gives it, which is called before each request. It is sent to `baseUrl` alone, after no
   * redirect, and is in no state, error or progress.
   */
  token: string | (() => Awaitable<string>);
  /**
   * The vendor's URL, or that of your own Worker that passes the requests on. It may have a path. `http` is accepted for this machine
   * alone (`localhost`, `127.0.0.1`, `[::1]`), because the token would be readable on the way. Default `https://api.agentphone.ai`.
   */
  baseUrl?: string;
  /** The id of the sub-account that is asked about: 1 to 128 visible characters of ASCII. Default: the token's own account. */
  subAccountId?: string;
  /**
   * The most further attempts of one request after 408, 425, 429, 5xx, a failed connection, or a body that is cut or is not JSON. 0
   * to 20; default 6. The pauses double from 0.2 to 5 seconds, half of each is random, and `Retry-After` is heard. One attempt takes
   * 60 seconds at most, and all attempts of one request with their pauses take 5 minutes at most.
   */
  retries?: number;
  /** Ends the work at once, with a `UsageError` of code `aborted` whose `cause` is the signal's reason. */
  signal?: AbortSignal;
  /** The function that sends requests. Default: the global `fetch`. */
  fetch?: typeof fetch;
}

/** The options of `collect`. */
export interface CollectOptions extends VendorOptions {
  /** The records to collect: those of a period, or of the window `startMs <= t < endMs` in epoch milliseconds. */
  window: PeriodQuery | { startMs: number; endMs: number };
  /** The `state()` of an earlier collection of the same account and window, to go on from there. */
  resume?: string;
  /** Whether the messages are also listed by phone number, and compared by their ids. Default `false`. */
  verify?: boolean;
  /** The most requests at a time. 1 to 16; default 4. */
  concurrency?: number;
  /** Is called after each response. An error that it throws ends the collection, and is thrown unchanged. */
  onProgress?(progress: CollectProgress): void;
}

/** The options of `listDeliveries`. */
export interface DeliveriesOptions extends VendorOptions {
  /** How many hours of deliveries are listed: 1 to 168; default 168, a week, which is the most. */
  hours?: number;
}

/** A delivery of a webhook, as the vendor lists it. */
export interface ListedDelivery {
  /** The id of the delivery: that of its header `X-Webhook-ID`. */
  id: string;
  /** The id of the message that it told; `null` if it told none, or if the vendor does not say it. */
  messageId: string | null;
}

/** The options of `askByAgent`. */
export interface AskOptions extends VendorOptions {
  /** The kind of period. The vendor answers for the current one alone. */
  period: Period;
  /** The IANA name of the time zone. Without it, the vendor chooses a zone, which it does not document. */
  tz?: string;
}

/** The vendor's answer to `GET /v1/usage/by-agent`, as it came. */
export interface VendorAnswer {
  /** The URL that was asked. It does not contain the token. */
  url: string;
  /** When the vendor answered, by the vendor's clock if the answer has the header `Date`, in whole seconds: `YYYY-MM-DDTHH:MM:SSZ`. */
  answeredAt: string;
  /** The header `X-Request-Id` of the answer, which the vendor may ask for; `null` if there is none. */
  requestId: string | null;
  /** The body: JSON text of an object. `validateResponse` says whether the object is a report. */
  body: string;
}

/** The lists that are read. `messages` are those of the conversations. `messagesByNumber` is read with `verify`. */
export type ListName = "agents" | "numbers" | "conversations" | "messages" | "calls" | "messagesByNumber";

/** How far a collection is. */
export interface CollectProgress {
  /** The list that is being read. */
  list: ListName;
  /** How many different items of this list have been read. */
  listed: number;
  /** How many items the list has, as the vendor says; `null` if it does not say. */
  total: number | null;
  /** How many records have been given out. */
  given: number;
  /** How many requests have been sent, with further attempts. */
  requests: number;
}

/** Some records of the window, as the vendor gave them. */
export interface CollectedPage {
  /** What the records are. */
  kind: "calls" | "messages";
  /**
   * The records. A message that does not name its agent, phone number or channel has those of its conversation written in, as
   * `agentId`, `phoneNumberId` and `channel`.
   */
  records: object[];
}

/** What is missing in a list. */
export interface Shortfall {
  /** The list. */
  list: ListName;
  /** The path of the request, such as `/v1/conversations/conv_1/messages`. */
  path: string;
  /**
   * - `short`: the vendor says that there are more items than the list has
   * - `instant`: more messages have one time, to the millisecond, than a page can have, so that some can't be listed
   * - `unpaged`: there are more messages, but those of the page have no time from which to go on
   * - `unseen`: messages of a phone number are in no conversation (with `verify`)
   * - `gone`: a conversation, or a call that was not final, was listed and then not found. It does not make the collection incomplete.
   */
  code: "short" | "instant" | "unpaged" | "unseen" | "gone";
  /** How many items are missing at least; `null` if that is not known. */
  missing: number | null;
  /** What is missing, in words for people. */
  message: string;
}

/** What was read of one list. */
export interface ListCompleteness {
  /** The list. */
  list: ListName;
  /** How many different items were read. For messages and calls, this includes those outside of the window. */
  listed: number;
  /** How many records of the window were given out, for `messages` and `calls`; for the other lists, how many items were used. */
  given: number;
  /**
   * How many items there are, as the vendor says: the `total` of the last page. For `messages` it is the sum of `messageCount` of the
   * conversations that were listed whole. `null` if the vendor does not say.
   */
  total: number | null;
  /**
   * How far it was read: `"end"`, to its end; `"stop"`, to items older than the window, in a list that was seen to be sorted by time,
   * newest first; `"open"`, not yet that far.
   */
  read: "end" | "stop" | "open";
  /** How many items are missing at least. */
  missing: number;
  /** Whether it was read to its end or by the stop rule, and nothing is known to be missing. */
  complete: boolean;
}

/** What the vendor's own counts say. They are evidence and no proof: their zone and rules are not documented. */
export interface CollectEvidence {
  /** The sums of the rows of `GET /v1/usage/daily` whose dates are in the window, as dates of UTC; `null` if there are none. */
  daily: { days: number; messages: number; calls: number } | null;
  /** The sums of `GET /v1/usage/by-agent`, if it answers about the period of the window; `null` otherwise. */
  byAgent: { messages: number; calls: number; totalSeconds: number } | null;
}

/** What was listed, what the vendor says there is, and what is missing. */
export interface Completeness {
  /**
   * Whether the collection has ended, each list was read to its end or by the stop rule, each conversation that was listed whole has as
   * many messages as its `messageCount` says, and no message was left out because too many have one time.
   */
  complete: boolean;
  /** The window whose records were collected. */
  window: { startMs: number; endMs: number };
  /** The lists, in the order in which they are read. */
  lists: ListCompleteness[];
  /** What is missing, at most 100 of them. */
  shortfalls: Shortfall[];
  /** How many more shortfalls there are. */
  moreShortfalls: number;
  /** Facts about single records. */
  notes: {
    /** Conversations of which only a part is in the window, and whose number of messages was therefore not compared. */
    conversationsNotCompared: number;
    /** Calls that were not final when they were given out. */
    callsNotFinal: number;
    /** Items that arrived while the lists were read, in a list without an order, and that may not have been seen. */
    arrivedMeanwhile: number;
    /** Whether messages were compared by phone number: `null` without `verify`, or if the collection was resumed. */
    verified: boolean | null;
  };
  /** The vendor's own counts. */
  evidence: CollectEvidence;
}

/** A collection: pages of records, and what is known about them. It can be iterated once at a time, and goes on where it was left. */
export interface Collection extends AsyncIterable<CollectedPage> {
  /**
   * Where the collection is, as JSON text for the option `resume`. It covers every page after which another page was asked for. The
   * page that was given out last comes again, unless the loop has ended by itself. So no page is lost, even if the loop was left by
   * an error. A page that comes again has equal ids, so counts stay right. It has at most 512 KiB, and does not contain the token.
   */
  state(): string;
  /** The agents that exist, for the option `agents` of a report. Deleted agents are not listed by the vendor. */
  agents(): AgentPage;
  /** The phone numbers that exist, and those released numbers that the records name and the vendor still knows. */
  numbers(): NumberPage;
  /** What was listed, what the vendor says there is, and what is missing. It may be called at any time. */
  completeness(): Completeness;
}
