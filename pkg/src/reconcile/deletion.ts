// Deletes agents as the vendor does: the vendor removes a deleted agent from all its calls and conversations, so that its usage
// is under Unassigned. Ours keeps the agent of each record.

import { FIELDS, isColumnEqual, type Rows } from "./response.js";
import type { AgentDifference, Field } from "./types.js";

/** The agents that have usage in the rows and none in theirs. */
export function goneFrom(rows: Rows, theirs: Rows): string[] {
  const isUsed = (row?: Record<Field, number>) => row !== undefined && FIELDS.some((field) => row[field] !== 0);
  return [...rows].flatMap(([id, row]) => (id !== null && isUsed(row) && !isUsed(theirs.get(id)) ? [id] : []));
}

/** The rows with the usage of these agents under Unassigned. */
export function withoutAgents(rows: Rows, agents: readonly string[]): Rows {
  if (agents.length === 0) return rows;
  const left = new Map(rows);
  for (const id of agents) left.delete(id);
  const sum = (field: Field) => [null, ...agents].reduce((total, id) => total + (rows.get(id)?.[field] ?? 0), 0);
  return left.set(null, { messages: sum("messages"), calls: sum("calls"), totalSeconds: sum("totalSeconds") });
}

/** The columns that are equal in both. */
export function equalColumns(rows: Rows, theirs: Rows): Field[] {
  return FIELDS.filter((field) => isColumnEqual(field, rows, theirs));
}

/** The fields of a cause that name deleted agents. */
export function namesOf(ids: string[], agents: readonly AgentDifference[]) {
  const named = ids.map((agentId) => {
    const row = agents.find((agent) => agent.agentId === agentId);
    return { agentId, agentName: row?.agentName ?? agentId };
  });
  return { agents: ids, detail: { agents: named } };
}
