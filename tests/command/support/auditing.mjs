/** A vendor with an account of June 2025 and its bill. */
import { Random } from "../../../tools/generate/random.mjs";
import { makeAccount } from "../../support/collect-vendor.mjs";
import { rowsBy } from "../../support/miscount.mjs";
import { packed } from "../../support/packed.mjs";
import { at, KEY, serve } from "./collecting.mjs";

/** The moment of the audit, and what asks for it. */
export const NOW = "2025-06-20T12:00:00Z";
export const ASKED = { period: "month", tz: "America/New_York", now: NOW };

/** An account whose calls have fractions of seconds, and whose failed calls have seconds. Nothing is later than the audit. */
export function audited(seed = 1) {
  const account = makeAccount(seed, { calls: 900 });
  const random = new Random(seed, 92);
  const isPast = (time) => Date.parse(time) < Date.parse(NOW);
  const calls = account.calls
    .map((call) => ({
      ...call,
      durationSeconds: (call.durationSeconds ?? random.below(90)) + random.below(1000) / 1000,
    }))
    .filter(({ startedAt, endedAt }) => isPast(endedAt ?? startedAt));
  const conversations = account.conversations.map(({ messages, ...talk }) => {
    return { ...talk, messages: messages.filter(({ receivedAt }) => isPast(receivedAt)) };
  });
  return { ...account, calls, conversations };
}

/** Every record of an account. */
export function recordsOf({ calls, conversations }) {
  const named = ({ messages, agentId }) => messages.map((message) => ({ ...message, agentId }));
  return [...calls, ...conversations.flatMap(named)];
}

/** The vendor's answer, counted by the naive count with mistakes. */
export function billOf(account, asked = ASKED, mistakes = {}) {
  const names = new Map(account.agents.map(({ id, name }) => [id, name]));
  const data = rowsBy(recordsOf(account), asked, mistakes).map((row) => {
    return { ...row, agentName: row.agentId === null ? "Unassigned" : (names.get(row.agentId) ?? row.agentId) };
  });
  return { ...packed.usageByAgent([], asked), data };
}

export const isOfReport = ({ url }) => new URL(url).pathname === "/v1/usage/by-agent";

/**
 * Serves an account with a bill, or with several, one for each time that it is asked for.
 *
 * @returns the vendor, and the options that ask it at the moment of the audit
 */
export async function serveBill(account, bills, manners) {
  const list = [bills].flat();
  let asked = 0;
  const instead = (request) => {
    if (!isOfReport(request)) return undefined;
    const bill = list[Math.min(asked++, list.length - 1)];
    if (bill instanceof Response) return bill.clone();
    return Response.json(bill, { headers: { "x-request-id": `req_${asked}`, date: new Date(NOW).toUTCString() } });
  };
  const served = await serve({ account, instead, manners });
  const arguments_ = ["audit", "--base-url", served.url, "--tz", ASKED.tz];
  return { ...served, args: arguments_, env: { ...KEY, NODE_OPTIONS: at(NOW) } };
}
