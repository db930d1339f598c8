import { bytesOf, isArray, property, typeName } from "../bridge/values.js";
import { parseErrorResponse } from "../error-response.js";
import type { Endpoint, Look, LookKind } from "../types.js";
import { nameOf } from "./name.js";
import { quoted } from "./shown.js";
import { lookOfText } from "./text.js";

/**
 * A kind of object: the words for one object and for a list of them, the keys that it must have (`all`), and keys of which one is
 * enough (`any`).
 */
interface Kind {
  kind: LookKind;
  one: string;
  many?: string;
  all: string[];
  any?: string[];
}

const READS = "use validateResponse for responses";

const path = (endpoint: Endpoint) => (endpoint === "usage" ? "/v1/usage" : `/v1/usage/${endpoint}`);
const row = (kind: Endpoint, all: string[]): Kind => ({
  kind,
  one: `a row of GET ${path(kind)}: ${READS}`,
  many: `the rows of GET ${path(kind)}: ${READS}`,
  all,
});
const answer = (kind: Endpoint, all: string[]): Kind => ({
  kind,
  one: `a response of GET ${path(kind)}: ${READS}`,
  all,
});
const foreign = (what: string, vendor: string, all: string[], any?: string[]): Kind => ({
  kind: "foreign",
  one: `a ${what} of ${vendor}, not of AgentPhone`,
  many: `a list of ${what}s of ${vendor}, not of AgentPhone`,
  all,
  ...(any && { any }),
});

/** The kinds of objects that are known, in camelCase. The first that fits counts. */
const KINDS: Kind[] = [
  answer("by-agent", ["data", "period", "periodStart"]),
  answer("usage", ["stats", "numbers"]),
  answer("daily", ["data", "days"]),
  answer("monthly", ["data", "months"]),
  row("by-agent", ["agentId", "messages", "calls", "totalSeconds"]),
  row("daily", ["date", "messages", "calls"]),
  row("monthly", ["month", "messages", "calls"]),
  row("by-number", ["numberId", "messages", "calls"]),
  {
    kind: "conversations",
    one: "a conversation without its messages: GET /v1/conversations/{id} has its messages",
    many: "a list of conversations without their messages: GET /v1/conversations/{id} has the messages of one",
    all: ["participant"],
    any: ["lastMessageAt", "messageCount"],
  },
  {
    kind: "deliveries",
    one: "an attempt to deliver a webhook, of GET /v1/webhooks/deliveries",
    many: "a list of attempts to deliver webhooks, of GET /v1/webhooks/deliveries",
    all: ["eventType"],
    any: ["attemptCount", "httpStatus"],
  },
  {
    kind: "agents",
    one: "an agent, of GET /v1/agents",
    many: "a list of agents, of GET /v1/agents",
    all: ["id", "name"],
    any: ["voiceMode", "modelTier", "numbers"],
  },
  {
    kind: "numbers",
    one: "a phone number, of GET /v1/numbers",
    many: "a list of phone numbers, of GET /v1/numbers",
    all: ["id", "phoneNumber", "country", "status"],
  },
  {
    kind: "lists",
    one: "an object with lists of messages and of calls: give each list by itself",
    all: ["messages", "calls"],
  },
  foreign("record", "Twilio", ["sid"], ["accountSid", "dateCreated"]),
  foreign("call", "Vapi", ["orgId"], ["assistantId", "squadId"]),
  foreign("call", "Retell", ["callId"], ["startTimestamp", "callStatus"]),
  foreign("call", "Bland", ["callId"], ["callLength", "correctedDuration", "concatenatedTranscript"]),
  foreign("conversation", "ElevenLabs", ["conversationId"], ["startTimeUnixSecs"]),
  foreign("usage record", "OpenAI", ["object"], ["inputTokens", "numModelRequests", "results"]),
];

/** The most keys of an object that are compared. */
const MAX_KEYS = 1000;

/**
 * What a parsed JSON value looks like that is not a record: `"an agent, of GET /v1/agents"`, `'an error body: "Invalid API key"'`,
 * `"an object with the keys a, b, c"`. At most 200 characters, in plain English. Keys in snake_case are known too. It never throws,
 * whatever a Proxy or a getter does.
 */
export function lookOfValue(value: unknown): string {
  try {
    if (typeof value === "string") return lookOfString(value);
    return lookOfKind(value) ?? lookOfWebhook(value) ?? lookOfError(value) ?? lookOfList(value) ?? nameOf(value);
  } catch {
    return `${typeName(value)} that can't be read`;
  }
}

/**
 * Says what input is that can't be records: a response of one of the five endpoints, a list of agents or of phone numbers, an error
 * body, an export of another vendor, or text in another format. Text is parsed. Nothing is counted, and it never throws.
 *
 * @param input text, bytes or a parsed value; of a long text only the beginning is needed, to recognise its format
 * @returns `undefined` for what may be records, and for what is not recognised
 *
 * @example
 * ```ts
 * lookOf('{"data":[{"id":"a1","name":"Support","voiceMode":"hosted"}]}')?.kind; // "agents"
 * lookOf("id,agentId\n1,a1\n")?.words; // "CSV with the columns id, agentId"
 * ```
 */
export function lookOf(input: unknown): Look | undefined {
  try {
    const text = typeof input === "string" ? input : bytesOf(input);
    if (text === undefined) return knownLook(input);
    const words = lookOfText(text);
    if (words !== undefined) return { kind: "format", words };
    return knownLook(
      JSON.parse((typeof text === "string" ? text : new TextDecoder().decode(text.slice())).replace(/^\ufeff/, "")),
    );
  } catch {
    return undefined; // newline-delimited, cut or broken text, which may contain records
  }
}

function knownLook(value: unknown): Look | undefined {
  const [kind, words] = known(value) ?? [];
  if (kind !== undefined && words !== undefined) return { kind, words };
  const error = lookOfError(value);
  return error === undefined ? undefined : { kind: "error", words: error };
}

/** The kind of an object, or of the items of a list or page, and its words. */
function known(value: unknown): [LookKind, string] | undefined {
  const one = kindOf(value);
  if (one !== undefined) return [one.kind, one.one];
  const many = kindOf(property(listIn(value), 0));
  return many?.many === undefined ? undefined : [many.kind, many.many];
}

function lookOfString(text: string): string {
  if (/^\s*[[{]\s*["{[\]}]/.test(text)) return "JSON inside a string: parse it first";
  const look = lookOfText(text);
  return look === undefined ? "a string" : `a string with ${look}`;
}

function lookOfKind(value: unknown): string | undefined {
  return kindOf(value)?.one;
}

function kindOf(value: unknown): Kind | undefined {
  if (typeof value !== "object" || value === null || isArray(value)) return undefined;
  const keys = new Set(
    Object.keys(value)
      .slice(0, MAX_KEYS)
      .map((key) => key.replace(/_([a-z\d])/g, (_, letter: string) => letter.toUpperCase())),
  );
  const has = (key: string) => keys.has(key);
  return KINDS.find(({ all, any }) => all.every(has) && (any === undefined || any.some(has)));
}

/** A list, or an object whose `data` or `items` is one, by its first item. */
function lookOfList(value: unknown): string | undefined {
  const list = listIn(value);
  if (list === undefined) return undefined;
  const many = kindOf(property(list, 0))?.many;
  if (many !== undefined || list !== value) return many;
  return property(list, "length") === 0 ? "an empty array" : "an array";
}

function listIn(value: unknown): unknown[] | undefined {
  return [value, property(value, "data"), property(value, "items")].find(isArray);
}

function lookOfWebhook(value: unknown): string | undefined {
  const body = property(value, "body");
  const event = property(value, "event") ?? property(body, "event"); // an envelope has the webhook in its body
  if (typeof event === "string") {
    const isDocumented = /^agent\.(?:message|call_ended|reaction|contact_shared)$/.test(event);
    return `a webhook of the event ${quoted(event)}${isDocumented ? "" : ", which is not documented"}`;
  }
  if (typeof body === "string" && /^\s*\{/.test(body) && /"event"|\\"event\\"/.test(body.slice(0, 10_000))) {
    return "a webhook whose `body` is text: parse `body` first";
  }
  return undefined;
}

/** An error body has one of these keys, with a value. A `message` or a `title` alone does not make an error body. */
function lookOfError(value: unknown): string | undefined {
  const has = (key: string) => Boolean(property(value, key));
  const isError =
    has("error") ||
    has("errors") ||
    has("detail") ||
    property(value, "success") === false ||
    ((has("message") || has("title") || has("Message")) &&
      (has("code") || has("status") || has("statusCode") || has("__type")));
  if (!isError) return undefined;
  const { message } = parseErrorResponse(0, value);
  return message.endsWith(" status is 0.") ? "an error body" : `an error body: ${quoted(message)}`;
}
