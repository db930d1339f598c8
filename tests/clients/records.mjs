/**
 * Records for the Worker, and the expected responses of the five endpoints. The counts are made in a simple way: everything is in
 * UTC, and times are compared as text.
 */
import { Random } from "../../tools/generate.mjs";

export const NOW = "2024-06-15T12:34:56Z"; // a Saturday

const AGENTS = [
  { id: "agt_1", name: "Support" },
  { id: "agt_2", name: "Zoë ☎ 日本" },
  { id: "agt_gone", name: "agt_gone" }, // a deleted agent: it is not in the directory, so its name is its id
];
const NUMBERS = [
  { id: "num_1", phoneNumber: "+15550001111", country: "US", status: "active", agentId: "agt_1" },
  { id: "num_2", phoneNumber: "+33123456789", country: "FR", status: "active", agentId: "agt_2" },
  { id: "num_3", phoneNumber: "+4366012345678", country: "AT", status: "active", agentId: null }, // not in use
];

/** The other objects in the bucket. */
export const DIRECTORY = { data: AGENTS.slice(0, 2), total: 2 };
export const ACCOUNT = {
  plan: {
    name: "Pro",
    limits: {
      numbers: 5,
      messagesPerMonth: 10_000,
      voiceMinutesPerMonth: 600,
      maxCallDurationMinutes: 30,
      concurrentCalls: 4,
    },
  },
  numbers: { used: 3, limit: 5, remaining: 2 },
  stats: { totalWebhookDeliveries: 40, successfulWebhookDeliveries: 38, failedWebhookDeliveries: 2 },
  webhooks: { "2024-05-31": 11, "2024-06-14": 4, "2024-06-15": 7 },
  phoneNumbers: { data: NUMBERS, hasMore: false, total: 3 },
};

/** Records of the three years before NOW. They include duplicates, failed calls and voice turns. */
export const RECORDS = [...records()];

function* records() {
  const random = new Random(17);
  const last = Date.parse(NOW);
  for (let i = 0; i < 4000; i++) {
    const days = random.chance(0.5) ? 40 : 1100;
    const at = `${new Date(last - random.below(days * 86_400) * 1000).toISOString().slice(0, 19)}Z`;
    const agentId = random.pick([...AGENTS.map(({ id }) => id), null]);
    const numberId = random.pick(["num_1", "num_2", undefined]);
    const message = { messageId: `msg_${i}`, numberId, receivedAt: at };
    const call = { id: `call_${i}`, agentId, phoneNumberId: numberId, startedAt: at };
    const record = random.weighted([
      [5, { event: "agent.message", channel: "sms", timestamp: at, agentId, data: message }],
      [4, { ...call, status: "completed", durationSeconds: random.below(900) }],
      [1, { ...call, status: "failed", durationSeconds: 0 }],
      [
        1,
        { event: "agent.message", channel: "voice", timestamp: at, agentId, data: { callId: call.id, transcript: "" } },
      ],
    ]);
    yield record;
    if (random.chance(0.1)) yield record;
  }
}

/** The events that count: `{at, agentId, numberId, seconds}`. A message has no `seconds`. */
const counted = [...new Set(RECORDS)].flatMap((record) => {
  if (record.channel === "sms") {
    return [{ at: record.timestamp, agentId: record.agentId, numberId: record.data.numberId }];
  }
  if (record.status !== "completed") return [];
  const { startedAt, agentId, phoneNumberId, durationSeconds } = record;
  return [{ at: startedAt, agentId, numberId: phoneNumberId, seconds: durationSeconds }];
});

const isCall = ({ seconds }) => seconds !== undefined;
const messagesOf = (list) => list.filter((one) => !isCall(one)).length;
const callsOf = (list) => list.filter(isCall).length;
const since = (at) => counted.filter((one) => one.at >= at);
const ago = (milliseconds, from = Date.parse(NOW)) => new Date(from - milliseconds).toISOString();

const DAY = 86_400_000;
const FIRSTS = { week: "2024-06-10", month: "2024-06-01", year: "2024-01-01" };
const LASTS = { week: "2024-06-16", month: "2024-06-30", year: "2024-12-31" };

export function byAgent(period) {
  const within = since(FIRSTS[period]);
  const row = (agentId, agentName, isOrphan) => {
    const own = within.filter((one) => one.agentId === agentId);
    const totalSeconds = own.filter(isCall).reduce((sum, { seconds }) => sum + seconds, 0);
    return { agentId, agentName, messages: messagesOf(own), calls: callsOf(own), totalSeconds, isOrphan };
  };
  const rows = AGENTS.map(({ id, name }) => row(id, name, false));
  return {
    data: [...rows.sort((a, b) => b.messages - a.messages), row(null, "Unassigned", true)],
    period,
    periodStart: `${FIRSTS[period]}T00:00:00Z`,
    periodEnd: `${LASTS[period]}T23:59:59Z`,
  };
}

export function daily(days = 30) {
  const data = Array.from({ length: days }, (_, i) => {
    const date = ago((days - 1 - i) * DAY).slice(0, 10);
    return { date, ...countsOf(date) };
  });
  return { data, days };
}

export function monthly(months = 6) {
  const data = Array.from({ length: months }, (_, i) => {
    const month = new Date(Date.UTC(2024, 5 - (months - 1 - i))).toISOString().slice(0, 7);
    return { month, ...countsOf(month) };
  });
  return { data, months };
}

/** The counts of a day or a month. */
function countsOf(date) {
  const own = counted.filter(({ at }) => at.startsWith(date));
  const webhooks = Object.entries(ACCOUNT.webhooks).filter(([day]) => day.startsWith(date));
  const deliveries = webhooks.reduce((sum, [, count]) => sum + count, 0);
  return { messages: messagesOf(own), calls: callsOf(own), webhooks: deliveries };
}

export function usage() {
  // The counts end with the current quarter hour, which is included.
  const end = Math.ceil(Date.parse(NOW) / 900_000) * 900_000;
  const [day, week, month] = [1, 7, 30].map((days) => since(ago(days * DAY, end)));
  return {
    plan: ACCOUNT.plan,
    numbers: ACCOUNT.numbers,
    stats: {
      totalMessages: messagesOf(counted),
      messagesLast24h: messagesOf(day),
      messagesLast7d: messagesOf(week),
      messagesLast30d: messagesOf(month),
      totalCalls: callsOf(counted),
      callsLast24h: callsOf(day),
      callsLast7d: callsOf(week),
      callsLast30d: callsOf(month),
      ...ACCOUNT.stats,
    },
    periodStart: "2024-06-01T00:00:00Z",
    periodEnd: "2024-06-30T23:59:59Z",
  };
}

/** The counts of all time. The last row is the usage without a number. */
export function byNumber() {
  const row = ({ id, ...number }) => {
    const own = counted.filter(({ numberId = "" }) => numberId === id);
    return { numberId: id, ...number, messages: messagesOf(own), calls: callsOf(own) };
  };
  const rows = NUMBERS.map((number) => {
    const agentName = AGENTS.find(({ id }) => id === number.agentId)?.name ?? null;
    return row({ ...number, agentName });
  });
  const none = row({ id: "", phoneNumber: "", country: "", status: "" });
  return { data: [...rows.sort((a, b) => b.messages - a.messages), none] };
}
