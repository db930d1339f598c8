/** What the chart stacks: the largest agents, all others together, and usage without an agent. */
import type { Breakdown, BreakdownRow } from "usage-by-agent";
import { COLOURS, type Colour, type Colours } from "../colours.js";
import type { Measure } from "../measures.js";

/** One layer of the stack. */
export interface Layer {
  /** The agent; `undefined` if the layer is of several. */
  agentId?: string | null;
  name: string;
  colour: Colour;
  /** One value for each step. */
  values: Float64Array;
  total: number;
}

/**
 * The layers, from the bottom of the stack. The agents with the most of the measure get colours.
 *
 * @param agents by agent. Without series, which were too many, there is one layer of all.
 * @param course all usage by the same steps
 */
export function layersOf(agents: Breakdown, course: Breakdown, measure: Measure, colours: Colours): Layer[] {
  const used = agents.rows.filter((row) => row[measure] > 0);
  const known = used.filter((row) => row.agentId !== null).sort((a, b) => b[measure] - a[measure]);
  const largest = known.slice(0, COLOURS);
  const others = known.length - largest.length;
  colours.show(largest.map((row) => row.agentId as string));
  const all = course.rows[0]?.series?.[measure] ?? new Float64Array();
  if (agents.steps === undefined) {
    return [{ name: "All agents", colour: "rest", values: all, total: agents.totals[measure] }];
  }
  const layers = largest.map((row) => layerOf(row, measure, colours));
  const unassigned = used.find((row) => row.agentId === null);
  const last = unassigned === undefined ? [] : [layerOf(unassigned, measure, colours)];
  return others === 0 ? [...layers, ...last] : [...layers, theRest(others, all, [...layers, ...last]), ...last];
}

/** What is left of all usage: that of the agents without a colour. */
function theRest(others: number, all: Float64Array, layers: readonly Layer[]): Layer {
  const values = all.map((value, n) => value - layers.reduce((sum, layer) => sum + (layer.values[n] ?? 0), 0));
  const total = values.reduce((sum, value) => sum + value, 0);
  return {
    name: `${others.toLocaleString("en")} other ${others === 1 ? "agent" : "agents"}`,
    colour: "rest",
    values,
    total,
  };
}

/** One agent's own layer. */
export function layerOf(row: BreakdownRow, measure: Measure, colours: Colours): Layer {
  const agentId = row.agentId as string | null;
  const values = row.series?.[measure] ?? new Float64Array();
  return { agentId, name: row.agentName ?? "", colour: colours.of(agentId), values, total: row[measure] };
}
