/**
 * Writes the sample: 20,000 generated records of half a year, and their agents. The generator's own names and ids are
 * chosen to break careless programs, which is right for tests and odd for a first look, so they are exchanged for
 * ordinary ones here.
 */
import { writeFileSync } from "node:fs";
import { roster } from "../tools/generate/roster.mjs";
import { generate } from "../tools/generate.mjs";

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

const options = {
  records: 20_000,
  invalid: 12,
  seed: 20250618,
  agents: NAMES.length,
  start: "2025-01-01T00:00:00Z",
  end: "2025-07-01T00:00:00Z",
  transcripts: { share: 0.001, size: 4000 },
};

const { busy, idle } = roster(options);
const ids = new Map(
  [...busy, ...idle].map(({ id }, index) => [id, `agt_${(0x5a17 + index * 0x2f3b).toString(16).padStart(6, "0")}`]),
);
const names = new Map(busy.flatMap((agent, index) => agent.names.map((name) => [name, NAMES[index]])));

/** For JSON.stringify: what is not one of the generator's oddities stays as it is, invalid values too. */
function plain(key, value) {
  if (key === "agentId") return ids.get(value) ?? value;
  if (key === "agentName") return names.get(value) ?? value;
  if (key === "status" && typeof value === "string" && !STATUSES.includes(value)) return "failed";
  return value;
}

const lines = [];
for (const { value } of generate(options)) {
  // A test of ties among names.
  if (value?.agentId !== "tied-names") lines.push(JSON.stringify(value, plain));
}
write("sample.ndjson", `${lines.join("\n")}\n`);

// Deleted agents are not in it: their rows show that usage does not go with them.
const listed = busy.map((agent, index) => ({
  id: ids.get(agent.id),
  name: NAMES[index],
  listed: agent.listedAs !== null,
}));
const spare = { id: ids.get(idle[0].id), name: "Holiday line", listed: true };
const data = [...listed, spare].filter((agent) => agent.listed).map(({ id, name }) => ({ id, name }));
write("sample-agents.json", `${JSON.stringify({ data, total: data.length })}\n`);

function write(name, text) {
  writeFileSync(new URL(`./public/${name}`, import.meta.url), text);
}
