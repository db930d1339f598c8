/** Compares the package's types with those of npm's `agentphone`. The suite `types` compiles this file, and no suite runs it. */
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

// The package's responses are assignable to the client's types.
export const byAgent = (ours: AgentUsageResponse): AgentPhone.AgentUsageResponse => ours;
export const daily = (ours: DailyUsageResponse): AgentPhone.DailyUsageResponse => ours;
export const monthly = (ours: MonthlyUsageResponse): AgentPhone.MonthlyUsageResponse => ours;
export const byNumber = (ours: NumberUsageResponse): AgentPhone.NumberUsageResponse => ours;
export const refusal = (ours: ParameterErrorResponse): AgentPhone.HttpValidationError => ours;

// The client's type requires these fields. The package also accepts older and newer responses, which do not have them.
type Whole = UsageResponse & { plan: { name: string; limits: PlanLimits }; periodStart: string; periodEnd: string };
export const usage = (ours: Whole): AgentPhone.UsageResponse => ours;
// @ts-expect-error the client's type does not allow a response without these fields
export const older = (ours: UsageResponse): AgentPhone.UsageResponse => ours;

// The package's query has what the client's method needs.
export async function ask(client: AgentPhoneClient, query: PeriodQuery) {
  const { period, tz } = query;
  const answer = await client.usage.getUsageByAgent({ period, ...(tz != null && { tz }) });
  // @ts-expect-error the client's `period` is any text and `isOrphan` is optional, so the response must be checked first
  const unchecked: AgentUsageResponse = answer;
  const checked = validateResponse("by-agent", answer, query);
  return checked.ok ? checked.value : unchecked;
}

// A handler can replace the network.
export const client = (handler: UsageHandler) =>
  new AgentPhoneClient({ token: "secret", fetch: (input, init) => handler(new Request(input, init)) });
