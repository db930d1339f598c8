import type { UsageQuery } from "usage-by-agent";
import { audit, readAnswer, verdictOf } from "usage-by-agent/audit";
import { askByAgent, type Completeness } from "usage-by-agent/collect";
import { MergedCounts } from "../answers/merged-counts.js";
import type { OwnShards } from "./own-shards.js";

/** How long the owner's endpoint may take, in milliseconds. */
const NOTIFY_MS = 10_000;

/** The result of an audit of the current month. */
export interface Audited {
  /** When it was made. */
  at: string;
  /** The period's bounds, as the vendor writes them. */
  periodStart: string;
  periodEnd: string;
  /** Whether the period and every agent's numbers are equal. */
  equal: boolean;
  /** The result in one sentence. */
  verdict: string;
  /** The causes of the difference. */
  causes: { code: string; certainty: string; message: string }[];
  /** The sums of all agents: ours and the vendor's. */
  totals: Record<string, { ours: number; theirs: number }>;
  /** The vendor's id of its answer, which the vendor may ask for. */
  requestId: string | null;
}

/** What an audit needs. */
export interface AuditNeeds {
  vendor: Omit<Parameters<typeof askByAgent>[0], "period" | "tz">;
  /** The zone and the first day of the week of the account. */
  query: Pick<UsageQuery, "tz" | "weekStart">;
  completeness: Completeness;
}

/** Compares the vendor's report of the current month with the counts of all shards. */
export async function auditMonth(shards: OwnShards, { vendor, query, completeness }: AuditNeeds): Promise<Audited> {
  const tz = query.tz ?? "UTC";
  const answer = readAnswer(await askByAgent({ ...vendor, period: "month", tz }));
  const merged = new MergedCounts();
  const rollup = await merged.of("", shards.view.shards, (shard, since) =>
    shards.ask(shard, (object) => object.part(since)),
  );
  try {
    const found = audit(answer, { rollup, query: { ...query, tz }, completeness });
    const { equal, causes, totals } = found.result;
    return {
      at: new Date().toISOString(),
      periodStart: found.theirs.periodStart,
      periodEnd: found.theirs.periodEnd,
      equal,
      verdict: verdictOf(found),
      causes: causes.map(({ code, certainty, message }) => ({ code, certainty, message })),
      totals: Object.fromEntries(Object.entries(totals).map(([field, { ours, theirs }]) => [field, { ours, theirs }])),
      requestId: answer.request?.requestId ?? null,
    };
  } finally {
    rollup.free();
  }
}

/** Sends the result of an audit to the owner's endpoint. The status of the response, or 0 if there was none. */
export async function notifyOwner(url: string, account: string, audited: Audited): Promise<number> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ event: "usage.audited", account, audit: audited }),
      redirect: "manual",
      signal: AbortSignal.timeout(NOTIFY_MS),
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    return 0;
  }
}
