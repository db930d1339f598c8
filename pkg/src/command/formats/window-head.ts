// What stands above a table of a window.

import type { AgentUsageResponse, Breakdown, BreakdownQuery } from "usage-by-agent";
import { type Asked, zoneInWords } from "../period-options.js";
import type { Window } from "../window-options.js";

/** What stands above a table, and what else people see of its window. */
export interface Head {
  text: string;
  /** The present, in epoch milliseconds. */
  nowMs: number;
  weekStart: BreakdownQuery["weekStart"];
}

/** What is said about the window of a table. */
interface Said {
  asked: Asked<Pick<BreakdownQuery, "weekStart"> & { tz: string }>;
  /** The window in words. */
  words: string;
  window: Window;
  nowMs: number;
  /** The window that it is compared with, in words. */
  previous?: string;
}

/** What stands above a table. */
export function headOf({ asked, words, window, nowMs, previous }: Said): Head {
  const state = nowMs < window.startMs ? ", not begun yet" : nowMs < window.endMs ? ", not over yet" : "";
  const compared = previous === undefined ? "" : `Compared with t${previous.slice(1)}\n`;
  const text = `${words} (${zoneInWords(asked)})${state}\n${compared}\n`;
  return { text, nowMs, weekStart: asked.query.weekStart };
}

/** The period of a report for people. `periodEnd` is its last second. */
export const periodInWords = ({ period, periodStart, periodEnd }: AgentUsageResponse) =>
  `The ${period} from ${periodStart} to ${periodEnd}`;

/** The window of a breakdown for people. Its end is not inside it. */
export const windowInWords = ({ from, to }: Breakdown, period = "time") => `The ${period} from ${from} until ${to}`;
