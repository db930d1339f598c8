// Written by `npm run contract` from src/contract/. Change it there.

import type { Period } from "./constants.js";

/** One of the five usage endpoints. */
export type Endpoint = "by-agent" | "usage" | "daily" | "monthly" | "by-number";

/** The response of each endpoint. */
export interface UsageResponses {
  "by-agent": AgentUsageResponse;
  usage: UsageResponse;
  daily: DailyUsageResponse;
  monthly: MonthlyUsageResponse;
  "by-number": NumberUsageResponse;
}

/** The usage of one agent in a period. */
export interface AgentUsageItem {
  /** The agent's id. `null` for usage without an agent. */
  agentId: string | null;
  /** The agent's name. `Unassigned` for usage without an agent. */
  agentName: string;
  /** The number of messages, inbound and outbound. */
  messages: number;
  /** The number of completed calls. */
  calls: number;
  /** The duration of the completed calls, in whole seconds. */
  totalSeconds: number;
  /** `true` for usage without an agent. At most one row has it. */
  isOrphan: boolean;
}

/** The body of `GET /v1/usage/by-agent`. */
export interface AgentUsageResponse {
  /** One row for each agent. */
  data: AgentUsageItem[];
  /** The kind of period. */
  period: Period;
  /** The first second of the period, `YYYY-MM-DDTHH:MM:SSZ`. */
  periodStart: string;
  /** The last whole second of the period, `YYYY-MM-DDTHH:MM:SSZ`. It is inside the period. */
  periodEnd: string;
}

/** The limits of a plan. */
export interface PlanLimits {
  /** The number of phone numbers. */
  numbers: number;
  /** The number of messages in a month. */
  messagesPerMonth: number;
  /** The minutes of calls in a month. */
  voiceMinutesPerMonth: number;
  /** The minutes that one call may last. */
  maxCallDurationMinutes: number;
  /** The number of calls at the same time. */
  concurrentCalls: number;
}

/** The account's plan. */
export interface PlanInfo {
  /** The plan's name. */
  name: string;
  /** The plan's limits. Responses of older servers do not have them. */
  limits?: PlanLimits;
}

/** The phone numbers that the account uses, and the limit of its plan. */
export interface NumberLimits {
  /** The phone numbers in use. */
  used: number;
  /** The phone numbers that the plan allows. */
  limit: number;
  /** The phone numbers that the account may still add. */
  remaining: number;
}

/** The account's counts. */
export interface UsageStats {
  /** The number of messages of all time, inbound and outbound. */
  totalMessages: number;
  /** The number of messages of the last 24 hours. */
  messagesLast24h: number;
  /** The number of messages of the last 7 days. */
  messagesLast7d: number;
  /** The number of messages of the last 30 days. */
  messagesLast30d: number;
  /** The number of calls of all time. */
  totalCalls: number;
  /** The number of calls of the last 24 hours. */
  callsLast24h: number;
  /** The number of calls of the last 7 days. */
  callsLast7d: number;
  /** The number of calls of the last 30 days. */
  callsLast30d: number;
  /** The number of webhook deliveries of all time. */
  totalWebhookDeliveries: number;
  /** The number of webhook deliveries that succeeded. */
  successfulWebhookDeliveries: number;
  /** The number of webhook deliveries that failed. */
  failedWebhookDeliveries: number;
  /** The number of SMS segments of the last 30 days. Only responses of newer servers have it. */
  smsSegmentsLast30d?: number | null;
}

/** The body of `GET /v1/usage`. */
export interface UsageResponse {
  /** The account's plan. Responses of newer servers do not have it. */
  plan?: PlanInfo;
  /** The account's phone numbers. */
  numbers: NumberLimits;
  /** The account's counts. */
  stats: UsageStats;
  /** The first second of the current period, in RFC 3339 format. Responses of older servers do not have it. */
  periodStart?: string;
  /** The last second of the current period, in RFC 3339 format. Responses of older servers do not have it. */
  periodEnd?: string;
  /** The time at which the server made the response. Only responses of newer servers have it. */
  reportGeneratedAt?: string | null;
}

/** The usage of one day. */
export interface DailyUsageItem {
  /** The day, `YYYY-MM-DD`. */
  date: string;
  /** The number of messages, inbound and outbound. */
  messages: number;
  /** The number of calls. */
  calls: number;
  /** The number of webhook deliveries. 0 in a response computed from records, which do not contain deliveries. */
  webhooks: number;
}

/** The body of `GET /v1/usage/daily`. Every day has a row. */
export interface DailyUsageResponse {
  /** One row for each day, the newest day last. */
  data: DailyUsageItem[];
  /** The number of days. */
  days: number;
}

/** The usage of one calendar month. */
export interface MonthlyUsageItem {
  /** The month, `YYYY-MM`. */
  month: string;
  /** The number of messages, inbound and outbound. */
  messages: number;
  /** The number of calls. */
  calls: number;
  /** The number of webhook deliveries. 0 in a response computed from records, which do not contain deliveries. */
  webhooks: number;
}

/** The body of `GET /v1/usage/monthly`. Every month has a row. */
export interface MonthlyUsageResponse {
  /** One row for each month, the newest month last. */
  data: MonthlyUsageItem[];
  /** The number of months. */
  months: number;
}

/** The usage of one phone number. An unknown text is `""`. */
export interface NumberUsageItem {
  /** The id of the phone number. `""` for usage without a phone number. */
  numberId: string;
  /** The phone number in the form that people read. */
  phoneNumber: string;
  /** The country of the phone number. `""` in a response computed from records, which do not contain it. */
  country: string;
  /** The status of the phone number. `""` in a response computed from records, which do not contain it. */
  status: string;
  /** The id of the agent that has the phone number. In a response computed from records, it is the agent of all of the phone number's usage, if there is only one. */
  agentId?: string | null;
  /** The name of the agent that has the phone number. */
  agentName?: string | null;
  /** The number of messages, inbound and outbound. */
  messages: number;
  /** The number of calls. */
  calls: number;
}

/** The body of `GET /v1/usage/by-number`. */
export interface NumberUsageResponse {
  /** One row for each phone number. */
  data: NumberUsageItem[];
}

/** An error of one parameter, in the format of FastAPI. */
export interface ParameterError {
  /** The kind of error: a word for programs. */
  type: string;
  /** The place of the parameter, such as `["query", "period"]`. */
  loc: (string | number)[];
  /** What the parameter should be. */
  msg: string;
  /** The value of the request. */
  input?: unknown;
  /** The limits that the value breaks; for an unknown zone `did_you_mean`, the zone that it may mean, and a `reason`. */
  ctx?: unknown;
}

/** The body of a response with status 422. */
export interface ParameterErrorResponse {
  /** Every error of the parameters. */
  detail: ParameterError[];
}

/** One detail of an error. */
export interface ErrorDetail {
  /** A JSON Pointer to the wrong value, or the name of a parameter. */
  field: string;
  /** What is wrong with the value. */
  message: string;
  /** The kind of error: a word for programs. */
  type: string;
}

/** An error. */
export interface ErrorInfo {
  /** What went wrong, in words for people. */
  message: string;
  /** The error's code: a word for programs. */
  code: string;
  /** The group of errors that the code belongs to. */
  type: string;
  /** Details of the error. The list may be empty. */
  details: ErrorDetail[];
}

/** The body of an error with any status except 422. */
export interface ErrorResponse {
  /** The error. */
  error: ErrorInfo;
}
