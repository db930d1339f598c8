// Calls and messages as the API lists them, each of one shape, as most programs have them in memory.

import { Random } from "../../tools/generate/random.mjs";

const AGENTS = 20;
const YEAR_MS = 366 * 86_400_000;
const START = Date.parse("2024-01-01T05:00:00Z"); // the beginning of the year in New York

/** Returns records, half of them calls, and the agents that they are of. Messages have an agent, as after listing its conversations. */
export function listed(count) {
  const random = new Random(1, 3);
  const hex = (digits) => random.bits().toString(16).padStart(8, "0").slice(-digits);
  const agents = Array.from({ length: AGENTS }, (_, n) => ({ id: `agt_${hex(8)}${hex(8)}`, name: `Agent ${n + 1}` }));
  const text = (ms) => new Date(ms).toISOString().replace("Z", `${String(random.below(1000)).padStart(3, "0")}Z`);
  const numbers = { fromNumber: "+14155550141", toNumber: "+12125550101" };
  const call = (agent, at) => {
    const durationSeconds = random.below(600);
    return {
      id: `call_${hex(8)}${hex(8)}`,
      agentId: random.chance(0.03) ? null : agent.id,
      phoneNumberId: `num_${agent.id.slice(4)}`,
      phoneNumber: "+12125550101",
      ...numbers,
      direction: "inbound",
      type: "pstn",
      status: random.chance(0.9) ? "completed" : "no-answer",
      startedAt: text(at),
      endedAt: text(at + durationSeconds * 1000),
      durationSeconds,
      lastTranscriptSnippet: "Thank you, goodbye.",
      agentName: agent.name,
    };
  };
  const message = (agent, at) => ({
    id: `msg_${hex(8)}${hex(8)}`,
    body: "Is the shop open on Sunday?",
    agentId: agent.id,
    ...numbers,
    direction: "inbound",
    channel: "sms",
    mediaUrl: null,
    mediaUrls: [],
    receivedAt: text(at),
  });
  const records = Array.from({ length: count }, (_, n) => {
    const at = START + Math.floor(random.unit() * YEAR_MS);
    return (n % 2 === 0 ? call : message)(random.pick(agents), at);
  });
  return { records, agents };
}
