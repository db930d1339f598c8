export interface TrimmedRecord {
  key: Uint8Array | null;
  record: string;
}

export interface Trimmed {
  records: TrimmedRecord[];
  diagnostics: {
    records: number;
    invalid: number;
    ignored: Record<string, number | Record<string, number>>;
  };
}

export function trimRecords(input: Uint8Array): Trimmed {
  const envelope = JSON.parse(new TextDecoder().decode(input));
  const { event, channel, data, test } = envelope.body;
  const ignored: Record<string, number> = { voiceTurns: 0, reactions: 0, events: 0, tests: 0, other: 0 };
  const diagnostics = { records: 1, invalid: 0, ignored };
  const none = (name: string) => {
    ignored[name] = 1;
    return { records: [], diagnostics };
  };
  if (test === true) return none("tests");
  if (event === "agent.reaction") return none("reactions");
  if (event === "agent.contact_shared") return none("events");
  if (event === "agent.message" && channel === "voice") return none("voiceTurns");
  if (event !== "agent.message" && event !== "agent.call_ended") return none("other");
  const at = event === "agent.message" ? data?.receivedAt : data?.startedAt;
  if (Number.isNaN(Date.parse(at))) return { records: [], diagnostics: { ...diagnostics, invalid: 1 } };
  const own = data.messageId ?? data.callId;
  const id = own === undefined ? `d:${envelope.headers["x-webhook-id"]}` : `r:${own}`;
  const key = new Uint8Array(11);
  let hash = 5381n;
  for (const char of id) hash = (hash * 1099511628211n + BigInt(char.charCodeAt(0))) % (1n << 80n);
  for (let n = 0; n < 11; n++) key[n] = Number((hash >> BigInt(n * 7)) & 63n);
  return { records: [{ key, record: JSON.stringify({ ...data, event }) }], diagnostics };
}
