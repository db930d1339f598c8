/** Events of a seed for the tests of the service, and what the package answers from one pass over them. */
import { UsageRollup } from "usage-by-agent";
import { createUsageHandler } from "usage-by-agent/handler";
import { generate, Random } from "../../tools/generate.mjs";

export const NOW = Date.parse("2025-06-15T12:34:56Z");
export const DAY = 86_400_000;

/** How many things are done at once. */
const AT_ONCE = 8;

/**
 * The distinct events of a seed, in the order in which they happened: `{text, id, hasId}`. `id` names the first delivery. Records of
 * one id may still differ, as a call in progress and after its end do.
 */
export function eventsOf(seed, records) {
  const options = { records, invalid: 25, seed, start: NOW - 150 * DAY, end: NOW + DAY, agents: 12, pages: false };
  const random = new Random(seed, 20);
  const events = new Map();
  for (const { text, value } of generate(options)) {
    if (typeof value?.event !== "string" || Array.isArray(value.data)) continue;
    const data = Object(value.data);
    const has = (names) => names.some((name) => data[name]);
    const [ofMessage, ofCall] = [has(["messageId", "message_id", "id"]), has(["callId", "call_id", "id"])];
    // A spoken turn names its call. In another version it may be a message, which the id of a call does not make known.
    const hasId = value.event === "agent.message" ? ofMessage : ofCall;
    const add = (text) => events.set(text, { text, id: `dlv_${seed}_${events.size}`, hasId });
    add(text);
    if ((ofMessage || ofCall) && random.chance(0.2)) add(JSON.stringify(otherVersion(value, random)));
  }
  return [...events.values()];
}

/** What else the vendor may have told under the id of an event. */
function otherVersion(event, random) {
  const { agentId: _, ...withoutAgent } = event;
  const { status: __, durationSeconds: ___, ...data } = event.data;
  return random.pick([
    withoutAgent,
    { ...event, agentId: "agt_another", agentName: "Another" },
    { ...event, channel: random.pick(["sms", "rcs", "", null]) },
    { ...event, data: { ...event.data, status: "in-progress" } },
    { ...event, data: { ...event.data, receivedAt: "2025-05-31T23:59:59Z", startedAt: "2025-05-01T00:00:00Z" } },
    { ...event, data },
  ]);
}

/** The handler over one pass of the core. Each event stands in the envelope that tells the id of its delivery. */
export function oracleOf(events, settings, nowOf) {
  const lines = events.map(({ text, id }) => `{"headers":{"X-Webhook-ID":"${id}"},"body":${text.trim()}}`);
  const rollup = new UsageRollup({ onInvalid: "skip" });
  rollup.push(new TextEncoder().encode(lines.join("\n")));
  const { shards: _, account, ...query } = settings;
  const options = { authorize: () => true, query, account: account ?? {}, now: nowOf };
  const handler = createUsageHandler({ ...options, rollup: () => rollup });
  const answers = new Map(); // the events are counted once, so an answer depends on the question and the time alone
  const ask = (path) => {
    const key = `${nowOf()} ${path}`;
    if (!answers.has(key)) answers.set(key, asked(handler, path));
    return answers.get(key);
  };
  return { rollup, ask };
}

async function asked(handler, path) {
  const request = new Request(new URL(path, "http://service.example"), { headers: { authorization: "Bearer token" } });
  const response = await handler(request);
  return { status: response.status, text: await response.text(), etag: response.headers.get("etag") };
}

/** Does some work on each item, several at once. */
export async function each(items, work) {
  const left = items.values();
  const worker = async () => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
