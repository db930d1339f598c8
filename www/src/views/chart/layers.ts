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
 * @param rows by agent, with series
 */
export function layersOf({ rows, steps = [] }: Breakdown, measure: Measure, colours: Colours): Layer[] {
  const used = rows.filter((row) => row[measure] > 0);
  const agents = used.filter((row) => row.agentId !== null).sort((a, b) => b[measure] - a[measure]);

  const largest = agents.slice(0, COLOURS);
  const rest = agents.slice(COLOURS);
  colours.show(largest.map((row) => row.agentId as string));
  const layers = largest.map((row) => layerOf(row, measure, colours));
  if (rest.length > 0) {
    const values = new Float64Array(steps.length);
    for (const { series } of rest) {
      for (const [n, value] of series?.[measure].entries() ?? []) values[n] = (values[n] ?? 0) + value;
    }
    const total = rest.reduce((sum, row) => sum + row[measure], 0);
    layers.push({
      name: rest.length === 1 ? "1 other agent" : `${rest.length.toLocaleString("en")} other agents`,
      colour: "rest",
      values,
      total,
    });
  }
  const unassigned = used.find((row) => row.agentId === null);
  if (unassigned !== undefined) layers.push(layerOf(unassigned, measure, colours));
  return layers;
}

/** One agent's own layer. */
export function layerOf(row: BreakdownRow, measure: Measure, colours: Colours): Layer {
  const agentId = row.agentId as string | null;
  const values = row.series?.[measure] ?? new Float64Array();
  return { agentId, name: row.agentName ?? "", colour: colours.of(agentId), values, total: row[measure] };
}
