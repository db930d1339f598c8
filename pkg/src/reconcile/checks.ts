// Finds causes from the two responses alone, and from the diagnostics of the records.

import type { AgentUsageResponse, Diagnostics } from "../types.js";
import type { Causes } from "./causes.js";
import { equalColumns, goneFrom, namesOf, withoutAgents } from "./deletion.js";
import type { Question } from "./question.js";
import { FIELDS } from "./response.js";
import type { AgentDifference, Cause, CauseCode, Field, PeriodsDifference, Reconciliation } from "./types.js";
import { BOUNDS, secondaryCauses, type Window, zonesOf } from "./windows.js";

/** Explains names that differ, rows that only one side has, and usage that is under another agent. */
export function explainRows(
  causes: Causes,
  { agents, totals, differing }: Pick<Question, "agents" | "totals" | "differing">,
): void {
  const add = (
    code: CauseCode,
    fields: string[],
    certainty: Cause["certainty"],
    isIt: (row: AgentDifference) => boolean,
  ) => {
    const rows = agents.filter(isIt).map(({ agentId }) => agentId);
    if (rows.length > 0) causes.add(certainty, code, fields, { agents: rows });
  };
  add("names_differ", ["agentName"], "shown", ({ theirName }) => theirName !== undefined);
  for (const side of ["ours", "theirs"] as const) {
    add(`agents_only_in_${side}`, ["agentId"], "possible", (row) => row.side === side && !row.equal);
  }
  if (causes.open(differing).length === 0) return;
  const nobody = agents.find(({ agentId }) => agentId === null);
  const moved = differing.every((field) => {
    const from = Math.sign(nobody?.[field].delta ?? 0);
    return (
      from !== 0 && totals[field].delta === 0 && agents.every((row) => row === nobody || row[field].delta * from <= 0)
    );
  });
  if (moved) add("unassigned_moved", differing, "shown", ({ equal }) => !equal);
}

/** Explains columns that become equal if the agents that theirs lacks are deleted. */
export function explainDeletion(causes: Causes, { ours, theirs, agents, differing }: Question): void {
  const gone = goneFrom(ours, theirs);
  const equal = equalColumns(withoutAgents(ours, gone), theirs);
  const fields = differing.filter((field) => equal.includes(field));
  causes.add("shown", "agent_deleted", fields, namesOf(gone, agents));
}

/**
 * Explains additional usage of theirs under Unassigned, if the other rows differ without an explanation. It must be all usage of
 * one agent that theirs lacks, or of all agents that theirs lacks.
 */
export function explainUnassigned(causes: Causes, { ours, theirs, agents, differing }: Question): void {
  const open = causes.open(differing);
  if (open.length === 0 || causes.has("agent_deleted")) return;
  const nobody = agents.find(({ agentId }) => agentId === null);
  const gone = goneFrom(ours, theirs);
  for (const ids of [gone, ...gone.map((id) => [id])]) {
    const usage = (field: Field) => ids.reduce((sum, id) => sum + (ours.get(id)?.[field] ?? 0), 0);
    if (ids.length === 0 || FIELDS.some((field) => usage(field) !== (nobody?.[field].delta ?? 0))) continue;
    const fields = open.filter((field) => usage(field) > 0);
    causes.add("possible", "agent_deleted", fields, namesOf(ids, agents));
    return;
  }
}

/** Explains columns in which theirs has more, by records of an unknown kind in ours. */
export function explainUnknown(
  causes: Causes,
  { totals, differing }: Question,
  { ignored, problems }: Diagnostics,
): void {
  if (ignored.other === 0) return;
  const known = causes.all.flatMap(({ fields }) => fields);
  const fields = differing.filter((field) => totals[field].delta > 0 && !known.includes(field));
  const problem = problems?.find(({ code }) => code === "unknown_records")?.message;
  causes.add("possible", "records_not_understood", fields, {
    detail: { records: ignored.other, ...(problem !== undefined && { problem }) },
  });
}

/** Seconds of a day. */
const DAY = 86_400;

/** The largest distance of two zones in seconds: one wall time at UTC-12 and at UTC+14. */
const ZONES_APART = 26 * 3600;

/** Explains bounds that differ. */
export function explainBounds(
  causes: Causes,
  { equal, start, end, convention }: PeriodsDifference,
  ours: AgentUsageResponse,
  theirs: AgentUsageResponse,
  own: Window | null,
  theirWindow: Window | null,
): void {
  if (causes.isShown("periodStart")) return; // the cause is there already, with the columns it explains
  const deltas = [start.deltaSeconds, end.deltaSeconds];
  const whole = (unit: number) => deltas.every((delta) => delta % unit === 0);
  const areWithin = (most: number) => deltas.every((delta) => Math.abs(delta) <= most);
  if (equal) {
    if (deltas.some((delta) => delta !== 0)) causes.add("shown", "bounds_written_otherwise", BOUNDS);
  } else if (own && theirWindow && convention) {
    const { code } = theirWindow;
    const detail = { ...convention, ...(code === "other_zone" && { zones: zonesOf(theirs, convention) }) };
    causes.add("shown", code, BOUNDS, { with: secondaryCauses(own, theirWindow), detail });
  } else if (whole(DAY)) {
    const isOfWeek = ours.period === "week" && theirs.period === "week" && areWithin(6 * DAY);
    causes.add("possible", isOfWeek ? "other_week_start" : "other_period", BOUNDS);
  } else if (whole(900) && areWithin(ZONES_APART)) {
    causes.add("possible", "other_zone", BOUNDS);
  }
}

/** Explains seconds that may have been rounded up for each call. */
export function explainSeconds(causes: Causes, agents: AgentDifference[]): void {
  for (const seconds of [1, 6, 60]) {
    const fits = agents.every(({ calls, totalSeconds: { delta, theirs } }) => {
      return delta >= 0 && delta <= calls.theirs * seconds && theirs % seconds === 0;
    });
    if (fits) causes.add("possible", "rounded_up_per_call", ["totalSeconds"], { detail: { seconds } });
  }
}

/** Finds a group of records that did not count and whose number equals the difference. */
export function explainDiagnostics(
  causes: Causes,
  totals: Reconciliation["totals"],
  { ignored, duplicates }: Diagnostics,
): void {
  const [messages, calls] = [totals.messages.delta, totals.calls.delta];
  const counts = Object.entries(ignored.notCompleted);
  const failed = counts.reduce((sum, [, count]) => sum + count, 0);
  if (messages > 0 && messages === ignored.voiceTurns) causes.add("possible", "voice_turns_counted", ["messages"]);
  if (calls > 0) {
    const statuses = failed === calls ? counts : counts.filter(([, count]) => count === calls).slice(0, 1);
    const detail = { statuses: statuses.map(([status]) => status) };
    if (statuses.length > 0) causes.add("possible", "failed_calls_counted", ["calls"], { detail });
  }
  if (messages >= 0 && calls >= 0 && messages + calls > 0) {
    const fields = (["messages", "calls"] as const).filter((field) => totals[field].delta > 0);
    if (messages + calls === duplicates) causes.add("possible", "duplicates_counted", fields);
    if (messages + calls === ignored.tests) causes.add("possible", "tests_counted", fields);
  }
}
