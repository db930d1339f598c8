/** What is never a fault: a record's phone number, channel, direction, and the id of its delivery. */
import { get, isObject, isText } from "./fields.mjs";

const DIRECTIONS = ["inbound", "outbound", "web"];
const utf8 = new TextEncoder();

/** A channel without blanks around it and in lower case. It is "" if it is not known. */
export function normalised(channel) {
  if (!isText(channel)) return "";
  const name = channel
    .replace(/^[ \t\r\n\f]+/, "")
    .replace(/[ \t\r\n\f]+$/, "")
    .replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const isLong = name.length > 64 || (name.length > 21 && utf8.encode(name).length > 64);
  return isLong ? "other" : name;
}

/** The channel of a call is its type. "call" and "message" are kinds of records, and not channels. */
export function channelOfCall(type) {
  const channel = normalised(type);
  return channel === "call" || channel === "message" ? "" : channel;
}

export const directionOf = (value) => (DIRECTIONS.includes(value) ? value : "");

const firstText = (...values) => values.find(isText) ?? null;

/** The id of a listed record's or a conversation's phone number. */
export const numberOf = (object) => firstText(get(object, "phoneNumberId"), get(object, "numberId"));

/**
 * The id of a webhook's delivery, or null. `envelope` is null for a webhook without one. The header decides, then `id`, then
 * `deliveryId`. `webhookId` may name the configuration, so it is not read.
 */
export function deliveryOf(webhook, envelope) {
  const outer = envelope ?? {};
  return firstText(
    headerOf(outer),
    headerOf(webhook),
    webhook.id,
    outer.id,
    get(webhook, "deliveryId"),
    get(outer, "deliveryId"),
  );
}

/** The last usable one of the headers x-webhook-id. */
function headerOf({ headers }) {
  if (!isObject(headers)) return null;
  const named = Object.entries(headers).filter(([name]) => /^x-webhook-id$/i.test(name));
  return named.map(([, value]) => value).findLast(isText) ?? null;
}
