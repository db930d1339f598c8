/** Texts whose lines are hard to count in parts. */
import { generate, Random } from "../../tools/generate.mjs";

/** The year of the records. */
export const [START, END] = [Date.UTC(2024, 0, 1), Date.UTC(2025, 0, 1)];

/** Lines that are not simply a record. */
const ODD_LINES = [
  "",
  " \t",
  "\r",
  "{}",
  '{"note":"?"}',
  '{"detail":"Invalid API key"}',
  '{"receivedAt":"yesterday"}',
  '{"id":"x","receivedAt":"2024-03-01T00:00:00Z"} {"startedAt":5} 7',
  '{"id":',
  '{"id":"y","receivedAt":"2024-03-01T00:00:00Z"',
  '{"a":1,} {"id":"z","receivedAt":"2024-03-01T00:00:00Z"}',
  '"an open string',
  "not JSON at all",
  "}",
  "]",
  "[",
  '[{"receivedAt":8},[],{"id":"v","receivedAt":"2024-03-01T00:00:00Z"}]',
  '[{"id":"w","receivedAt":"2024-03-01T00:00:00Z"},',
  '{"data":[{"id":"p","receivedAt":"2024-03-01T00:00:00Z"},3],"hasMore":true,"total":9}',
  '{"data":[{"id":"q","receivedAt":"2024-03-01T00:00:00Z"}],"hasMore":false,"total":9}',
  '{"data":[],"hasMore":true}',
  '{"agentId":"c","messageCount":3,"messages":[{"id":"s","receivedAt":"2024-03-01T00:00:00Z"},{"receivedAt":0}]}',
  '{"event":"agent.message","channel":"sms","timestamp":"2024-03-01T00:00:00Z","id":"d1","data":{}}',
  JSON.stringify({ id: "long", receivedAt: "2024-03-01T00:00:00Z", body: "日本 😀 ".repeat(3000) }),
  JSON.stringify({ id: "pretty", receivedAt: "2024-03-01T00:00:00Z", data: [], note: ["\n", {}] }, null, 2),
  Buffer.from([0x7b, 0x22, 0x69, 0x64, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]),
  Buffer.from([0xef, 0xbb, 0xbf]),
];

/** Generated records line by line, with odd lines and lines that come twice. The share of these depends on the seed. */
export function* oddLines(seed) {
  const random = new Random(seed, 91);
  const share = [0, 0.01, 0.05, 0.3][seed % 4];
  const lines = [];
  for (const { text } of generate({ records: 220, invalid: seed % 3, seed, agents: 7, start: START, end: END })) {
    yield text;
    lines.push(text);
    if (random.chance(0.05)) yield random.pick(lines);
    while (random.chance(share)) yield random.pick(ODD_LINES);
  }
}

/** A text of such lines. */
export function textOf(seed) {
  const random = new Random(seed, 92);
  const between = random.pick(["\n", "\n", "\n", "\r\n"]);
  const lines = [...oddLines(seed)].flatMap((line) => [Buffer.from(line), Buffer.from(between)]);
  const start = random.chance(0.2) ? [Buffer.from("\ufeff")] : [];
  return Buffer.concat([...start, ...(random.chance(0.5) ? lines.slice(0, -1) : lines)]);
}
