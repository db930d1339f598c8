/** The types against those of npm's `agentphone`; the suite `types` compiles it, nobody runs it. */
import { type AgentPhone, AgentPhoneClient } from "agentphone";
import {
  type AgentUsageResponse,
  type DailyUsageResponse,
  type MonthlyUsageResponse,
  type NumberUsageResponse,
  type ParameterErrorResponse,
  type PeriodQuery,
  type PlanLimits,
  type UsageResponse,
  validateResponse,
} from "usage-by-agent";
import type { UsageHandler } from "usage-by-agent/handler";

// Answers of ours are answers to it.
export const byAgent = (ours: AgentUsageResponse): AgentPhone.AgentUsageResponse => ours;
export const daily = (ours: DailyUsageResponse): AgentPhone.DailyUsageResponse => ours;
export const monthly = (ours: MonthlyUsageResponse): AgentPhone.MonthlyUsageResponse => ours;
export const byNumber = (ours: NumberUsageResponse): AgentPhone.NumberUsageResponse => ours;
export const refusal = (ours: ParameterErrorResponse): AgentPhone.HttpValidationError => ours;

// The account's, when it is whole. It knows no older answers, which lack these.
type Whole = UsageResponse & { plan: { limits: PlanLimits }; periodStart: string; periodEnd: string };
export const usage = (ours: Whole): AgentPhone.UsageResponse => ours;
// @ts-expect-error one that may lack them is none to it
export const older = (ours: UsageResponse): AgentPhone.UsageResponse => ours;

// A question of ours is one of its questions.
export async function ask(client: AgentPhoneClient, query: PeriodQuery) {
  const { period, tz } = query;
  const answer = await client.usage.getUsageByAgent({ period, ...(tz != null && { tz }) });
  // @ts-expect-error its `period` is any text and its `isOrphan` may be missing: what it hands over is checked first
  const unchecked: AgentUsageResponse = answer;
  const checked = validateResponse("by-agent", answer, query);
  return checked.ok ? checked.value : unchecked;
}

// The handler stands in for the network.
export const client = (handler: UsageHandler) =>
  new AgentPhoneClient({ token: "secret", fetch: (input, init) => handler(new Request(input, init)) });
