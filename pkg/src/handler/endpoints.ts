/** The endpoints: their paths, and what may be asked of each. */
export const ENDPOINTS = [
  {
    endpoint: "by-agent",
    path: "/v1/usage/by-agent",
    parameters: [
      { name: "period", type: "string", enum: ["week", "month", "year"], required: true },
      { name: "tz", type: "string" },
    ],
  },
  { endpoint: "usage", path: "/v1/usage", parameters: [] },
  {
    endpoint: "daily",
    path: "/v1/usage/daily",
    parameters: [{ name: "days", type: "integer", minimum: 1, maximum: 365, default: 30 }],
  },
  {
    endpoint: "monthly",
    path: "/v1/usage/monthly",
    parameters: [{ name: "months", type: "integer", minimum: 1, maximum: 24, default: 6 }],
  },
  { endpoint: "by-number", path: "/v1/usage/by-number", parameters: [] },
] as const;
