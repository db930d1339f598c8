import { collect } from "usage-by-agent/collect";
import { isLoopback } from "../../bridge/base-url.js";
import { checkKeys, keys } from "../../bridge/known-keys.js";
import { isOptions } from "../../bridge/values.js";
import { invalidOption } from "../../handler/invalid-option.js";
import { instantMs } from "../instant.js";

/** How an account's records are collected, as `PUT /v1/admin/accounts/{account}/collecting` takes it. */
export interface CollectingSettings {
  /** The vendor's API key. It is stored, because it is sent to the vendor. No answer contains it. */
  token: string;
  /** The vendor's URL. Default: `https://api.agentphone.ai`. */
  baseUrl?: string;
  /** The sub-account that is asked about. Default: the key's own account. */
  subAccountId?: string;
  /** After how many hours the vendor is asked again: 1 to 168; default 6. */
  everyHours?: number;
  /** The beginning of what is collected first, in RFC 3339. Another one collects from there again. Default: 35 days ago. */
  since?: string;
  /** Whether the vendor's report of the current month is audited once a day, after a collection. Default: `true`. */
  audit?: boolean;
  /** A URL of yours that gets the result of each audit by POST. It is `https`, or this machine. Default: none. */
  notify?: string;
}

const SETTINGS = keys("token baseUrl subAccountId everyHours since audit notify");

/**
 * Checks the settings of collecting.
 *
 * @throws {UsageError} `invalid_option`, at the place of the wrong setting
 */
export function checkCollecting(given: unknown): CollectingSettings {
  if (!isOptions(given)) throw invalidOption("", "the settings must be an object");
  checkKeys(given, SETTINGS);
  const { token, baseUrl, subAccountId, everyHours, since, audit, notify } = given as unknown as Record<
    string,
    unknown
  >;
  if (typeof token !== "string") throw invalidOption("/token", "`token` must be the vendor's API key");
  const isHours =
    typeof everyHours === "number" && Number.isInteger(everyHours) && everyHours >= 1 && everyHours <= 168;
  if (everyHours !== undefined && !isHours) {
    throw invalidOption("/everyHours", "`everyHours` must be a whole number from 1 to 168");
  }
  if (since !== undefined && !(instantMs(since) > 0)) {
    throw invalidOption("/since", "`since` must be a time such as 2025-01-01T00:00:00Z");
  }
  if (audit !== undefined && typeof audit !== "boolean") {
    throw invalidOption("/audit", "`audit` must be true or false");
  }
  if (notify !== undefined && !isEndpoint(notify)) {
    throw invalidOption("/notify", "`notify` must be an https URL, without a user and a fragment");
  }
  const settings = { ...given } as unknown as CollectingSettings;
  // Its own check of the vendor's options. Nothing is asked before a collection is iterated.
  collect({
    token,
    ...(baseUrl !== undefined && { baseUrl: baseUrl as string }),
    ...(subAccountId !== undefined && { subAccountId: subAccountId as string }),
    window: { startMs: 0, endMs: 1 },
  });
  return settings;
}

/** Whether a value is the URL of an endpoint. Only that of this machine may be `http`. */
function isEndpoint(value: unknown): boolean {
  if (typeof value !== "string" || !URL.canParse(value)) return false;
  const { protocol, hostname, username, password, hash } = new URL(value);
  const isSafe = protocol === "https:" || (protocol === "http:" && isLoopback(hostname));
  return isSafe && username === "" && password === "" && hash === "";
}
