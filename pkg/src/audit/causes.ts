// Says causes in the words of a person who reads a bill.

import type { Cause, CauseCode } from "../reconcile/types.js";

/** What a cause means, and what to do about it. */
export interface Explanation {
  /** What AgentPhone, or the own count, does. */
  what: string;
  /** What to look at, or whom to ask. */
  todo: string;
}

/** The details of a cause, as far as they are used. They come from a comparison, and their types are not relied on. */
export interface Detail {
  tz?: unknown;
  zones?: unknown;
  weekStart?: unknown;
  periodStart?: unknown;
  periodEnd?: unknown;
  statuses?: unknown;
  seconds?: unknown;
  agents?: unknown;
  records?: unknown;
  problem?: unknown;
}

const text = (value: unknown) => (typeof value === "string" ? value : "?");
const texts = (value: unknown) => (Array.isArray(value) ? value.map(text) : []);

/** Some words with commas, the last after "and". Of many, the first five and the number of the others. */
export function enumerated(words: readonly string[], last = "and"): string {
  if (words.length > 6) return `${words.slice(0, 5).join(", ")} ${last} ${words.length - 5} more`;
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`;
}

const window = ({ periodStart, periodEnd }: Detail) => `from ${text(periodStart)} to ${text(periodEnd)}`;

/** Zones that most people know. Of the zones with equal numbers, one of these is named. */
const KNOWN = (
  "UTC America/New_York America/Los_Angeles America/Chicago Europe/London Europe/Paris Asia/Tokyo Asia/Kolkata Asia/Shanghai " +
  "Australia/Sydney America/Denver America/Sao_Paulo Europe/Istanbul Asia/Dubai Asia/Jakarta Asia/Karachi Asia/Kathmandu " +
  "Australia/Adelaide Australia/Brisbane Pacific/Auckland Pacific/Honolulu America/Halifax America/Phoenix Africa/Lagos Africa/Cairo"
).split(" ");

/** The zone that the words name, of the zones that a cause gives. */
export const zoneIn = ({ tz, zones }: Detail) => KNOWN.find((zone) => texts(zones).includes(zone)) ?? text(tz);

function zones(detail: Detail): string {
  const all = texts(detail.zones);
  const one = zoneIn(detail);
  return all.length < 2 || one === "UTC"
    ? one
    : `${one}, or of one of ${all.length - 1} more zones that give equal numbers`;
}

const names = ({ agents }: Detail) =>
  enumerated((Array.isArray(agents) ? agents : []).map((agent: { agentName?: unknown }) => text(agent.agentName)));

const UNITS: Record<number, string> = { 1: "a whole second", 6: "six seconds", 60: "a whole minute" };

const WORDS: Record<CauseCode, (detail: Detail) => Explanation> = {
  other_zone: (detail) => ({
    what: `AgentPhone counted the period of another time zone, ${window(detail)}: that of ${zones(detail)}`,
    todo: "Look at the zone that was asked for. Without the parameter tz, AgentPhone chooses a zone that it does not document.",
  }),
  other_week_start: (detail) => ({
    what: `AgentPhone begins the week on ${text(detail.weekStart)}`,
    todo: "Count weeks from this day. AgentPhone does not document the first day of its week.",
  }),
  other_period: (detail) => ({
    what: `AgentPhone counted another period: ${window(detail)}`,
    todo: "Look at the time of the request: AgentPhone answers for the period of that time.",
  }),
  bounds_written_otherwise: () => ({
    what: "the two sides write the same moments in different ways: as UTC, or as local time",
    todo: "There is nothing to do: this changes no number.",
  }),
  failed_calls_counted: (detail) => ({
    what: `AgentPhone counts calls that were not completed: those with the status ${enumerated(texts(detail.statuses).map(quoted), "or")}`,
    todo: "Tell AgentPhone. Its documentation says that only completed calls count.",
  }),
  duplicates_counted: () => ({
    what: "AgentPhone counts some calls or messages more than once",
    todo: "Tell AgentPhone. The ids that came twice are those of one call or message each.",
  }),
  duplicates_not_counted: () => ({
    what: "the count of the records contains some calls or messages more than once",
    todo: "Count each id once.",
  }),
  redeliveries_counted: () => ({
    what: "AgentPhone counts each delivery of a webhook, also when it delivers one event again",
    todo: "Tell AgentPhone. Events that were delivered more than once have an attemptCount above 1 in its list of deliveries.",
  }),
  tests_counted: () => ({
    what: "AgentPhone counts records that are marked as tests",
    todo: "Ask AgentPhone whether tests are to be counted.",
  }),
  voice_turns_counted: () => ({
    what: "AgentPhone counts each spoken turn of a call as a message",
    todo: "Tell AgentPhone. The turns of a call are part of the call.",
  }),
  outbound_messages_missing: () => ({
    what: "AgentPhone leaves out the messages that the agents sent",
    todo: "Ask AgentPhone which messages count. Its documentation does not say it.",
  }),
  inbound_messages_missing: () => ({
    what: "AgentPhone leaves out the messages that the agents received",
    todo: "Ask AgentPhone which messages count. Its documentation does not say it.",
  }),
  span_billed: () => ({
    what: "AgentPhone takes the seconds of a call from its start to its end, and not its duration",
    todo: "Ask AgentPhone. The time from start to end may contain the ringing.",
  }),
  rounded_up_per_call: (detail) => ({
    what: `AgentPhone rounds each call up to ${UNITS[Number(detail.seconds)] ?? `${String(detail.seconds)} seconds`}`,
    todo: "Look at what your plan says about rounding.",
  }),
  rounded_to_nearest: () => ({
    what: "AgentPhone rounds each call to the nearest second",
    todo: "Mostly there is nothing to do: the difference is a second a call at most.",
  }),
  rounded_after_sum: () => ({
    what: "AgentPhone adds up the fractions of seconds of all calls, and rounds the sum",
    todo: "Mostly there is nothing to do: the difference is a second a call at most.",
  }),
  agent_deleted: (detail) => ({
    what: `AgentPhone has the usage of ${names(detail) || "some agents"} under Unassigned, as after the deletion of an agent`,
    todo: "If you deleted them, there is nothing to do: the totals do not change. Otherwise, ask AgentPhone.",
  }),
  unassigned_moved: () => ({
    what: "one side has usage under Unassigned that the other side has under agents",
    todo: "Look at phone numbers that changed their agent. The totals do not change.",
  }),
  agents_only_in_ours: () => ({
    what: "AgentPhone has no row for some agents that have usage in the records",
    todo: "Look at these agents: they may be deleted.",
  }),
  agents_only_in_theirs: () => ({
    what: "AgentPhone has rows for agents of which the records have no usage",
    todo: "Look for records of these agents that you do not have.",
  }),
  names_differ: () => ({
    what: "the two sides name some agents differently",
    todo: "There is nothing to do: agents are compared by their ids.",
  }),
  records_not_understood: (detail) => ({
    what: `${String(detail.records)} records are of an unknown kind, and are not counted`,
    todo: typeof detail.problem === "string" ? `Look at them: ${detail.problem}.` : "Look at them.",
  }),
  evidence_differs: () => ({
    what: "the records, counted again, do not give the report of the records",
    todo: "Find out why first. No other cause is reliable until then.",
  }),
};

const quoted = (status: string) => `"${status}"`;

/** One mistake, or one other reason, in words. */
export function explain(code: CauseCode, detail: Cause["detail"] = {}): Explanation {
  return WORDS[code](detail);
}

/** A cause in one sentence, with the further causes that are needed to explain the difference. */
export function sentenceOf({ code, with: others = [], detail }: Cause): string {
  return [code, ...others].map((each) => explain(each, detail).what).join("; and ");
}
