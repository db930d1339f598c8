import { isArray, property, typeName } from "../bridge/values.js";
import { parseErrorResponse } from "../error-response.js";
import { nameOf } from "./name.js";
import { quoted } from "./shown.js";
import { lookOfText } from "./text.js";

/**
 * A kind of object: the words for one object and for a list of them, the keys that it must have (`all`), and keys of which one is
 * enough (`any`).
 */
interface Kind {
  one: string;
  many?: string;
  all: string[];
  any?: string[];
}

const READS = "use validateResponse for responses";

const row = (path: string, all: string[]): Kind => ({
  one: `a row of GET ${path}: ${READS}`,
  many: `the rows of GET ${path}: ${READS}`,
  all,
});
const answer = (path: string, all: string[]): Kind => ({ one: `a response of GET ${path}: ${READS}`, all });
const foreign = (what: string, vendor: string, all: string[], any?: string[]): Kind => ({
  one: `a ${what} of ${vendor}, not of AgentPhone`,
  many: `a list of ${what}s of ${vendor}, not of AgentPhone`,
  all,
  ...(any && { any }),
});

/** The kinds of objects that are known, in camelCase. The first that fits counts. */
const KINDS: Kind[] = [
  answer("/v1/usage/by-agent", ["data", "period", "periodStart"]),
  answer("/v1/usage", ["stats", "numbers"]),
  answer("/v1/usage/daily", ["data", "days"]),
  answer("/v1/usage/monthly", ["data", "months"]),
  row("/v1/usage/by-agent", ["agentId", "messages", "calls", "totalSeconds"]),
  row("/v1/usage/daily", ["date", "messages", "calls"]),
  row("/v1/usage/monthly", ["month", "messages", "calls"]),
  row("/v1/usage/by-number", ["numberId", "messages", "calls"]),
  {
    one: "a conversation without its messages: GET /v1/conversations/{id} has its messages",
    many: "a list of conversations without their messages: GET /v1/conversations/{id} has the messages of one",
    all: ["participant"],
    any: ["lastMessageAt", "messageCount"],
  },
  {
    one: "an attempt to deliver a webhook, of GET /v1/webhooks/deliveries",
    many: "a list of attempts to deliver webhooks, of GET /v1/webhooks/deliveries",
    all: ["eventType"],
    any: ["attemptCount", "httpStatus"],
  },
  {
    one: "an agent, of GET /v1/agents",
    many: "a list of agents, of GET /v1/agents",
    all: ["id", "name"],
    any: ["voiceMode", "modelTier", "numbers"],
  },
  {
    one: "a phone number, of GET /v1/numbers",
    many: "a list of phone numbers, of GET /v1/numbers",
    all: ["id", "phoneNumber", "country", "status"],
  },
  { one: "an object with lists of messages and of calls: give each list by itself", all: ["messages", "calls"] },
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
  const list = [value, property(value, "data"), property(value, "items")].find(isArray);
  if (list === undefined) return undefined;
  const many = kindOf(property(list, 0))?.many;
  if (many !== undefined || list !== value) return many;
  return property(list, "length") === 0 ? "an empty array" : "an array";
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
