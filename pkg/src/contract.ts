// Written by `npm run contract` from src/contract/. Change it there.

import type { Period } from "./types.js";

/** One of the five usage endpoints. */
export type Endpoint = "by-agent" | "usage" | "daily" | "monthly" | "by-number";

/** What each endpoint answers with. */
export interface UsageResponses {
  "by-agent": AgentUsageResponse;
  usage: UsageResponse;
  daily: DailyUsageResponse;
  monthly: MonthlyUsageResponse;
  "by-number": NumberUsageResponse;
}

/** The usage of one agent in a period. */
export interface AgentUsageItem {
  /** `null` for usage with no agent. */
  agentId: string | null;
  /** What the agent is called; `Unassigned` for usage with no agent. */
  agentName: string;
  /** Messages, both directions. */
  messages: number;
  /** Completed calls only. */
  calls: number;
  /** Whole seconds of those calls. */
  totalSeconds: number;
  /** `true` for the one row of usage with no agent. */
  isOrphan: boolean;
}

/** The body of `GET /v1/usage/by-agent`. */
export interface AgentUsageResponse {
  /** One row an agent. */
  data: AgentUsageItem[];
  /** The kind of period. */
  period: Period;
  /** Its first second, `YYYY-MM-DDTHH:MM:SSZ`. */
  periodStart: string;
  /** Its last whole second, `YYYY-MM-DDTHH:MM:SSZ`. */
  periodEnd: string;
}

/** What a plan allows. */
export interface PlanLimits {
  /** Phone numbers. */
  numbers: number;
  /** Messages in a month. */
  messagesPerMonth: number;
  /** Minutes of calls in a month. */
  voiceMinutesPerMonth: number;
  /** Minutes of one call. */
  maxCallDurationMinutes: number;
  /** Calls at the same time. */
  concurrentCalls: number;
}

/** The account's plan. */
export interface PlanInfo {
  /** What it is called. */
  name: string;
  /** What it allows. Older answers lack it. */
  limits?: PlanLimits;
}

/** How many phone numbers the account has, and may have. */
export interface NumberLimits {
  /** Those it has. */
  used: number;
  /** Those it may have. */
  limit: number;
  /** Those it may still add. */
  remaining: number;
}

/** The account's counts. */
export interface UsageStats {
  /** Messages of all time, both directions. */
  totalMessages: number;
  /** Messages of the last 24 hours. */
  messagesLast24h: number;
  /** Messages of the last 7 days. */
  messagesLast7d: number;
  /** Messages of the last 30 days. */
  messagesLast30d: number;
  /** Calls of all time. */
  totalCalls: number;
  /** Calls of the last 24 hours. */
  callsLast24h: number;
  /** Calls of the last 7 days. */
  callsLast7d: number;
  /** Calls of the last 30 days. */
  callsLast30d: number;
  /** Webhook deliveries of all time. */
  totalWebhookDeliveries: number;
  /** Those of them that succeeded. */
  successfulWebhookDeliveries: number;
  /** Those of them that failed. */
  failedWebhookDeliveries: number;
  /** SMS segments of the last 30 days. Only newer answers have it. */
  smsSegmentsLast30d?: number | null;
}

/** The body of `GET /v1/usage`. */
export interface UsageResponse {
  /** The account's plan. */
  plan: PlanInfo;
  /** How many phone numbers it has. */
  numbers: NumberLimits;
  /** Its counts. */
  stats: UsageStats;
  /** The first second of the current period, RFC 3339. Older answers lack it. */
  periodStart?: string;
  /** The last second of the current period, RFC 3339. Older answers lack it. */
  periodEnd?: string;
  /** When the answer was made. Only newer answers have it. */
  reportGeneratedAt?: string | null;
}

/** The usage of one day. */
export interface DailyUsageItem {
  /** `YYYY-MM-DD`. */
  date: string;
  /** Messages, both directions. */
  messages: number;
  /** Calls. */
  calls: number;
  /** Webhook deliveries. Records don't tell them: 0 where nobody does. */
  webhooks: number;
}

/** The body of `GET /v1/usage/daily`: every day has its row. */
export interface DailyUsageResponse {
  /** One row a day, the newest last. */
  data: DailyUsageItem[];
  /** How many. */
  days: number;
}

/** The usage of one calendar month. */
export interface MonthlyUsageItem {
  /** `YYYY-MM`. */
  month: string;
  /** Messages, both directions. */
  messages: number;
  /** Calls. */
  calls: number;
  /** Webhook deliveries. Records don't tell them: 0 where nobody does. */
  webhooks: number;
}

/** The body of `GET /v1/usage/monthly`: every month has its row. */
export interface MonthlyUsageResponse {
  /** One row a month, the newest last. */
  data: MonthlyUsageItem[];
  /** How many. */
  months: number;
}

/** The usage of one phone number. What is not known of it is `""`. */
export interface NumberUsageItem {
  /** Its id; `""` for usage by no number. */
  numberId: string;
  /** The number itself. */
  phoneNumber: string;
  /** Its country. Records don't tell it. */
  country: string;
  /** Its status. Records don't tell it. */
  status: string;
  /** Whose it is; from records, whose usage all of it is. */
  agentId?: string | null;
  /** What that agent is called. */
  agentName?: string | null;
  /** Messages, both directions. */
  messages: number;
  /** Calls. */
  calls: number;
}

/** The body of `GET /v1/usage/by-number`. */
export interface NumberUsageResponse {
  /** One row a number. */
  data: NumberUsageItem[];
}

/** What is wrong with one parameter, as FastAPI words it. */
export interface ParameterError {
  /** What kind of fault it is, a word to branch on. */
  type: string;
  /** Where it is: `["query", "period"]`. */
  loc: (string | number)[];
  /** What is wanted. */
  msg: string;
  /** What was got. */
  input?: unknown;
  /** The limits that it broke. */
  ctx?: unknown;
}

/** The body of a 422. */
export interface ParameterErrorResponse {
  /** Everything that is wrong. */
  detail: ParameterError[];
}

/** A detail of an error. */
export interface ErrorDetail {
  /** A JSON Pointer to what is wrong, or the name of a parameter. */
  field: string;
  /** What is wrong with it. */
  message: string;
  /** What kind of fault it is, a word to branch on. */
  type: string;
}

/** What an error says. */
export interface ErrorInfo {
  /** What went wrong, for people. */
  message: string;
  /** A word to branch on. */
  code: string;
  /** Which group of errors it belongs to. */
  type: string;
  /** Further places; may be empty. */
  details: ErrorDetail[];
}

/** The body of every error but a 422. */
export interface ErrorResponse {
  /** What went wrong. */
  error: ErrorInfo;
}
