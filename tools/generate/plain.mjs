/**
 * Generated records for people to look at. The generator's own names and ids are chosen to break careless programs, which is
 * right for tests and odd for a first look, so they are exchanged for ordinary ones here.
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

/**
 * The lines of NDJSON, and what goes with them: the page of `GET /v1/agents`, and what the account would say of itself.
 * @param {Omit<Parameters<typeof generate>[0], "agents">} chosen as for `generate`; the agents are a dozen
 */
export function plainSample(chosen) {
  const options = { transcripts: { share: 0.001, size: 4000 }, ...chosen, agents: NAMES.length };
  const { busy, idle, numbers } = roster(options);
  const ids = new Map(
    [...busy, ...idle].map(({ id }, index) => [id, `agt_${(0x5a17 + index * 0x2f3b).toString(16).padStart(6, "0")}`]),
  );
  const names = new Map(busy.flatMap((agent, index) => agent.names.map((name) => [name, NAMES[index]])));

  /** For JSON.stringify: what is not one of the generator's oddities stays as it is, invalid values too. */
  const plain = (key, value) => {
    if (key === "agentId") return ids.get(value) ?? value;
    if (key === "agentName") return names.get(value) ?? value;
    if (key === "status" && typeof value === "string" && !STATUSES.includes(value)) return "failed";
    return value;
  };

  function* lines() {
    for (const { value } of generate(options)) {
      // A test of ties among names.
      if (value?.agentId !== "tied-names") yield `${JSON.stringify(value, plain)}\n`;
    }
  }

  // Deleted agents are not in it: their rows show that usage does not go with them.
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
