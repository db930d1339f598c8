/**
 * Generated records for people. The generator's names and ids are chosen to break careless programs. They are replaced by ordinary
 * ones here.
 */
import { generate } from "./records.mjs";
import { roster } from "./roster.mjs";

const NAMES = [
  "Front desk",
  "Bookings",
  "After hours",
  "Sales, Americas",
  "Sales, Europe",
  "Dispatch",
  "Returns",
  "Kundendienst Wien",
  "Réservations Lyon",
  "Collections",
  "Recruiting",
  "Renewals",
];
const STATUSES = ["completed", "in-progress", "ringing", "failed", "busy", "no-answer", "canceled", ""];

/** Whether the value is a webhook of a message that is known by its delivery only, and may have been listed too. */
function hasNoId(value) {
  const { event, channel, data } = value ?? {};
  return event === "agent.message" && channel !== "voice" && !data?.messageId && !data?.id;
}

/**
 * Gives the lines of NDJSON, a page of `GET /v1/agents`, and the data of the account.
 * @param {Omit<Parameters<typeof generate>[0], "agents">} chosen the options of `generate`; there are twelve agents
 */
export function plainSample(chosen) {
  const plainForms = { pages: false, forms: false };
  const options = { transcripts: { share: 0.001, size: 4000 }, ...plainForms, ...chosen, agents: NAMES.length };
  const { busy, idle, numbers } = roster(options);
  const ids = new Map(
    [...busy, ...idle].map(({ id }, index) => [id, `agt_${(0x5a17 + index * 0x2f3b).toString(16).padStart(6, "0")}`]),
  );
  const names = new Map(busy.flatMap((agent, index) => agent.names.map((name) => [name, NAMES[index]])));

  /** A replacer for JSON.stringify. It keeps every value that is not one of the generator's names or ids, also invalid values. */
  const plain = (key, value) => {
    if (key === "agentId" || key === "agent_id") return ids.get(value) ?? value;
    if (key === "agentName" || key === "agent_name") return names.get(value) ?? value;
    if (key === "status" && typeof value === "string" && !STATUSES.includes(value)) return "failed";
    return value;
  };

  function* lines() {
    for (const { value, shape } of generate(options)) {
      if (shape === "unknown" || hasNoId(value)) continue; // a sample without warnings
      // One of the names that test equal times.
      if (value?.agentId !== "tied-names") yield `${JSON.stringify(value, plain)}\n`;
    }
  }

  // Deleted agents are not in the directory. Their rows show that their usage is kept.
  const listed = busy
    .map((agent, index) => ({ ...agent, name: NAMES[index] }))
    .filter((agent) => agent.listedAs !== null);
  const data = [...listed, { ...idle[0], name: "Holiday line" }].map(({ id, name }) => ({ id: ids.get(id), name }));
  const account = {
    plan: {
      name: "Sample",
      limits: {
        numbers: 30,
        messagesPerMonth: 10_000,
        voiceMinutesPerMonth: 5000,
        maxCallDurationMinutes: 60,
        concurrentCalls: 10,
      },
    },
    numbers: { used: numbers.length, limit: 30, remaining: 30 - numbers.length },
    stats: { totalWebhookDeliveries: 1200, successfulWebhookDeliveries: 1190, failedWebhookDeliveries: 10 },
    phoneNumbers: numbers.map((number) => ({ ...number, country: "US", status: "active" })),
  };
  return { lines: lines(), agents: { data, total: data.length }, account };
}
