import type {
  Account,
  DailyUsageResponse,
  MonthlyUsageResponse,
  NumberLimits,
  NumberUsageItem,
  NumberUsageResponse,
  PhoneNumber,
  PlanInfo,
  UsageStats,
} from "usage-by-agent";
import { ACCOUNT, checkKeys } from "../../bridge/known-keys.js";
import { isOptions } from "../../bridge/values.js";
import { invalidOption, isRevoked } from "../invalid-option.js";

/** An {@link Account} that has been checked. Reading it does not use it up. */
export interface ParsedAccount {
  /** The plan, the counts of phone numbers and the statistics, as the owner stated them. */
  stated: Pick<Account, "plan" | "numbers" | "stats">;
  /** The number of webhook deliveries of each date (`YYYY-MM-DD`) and of each month (`YYYY-MM`). */
  webhooks: Map<string, number>;
  /** The phone numbers by their ids. */
  phoneNumbers: Map<string, PhoneNumber>;
}

const LIMITS = ["numbers", "messagesPerMonth", "voiceMinutesPerMonth", "maxCallDurationMinutes", "concurrentCalls"];
const NUMBERS = ["used", "limit", "remaining"];

/**
 * Checks the account that the handler's owner supplies. Callers receive its values, so they must have the documented shape.
 *
 * @throws {UsageError} `invalid_option`, with the path of the wrong value; the message does not quote the value
 */
export function parseAccount(account: Account | undefined): ParsedAccount {
  if (account != null && !isOptions(account)) throw invalidOption("/account", "`account` must be an object");
  const given = object(account ?? {}, "/account");
  checkKeys(given, ACCOUNT, "/account");
  const { plan, numbers, stats, webhooks, phoneNumbers } = given;
  const known: ParsedAccount = { stated: {}, webhooks: new Map(), phoneNumbers: new Map() };
  if (plan != null) {
    const { name, limits } = object(plan, "/account/plan");
    text(name, "/account/plan/name");
    if (limits !== undefined) counts(limits, LIMITS, "/account/plan/limits");
    known.stated.plan = plan as PlanInfo;
  }
  if (numbers != null) known.stated.numbers = counts(numbers, NUMBERS, "/account/numbers") as unknown as NumberLimits;
  if (stats != null) known.stated.stats = readStats(object(stats, "/account/stats"));
  if (webhooks != null) readWebhooks(webhooks, known.webhooks);
  if (phoneNumbers != null) readNumbers(phoneNumbers, known.phoneNumbers);
  return known;
}

function readStats(stats: Record<string, unknown>): Partial<UsageStats> {
  const stated: Partial<UsageStats> = Object.fromEntries(Object.entries(stats).filter(([, value]) => value != null));
  counts(stated, Object.keys(stated), "/account/stats");
  const { successfulWebhookDeliveries: good = 0, failedWebhookDeliveries: bad = 0 } = stated;
  if (good + bad > (stated.totalWebhookDeliveries ?? Number.MAX_SAFE_INTEGER)) {
    const message = "`account.stats` must not have more successful and failed deliveries than deliveries";
    throw invalidOption("/account/stats/totalWebhookDeliveries", message);
  }
  return stated;
}

function readWebhooks(webhooks: unknown, into: Map<string, number>): void {
  const deliveries = object(webhooks, "/account/webhooks");
  for (const date of Object.keys(deliveries)) {
    const path = `/account/webhooks/${date.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    if (!isDate(date)) throw invalidOption(path, "the keys of `account.webhooks` must be dates, YYYY-MM-DD");
    const stated = count(deliveries[date], path);
    const month = date.slice(0, 7);
    const sum = (into.get(month) ?? 0) + stated;
    if (!Number.isSafeInteger(sum))
      throw invalidOption(path, "the deliveries of a month in `account.webhooks` must not sum to 2^53 or more");
    into.set(date, stated).set(month, sum);
  }
}

/** Whether the text is a date that exists: February has no 30th day. */
function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function readNumbers(given: unknown, into: Map<string, PhoneNumber>): void {
  const page = object(given, "/account/phoneNumbers");
  const { data } = page;
  const listed = Symbol.iterator in page ? page : data;
  if (typeof listed !== "object" || listed === null || !(Symbol.iterator in listed)) {
    throw invalidOption(
      "/account/phoneNumbers",
      "`account.phoneNumbers` must be iterable, or a page of GET /v1/numbers",
    );
  }
  let index = 0;
  for (const entry of listed as Iterable<unknown>) {
    const path = `/account/phoneNumbers/${index++}`;
    const { id, phoneNumber, country, status, agentId } = object(entry, path);
    if (text(id, `${path}/id`) === "") throw invalidOption(`${path}/id`, "a phone number's id must not be empty");
    const number: PhoneNumber = {
      id: id as string,
      phoneNumber: text(phoneNumber ?? "", `${path}/phoneNumber`),
      country: text(country ?? "", `${path}/country`),
      status: text(status ?? "", `${path}/status`),
    };
    if (agentId !== undefined) number.agentId = agentId === null ? null : text(agentId, `${path}/agentId`) || null;
    into.set(number.id, number);
  }
}

function object(value: unknown, path: string): Record<PropertyKey, unknown> {
  if (typeof value === "object" && value !== null && !isRevoked(value)) return value as Record<PropertyKey, unknown>;
  throw invalidOption(path, `\`${option(path)}\` must be an object`);
}

function text(value: unknown, path: string): string {
  if (typeof value === "string") return value;
  throw invalidOption(path, `\`${option(path)}\` must be a string`);
}

function count(value: unknown, path: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw invalidOption(path, `\`${option(path)}\` must be a whole number of 0 or more`);
}

function counts(value: unknown, names: string[], path: string): Record<string, number> {
  const fields = object(value, path);
  for (const name of names) count(fields[name], `${path}/${name}`);
  return fields as Record<string, number>;
}

function option(path: string): string {
  return path.slice(1).replaceAll("/", ".");
}

/** Fills in the webhook deliveries of each row; 0 where the account does not state them. */
export function withWebhooks<T extends DailyUsageResponse | MonthlyUsageResponse>(
  series: T,
  account: ParsedAccount,
): T {
  for (const row of series.data) {
    row.webhooks = account.webhooks.get("date" in row ? row.date : row.month) ?? 0;
  }
  return series;
}

/**
 * Describes each phone number as the account does, and adds a row of zeros for each phone number without usage.
 *
 * @param names the agents' names by their ids
 */
export function withNumbers(
  usage: NumberUsageResponse,
  account: ParsedAccount,
  names: ReadonlyMap<string, string>,
): NumberUsageResponse {
  const known = new Map(usage.data.map(({ agentId, agentName }) => [agentId ?? "", agentName ?? ""]));
  const nameOf = (id: string) => names.get(id) ?? known.get(id) ?? id;
  const idle = new Map(account.phoneNumbers);
  const described = (row: NumberUsageItem): NumberUsageItem => {
    const { agentId = row.agentId, phoneNumber, country, status } = account.phoneNumbers.get(row.numberId) ?? row;
    idle.delete(row.numberId);
    const { numberId, messages, calls } = row;
    const agent = agentId === undefined ? {} : { agentId, agentName: agentId === null ? null : nameOf(agentId) };
    return { numberId, phoneNumber: phoneNumber || row.phoneNumber, country, status, ...agent, messages, calls };
  };
  const data = usage.data.map(described);
  const none = data.at(-1)?.numberId === "" ? data.splice(-1) : [];
  const unused = [...idle.keys()]
    .sort()
    .map((numberId) => described({ numberId, phoneNumber: "", country: "", status: "", messages: 0, calls: 0 }));
  return { data: [...data, ...unused, ...none] };
}
