/**
 * The records of an ordinary account, as people imagine one: agents with their own hours, channels and trends. The other generators
 * make records that break careless programs; these make a report that can be read.
 */
import { Random } from "./random.mjs";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The agents: how much each does, how that changes over the months, when it works, and through what. */
const AGENTS = [
  { name: "Front desk", weight: 30, growth: 1.06, hours: "office", calls: 0.45, channels: { sms: 6, imessage: 3 } },
  {
    name: "Bookings",
    weight: 22,
    growth: 1.12,
    hours: "shop",
    calls: 0.3,
    channels: { sms: 4, whatsapp: 5, imessage: 2 },
  },
  { name: "After hours", weight: 14, growth: 1.02, hours: "night", calls: 0.6, channels: { sms: 5, imessage: 1 } },
  { name: "Sales, Americas", weight: 11, growth: 0.94, hours: "office", calls: 0.7, channels: { sms: 3 } },
  { name: "Sales, Europe", weight: 9, growth: 1.18, hours: "early", calls: 0.65, channels: { whatsapp: 5, sms: 1 } },
  { name: "Dispatch", weight: 8, growth: 1, hours: "early", calls: 0.2, channels: { sms: 5, mms: 2 } },
  { name: "Returns", weight: 6, growth: 0.9, hours: "shop", calls: 0.15, channels: { sms: 3, mms: 3, imessage: 1 } },
  { name: "Kundendienst Wien", weight: 5, growth: 1.08, hours: "early", calls: 0.5, channels: { whatsapp: 4, sms: 1 } },
  { name: "Réservations Lyon", weight: 4, growth: 1.3, hours: "early", calls: 0.35, channels: { whatsapp: 3 } },
  { name: "Recruiting", weight: 3, growth: 0.85, hours: "office", calls: 0.4, channels: { sms: 2, imessage: 1 } },
  { name: "Renewals", weight: 2, growth: 1, hours: "office", calls: 0.8, channels: { sms: 1 } },
];

/** How busy each local hour is, from 0 to 23. */
const HOURS = {
  office: [0, 0, 0, 0, 0, 0, 1, 3, 8, 12, 13, 12, 9, 11, 12, 11, 9, 6, 3, 1, 1, 0, 0, 0],
  shop: [0, 0, 0, 0, 0, 0, 0, 1, 3, 6, 9, 11, 10, 9, 9, 10, 11, 12, 13, 11, 7, 3, 1, 0],
  night: [6, 4, 3, 2, 2, 3, 4, 3, 1, 0, 0, 0, 0, 0, 0, 0, 1, 4, 9, 12, 13, 12, 11, 9],
  early: [0, 0, 1, 6, 10, 12, 11, 10, 9, 10, 9, 6, 3, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
};

/** How busy the days of the week are, from Sunday. */
const WEEK = {
  office: [1, 9, 11, 10, 10, 8, 2],
  shop: [7, 6, 6, 7, 8, 11, 13],
  night: [10, 7, 7, 7, 8, 11, 12],
  early: [1, 10, 10, 11, 10, 9, 1],
};

/** The local time of the account is behind UTC by so much. Its days are days of New York in summer. */
const BEHIND = 4 * HOUR;

/**
 * Gives the lines of NDJSON, a page of `GET /v1/agents`, and an answer of `GET /v1/usage/by-agent` that is wrong: it is of June 2025 in
 * New York, and counts the calls that were not completed. Equal options give equal records.
 *
 * @param {{seed: number, start: string, end: string, perDay: number}} options `perDay` is about how many records a day has
 */
export function officeSample({ seed, start, end, perDay }) {
  const random = new Random(seed, 7);
  const agents = AGENTS.map((agent, n) => ({
    ...agent,
    id: `agt_${(0x5a17 + n * 0x2f3b).toString(16).padStart(6, "0")}`,
  }));
  const [first, last] = [Date.parse(start), Date.parse(end)];
  const records = [];
  for (let day = first; day < last + DAY; day += DAY) {
    const months = (day - first) / DAY / 30;
    const weekday = new Date(day - BEHIND).getUTCDay();
    for (const agent of agents) {
      const share = (agent.weight / 114) * agent.growth ** months * (WEEK[agent.hours][weekday] / 7.5);
      const expected = perDay * share * (0.75 + random.unit() / 2);
      const count = Math.floor(expected) + Number(random.chance(expected % 1));
      for (let n = 0; n < count; n++) records.push(recordOf(random, agent, day));
    }
  }
  const inside = records.filter(({ at }) => at >= first && at < last).sort((a, b) => a.at - b.at);
  const data = agents.map(({ id, name }) => ({ id, name }));
  return { lines: linesOf(random, inside), agents: { data, total: data.length }, answer: wrongAnswer(inside, data) };
}

function wrongAnswer(records, agents) {
  const [start, end] = ["2025-06-01T04:00:00Z", "2025-07-01T04:00:00Z"].map(Date.parse);
  const rows = new Map();
  for (const { at, value } of records) {
    if (at < start || at >= end) continue;
    const { agentId } = value;
    const agentName = agents.find(({ id }) => id === agentId)?.name ?? "Unassigned";
    const none = { agentId, agentName, messages: 0, calls: 0, totalSeconds: 0, isOrphan: agentId === null };
    const row = rows.get(agentId) ?? none;
    rows.set(agentId, row);
    row.messages += Number(value.status === undefined);
    row.calls += Number(value.status !== undefined);
    row.totalSeconds += value.durationSeconds ?? 0;
  }
  const order = (a, b) => Number(a.isOrphan) - Number(b.isOrphan) || b.messages - a.messages || b.calls - a.calls;
  const bounds = { periodStart: "2025-06-01T04:00:00Z", periodEnd: "2025-07-01T03:59:59Z" };
  return { data: [...rows.values()].sort(order), period: "month", ...bounds };
}

function recordOf(random, agent, day) {
  const hour = random.weighted(HOURS[agent.hours].map((weight, hour) => [weight, hour]));
  const midnight = Math.floor((day - BEHIND) / DAY) * DAY + BEHIND;
  const at = midnight + hour * HOUR + random.below(HOUR / 1000) * 1000;
  const number = `+1212555${String(100 + AGENTS.findIndex(({ name }) => name === agent.name)).padStart(4, "0")}`;
  // Usage without an agent: the number had none at that time.
  const owner = random.chance(0.03) ? { agentId: null } : { agentId: agent.id };
  const shared = { ...owner, phoneNumberId: `num_${number.slice(-4)}`, phoneNumber: number };
  return { at, value: random.chance(agent.calls) ? callOf(random, at, shared) : messageOf(random, at, shared, agent) };
}

function callOf(random, at, shared) {
  const status = random.weighted([
    [88, "completed"],
    [6, "no-answer"],
    [3, "busy"],
    [3, "failed"],
  ]);
  const seconds = status === "completed" ? 20 + Math.floor(random.unit() * random.unit() * 900) : 0;
  return {
    id: `call_${random.bits().toString(16)}${random.bits().toString(16)}`,
    ...shared,
    type: random.chance(0.88) ? "pstn" : "web",
    direction: random.chance(0.7) ? "inbound" : "outbound",
    status,
    startedAt: new Date(at).toISOString(),
    endedAt: new Date(at + seconds * 1000).toISOString(),
    durationSeconds: seconds,
  };
}

function messageOf(random, at, shared, { channels }) {
  return {
    id: `msg_${random.bits().toString(16)}${random.bits().toString(16)}`,
    ...shared,
    channel: random.weighted(Object.entries(channels).map(([name, weight]) => [weight, name])),
    direction: random.chance(0.55) ? "inbound" : "outbound",
    receivedAt: new Date(at).toISOString(),
  };
}

/** Some records come twice, as after a webhook that was delivered again, and a few are broken. */
function* linesOf(random, records) {
  for (const [n, { value }] of records.entries()) {
    const line = `${JSON.stringify(value)}\n`;
    yield line;
    if (random.chance(0.01)) yield line;
    if (n % 2500 === 2499)
      yield `${JSON.stringify({ ...value, id: `${value.id}x`, receivedAt: "yesterday", startedAt: "yesterday" })}\n`;
  }
}
