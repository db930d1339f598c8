// The report by a loop in plain JavaScript, written as well as possible. It judges records as the package does in the essential
// cases. It has no checks of types or text, no diagnostics, and no limits of depth or size.

export class Loop {
  #agents = new Map();
  #unassigned = { messages: 0, calls: 0, totalSeconds: 0 };
  #messageIds = new Set();
  #callIds = new Set();
  #deliveryIds = new Set();
  #startMs;
  #endMs;
  #dedupe;
  #directory;

  constructor({ startMs, endMs, dedupe = true, agents = [] }) {
    this.#startMs = startMs;
    this.#endMs = endMs;
    this.#dedupe = dedupe;
    this.#directory = new Map(agents.map(({ id, name }) => [id, name]));
  }

  add(record) {
    const { type, event } = record;
    if (record.test === true || record.conversationState?.testMode === true) return;
    if (Array.isArray(record.data)) for (const item of record.data) this.add(item);
    else if (type === "message") this.#message(record, record.receivedAt, record.id || record.messageId);
    else if (type === "call") this.#call(record, record, record.id || record.callId, record.status);
    else if (event === "agent.message") {
      if (record.channel === "voice") return;
      const data = record.data ?? {};
      const id = data.messageId || data.id;
      const at = data.receivedAt ?? record.timestamp;
      if (id) this.#message(record, at, id);
      else this.#message(record, at, deliveryOf(record), this.#deliveryIds);
    } else if (event === "agent.call_ended") {
      const data = record.data ?? {};
      const id = data.callId || data.id;
      if (id) this.#call(record, data, id, data.status ?? "completed");
      else this.#call(record, data, deliveryOf(record), data.status ?? "completed", this.#deliveryIds);
    } else if (event !== undefined && event !== null) return;
    else if (record.startedAt !== undefined) this.#call(record, record, record.id || record.callId, record.status);
    else if (record.receivedAt !== undefined) this.#message(record, record.receivedAt, record.id || record.messageId);
  }

  report() {
    const data = [];
    for (const [agentId, { name, messages, calls, totalSeconds }] of this.#agents) {
      if (messages + calls === 0) continue;
      const agentName = this.#directory.get(agentId) || name || agentId;
      data.push({ agentId, agentName, messages, calls, totalSeconds, isOrphan: false });
    }
    data.sort((a, b) => b.messages - a.messages || b.calls - a.calls || b.totalSeconds - a.totalSeconds);
    const { messages, calls } = this.#unassigned;
    if (messages + calls > 0)
      data.push({ agentId: null, agentName: "Unassigned", ...this.#unassigned, isOrphan: true });
    return { data };
  }

  #message(record, receivedAt, id, ids = this.#messageIds) {
    const at = time(receivedAt);
    const agent = this.#agentOf(record, at);
    if (!this.#counts(at, id, ids)) return;
    agent.messages++;
  }

  #call(record, { startedAt, endedAt, durationSeconds }, id, status, ids = this.#callIds) {
    const at = time(startedAt);
    const agent = this.#agentOf(record, at);
    if (status !== "completed" || !this.#counts(at, id, ids)) return;
    agent.calls++;
    if (typeof durationSeconds === "number") agent.totalSeconds += Math.floor(durationSeconds);
    else if (endedAt !== undefined && endedAt !== null) agent.totalSeconds += Math.floor((time(endedAt) - at) / 1000);
  }

  #counts(at, id, ids) {
    if (!(at >= this.#startMs && at < this.#endMs)) return false;
    if (!this.#dedupe || !id) return true;
    const before = ids.size; // comparing sizes needs one look-up instead of two
    return ids.add(id).size > before;
  }

  /** Returns the agent of a record. Its name is the name in its latest record. */
  #agentOf({ agentId, agentName }, at) {
    if (!agentId) return this.#unassigned;
    let agent = this.#agents.get(agentId);
    if (agent === undefined) {
      agent = { name: "", named: -Infinity, messages: 0, calls: 0, totalSeconds: 0 };
      this.#agents.set(agentId, agent);
    }
    if (agentName && at >= agent.named && (at > agent.named || agentName > agent.name)) {
      agent.name = agentName;
      agent.named = at;
    }
    return agent;
  }
}

/** The id of the delivery of a webhook that has no id of its own. */
export function deliveryOf({ headers, id, deliveryId }) {
  for (const name in headers) if (headers[name] && name.toLowerCase() === "x-webhook-id") return headers[name];
  return (typeof id === "string" && id) || deliveryId;
}

export function time(value) {
  if (typeof value !== "string") return value;
  const ms = Date.parse(value);
  // RFC 3339 allows a leap second after 23:59:59. It is the only allowed time that Date.parse refuses.
  return Number.isNaN(ms) ? Date.parse(value.replace(":60", ":59")) + 1000 : ms;
}
