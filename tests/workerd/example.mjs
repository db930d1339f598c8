/** The response in the vendor's documentation to `?period=month&tz=America/New_York`. */
export const EXAMPLE = {
  data: [
    {
      agentId: "a1b2c3d4-e5f6-7890-ab12-cd34ef567890",
      agentName: "Support Agent Alpha",
      messages: 152,
      calls: 47,
      totalSeconds: 7320,
      isOrphan: false,
    },
    {
      agentId: "b2c3d4e5-f678-9012-ab34-cd56ef789012",
      agentName: "Sales Agent Beta",
      messages: 98,
      calls: 30,
      totalSeconds: 5400,
      isOrphan: false,
    },
    { agentId: null, agentName: "Unassigned", messages: 25, calls: 5, totalSeconds: 600, isOrphan: true },
  ],
  period: "month",
  periodStart: "2024-06-01T00:00:00Z",
  periodEnd: "2024-06-30T23:59:59Z",
};

/** The half-open window of June 2024 in New York. */
const START = Date.parse("2024-06-01T04:00:00Z");
const END = Date.parse("2024-07-01T04:00:00Z");

/** Records that give `EXAMPLE`. They reach both ends of the month, and records just outside must not count. */
export function exampleRecords() {
  const records = [];
  for (const { agentId, messages, calls, totalSeconds } of EXAMPLE.data) {
    const who = agentId ?? "none";
    for (let i = 0; i < messages; i++) {
      records.push({
        id: `m-${who}-${i}`,
        type: "message",
        agentId,
        direction: "inbound",
        receivedAt: at(i, messages),
      });
    }
    const each = Math.floor(totalSeconds / calls);
    for (let i = 0; i < calls; i++) {
      const durationSeconds = i === 0 ? totalSeconds - each * (calls - 1) : each;
      records.push({
        id: `c-${who}-${i}`,
        agentId,
        status: "completed",
        startedAt: at(i, calls),
        endedAt: null,
        durationSeconds,
      });
    }
    records.push({
      id: `x-${who}-1`,
      agentId,
      status: "completed",
      startedAt: new Date(START - 1).toISOString(),
      durationSeconds: 9,
    });
    records.push({ id: `x-${who}-2`, type: "message", agentId, receivedAt: new Date(END).toISOString() });
    records.push({ id: `x-${who}-3`, agentId, status: "no-answer", startedAt: at(0, 2), durationSeconds: 0 });
  }
  return records;
}

/** The agents' names, as `GET /v1/agents` lists them. */
export function exampleDirectory() {
  const data = EXAMPLE.data
    .filter((row) => row.agentId !== null)
    .map((row) => ({ id: row.agentId, name: row.agentName }));
  return { data, total: data.length };
}

export function ndjson(records) {
  return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}

/** The first record is at the month's first instant, the last in its last millisecond. */
function at(index, count) {
  return new Date(START + Math.floor(((END - 1 - START) * index) / Math.max(1, count - 1))).toISOString();
}
