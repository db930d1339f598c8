// Written by `npm run contract` from src/contract/. Change it there.

import type { Endpoint } from "../../contract.js";

/** A parameter of a query. `source: "computed"` marks a parameter of this package, which an upstream does not have. */
export type Parameter =
  | { name: string; type: "choice"; choices: readonly string[]; optional?: true }
  | { name: string; type: "list"; choices: readonly string[] }
  | { name: string; type: "zone" }
  | { name: string; type: "moment" }
  | { name: string; type: "integer"; minimum: number; maximum: number; default?: number; source?: "computed" };

/** Each endpoint's path and parameters. */
export const ENDPOINTS: readonly { name: Endpoint; path: string; parameters: readonly Parameter[] }[] = [
  {
    name: "by-agent",
    path: "/v1/usage/by-agent",
    parameters: [
      { name: "period", type: "choice", choices: ["week", "month", "year"] },
      { name: "tz", type: "zone" },
      { name: "offset", type: "integer", minimum: -1200, maximum: 0, default: 0, source: "computed" },
    ],
  },
  { name: "usage", path: "/v1/usage", parameters: [] },
  {
    name: "daily",
    path: "/v1/usage/daily",
    parameters: [{ name: "days", type: "integer", minimum: 1, maximum: 365, default: 30 }],
  },
  {
    name: "monthly",
    path: "/v1/usage/monthly",
    parameters: [{ name: "months", type: "integer", minimum: 1, maximum: 24, default: 6 }],
  },
  { name: "by-number", path: "/v1/usage/by-number", parameters: [] },
];

/** The path and the parameters of breakdowns, which only this package has. */
export const BREAKDOWN = {
  name: "breakdown",
  path: "/v1/usage/breakdown",
  parameters: [
    { name: "by", type: "list", choices: ["agent", "number", "channel", "direction", "weekday", "hour"] },
    { name: "step", type: "choice", choices: ["hour", "day", "week", "month"], optional: true },
    { name: "from", type: "moment" },
    { name: "to", type: "moment" },
    { name: "period", type: "choice", choices: ["week", "month", "year"], optional: true },
    { name: "offset", type: "integer", minimum: -1200, maximum: 0 },
    { name: "tz", type: "zone" },
    {
      name: "week_start",
      type: "choice",
      choices: ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
      optional: true,
    },
  ] satisfies Parameter[] as readonly Parameter[],
} as const;
