/** Support for the tests of the service: the Worker in workerd, its accounts, and deliveries signed as the vendor signs them. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { connect } from "node:net";
import { startBundled } from "./support.mjs";

/** The time after which a test hangs, in milliseconds. */
export const TEST_TIMEOUT = 120_000;

export const ADMIN_TOKEN = "adm_2f6d0c1b9e";

/** Starts the Worker of service-worker.mjs. */
export async function startService({
  options = {},
  vars = {},
  persist,
  queue,
  bucket,
  name = "service-worker.mjs",
} = {}) {
  const { worker, base, stop } = await startBundled(name, undefined, ({ cf, ...own }) => {
    const bindings = withoutUndefined({ ADMIN_TOKEN, OPTIONS: options, ...vars });
    const objects = { className: "UsageShard", useSQLite: true };
    const buckets = bucket && { r2Buckets: { [bucket]: "archive" } };
    return {
      cf,
      ...(persist !== undefined && { durableObjectsPersist: persist }),
      workers: [
        {
          ...own,
          name: "first",
          bindings,
          durableObjects: { USAGE: objects },
          ...(queue && queues(queue)),
          ...buckets,
        },
        // Another isolate, with the objects of the first one.
        {
          ...own,
          name: "second",
          bindings,
          durableObjects: { USAGE: { ...objects, scriptName: "first" } },
          ...buckets,
        },
      ],
    };
  });
  const second = await worker.getWorker("second");

  async function request(path, { method = "GET", token, headers = {}, body, isolate = "first", ...init } = {}) {
    const sent = withoutUndefined({ ...(token && { authorization: `Bearer ${token}` }), ...headers });
    const text = typeof body === "object" && !(body instanceof Uint8Array) ? JSON.stringify(body) : body;
    const url = new URL(path, "http://service.example").href;
    const send = isolate === "first" ? worker.dispatchFetch.bind(worker) : second.fetch.bind(second);
    const response = await send(url, {
      method,
      headers: sent,
      ...(text !== undefined && { body: text }),
      redirect: "manual",
      ...init,
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    return {
      status: response.status,
      headers: response.headers,
      bytes,
      text: bytes.toString(),
      json: () => JSON.parse(bytes.toString()),
    };
  }

  const service = {
    worker,
    base,
    stop,
    request,
    admin: (method, path, body) => request(path, { method, token: ADMIN_TOKEN, ...(body !== undefined && { body }) }),
    /** Switches what fails, or the clock. */
    switch: (what, isolate) => request("/test/switch", { method: "POST", body: what, isolate }),
    calls: async () => (await request("/test/calls")).json(),
    /** The names of the tables of the register and of eight shards. */
    tables: async (account) => (await request(`/test/objects/${account}/tables`)).json(),
    /** Rings the alarm of the register and of eight shards. */
    forget: (account) => request(`/test/objects/${account}/forget`),
    /** Makes an account with a secret and a token. */
    async account(name, settings = {}, secret = `secret of ${name}`) {
      const made = await service.admin("PUT", `/v1/admin/accounts/${name}`, settings);
      assert.equal(made.status, 201, made.text);
      const added = await service.admin("POST", `/v1/admin/accounts/${name}/secrets`, { secret });
      assert.equal(added.status, 201, added.text);
      const token = (await service.admin("POST", `/v1/admin/accounts/${name}/tokens`, {})).json();
      return { name, secret, secretId: added.json().id, token: token.token, tokenId: token.id };
    },
    /** Sends a delivery. */
    deliver: (account, event, { isolate, ...how } = {}) =>
      request(`/v1/webhooks/agentphone/${account}`, { method: "POST", isolate, ...delivery(event, how) }),
    async ingest(token) {
      const answer = await request("/v1/ingest", { token });
      assert.equal(answer.status, 200, answer.text);
      return answer.json();
    },
    /** Waits until what the account has received is as wanted. A test may evict an object while it is asked. */
    async until(token, isWanted) {
      for (let tries = 0; ; tries++) {
        const { status, text } = await request("/v1/ingest", { token });
        if (status === 200 && isWanted(JSON.parse(text))) return JSON.parse(text);
        assert.ok(tries < 400 && [200, 503].includes(status), `still ${text}`);
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },
  };
  return service;
}

/** A queue and its dead-letter queue, as wrangler's configuration binds them. `consumer` are further settings of the queue. */
function queues(consumer) {
  const settings = { maxBatchSize: 10, maxBatchTimeout: 0 };
  return {
    queueProducers: { DELIVERIES: "deliveries" },
    queueConsumers: {
      deliveries: { ...settings, deadLetterQueue: "deliveries-dead", ...consumer },
      "deliveries-dead": settings,
    },
  };
}

let deliveries = 0;

/** The body and the headers of a delivery. `event` is an object, text or bytes. */
export function delivery(event, { secret, id, timestamp = seconds(), headers = {}, signature } = {}) {
  const body = typeof event === "string" || event instanceof Uint8Array ? event : JSON.stringify(event);
  const signed = createHmac("sha256", secret).update(`${timestamp}.`).update(body).digest("hex");
  const sent = {
    "content-type": "application/json",
    "x-webhook-event": event.event ?? "agent.message",
    "x-webhook-id": id ?? `del_${++deliveries}`,
    "x-webhook-timestamp": String(timestamp),
    "x-webhook-signature": signature ?? `sha256=${signed}`,
    ...headers,
  };
  return { body, headers: withoutUndefined(sent) };
}

/** The headers without those that are `undefined`. */
function withoutUndefined(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
}

/** The current time in whole seconds, moved by some. */
export function seconds(ahead = 0) {
  return Math.floor(Date.now() / 1000) + ahead;
}

let ids = 0;

/** A message as the vendor's webhook tells it. `id: null` leaves the id out. */
export function message({ id = `msg_${++ids}`, agentId = "agt_1", ...data } = {}) {
  return {
    event: "agent.message",
    channel: "sms",
    timestamp: "2025-06-10T10:00:01Z",
    agentId,
    data: {
      ...(id !== null && { messageId: id }),
      conversationId: "conv_1",
      numberId: "num_1",
      from: "+15550001111",
      to: "+15550002222",
      message: "Good morning",
      direction: "inbound",
      receivedAt: "2025-06-10T10:00:00Z",
      ...data,
    },
  };
}

/** A completed call as the vendor's webhook tells it. */
export function call({ id = `call_${++ids}`, agentId = "agt_1", ...data } = {}) {
  return {
    event: "agent.call_ended",
    channel: "voice",
    timestamp: "2025-06-10T11:01:01Z",
    agentId,
    data: {
      callId: id,
      numberId: "num_1",
      from: "+15550001111",
      to: "+15550002222",
      direction: "inbound",
      status: "completed",
      startedAt: "2025-06-10T11:00:00Z",
      endedAt: "2025-06-10T11:01:00Z",
      durationSeconds: 60,
      transcript: [{ role: "user", content: "Hello" }],
      ...data,
    },
  };
}

/** A spoken turn of a call. */
export function voiceTurn(data = {}) {
  return {
    event: "agent.message",
    channel: "voice",
    timestamp: "2025-06-10T11:00:30Z",
    agentId: "agt_1",
    data: { callId: "call_voice", numberId: "num_1", transcript: "Hello", status: "in-progress", ...data },
  };
}

/**
 * Sends a request over a connection of its own, byte by byte as it is told. A body without `length` is sent whole, and one that is an
 * iterable in chunks.
 *
 * @returns the status and the headers of the response; `{ status: 0 }` if there is none
 */
export async function rawRequest(base, path, { headers, body, length, cut = false }) {
  const socket = connect(Number(base.port), base.hostname);
  const received = [];
  const ended = new Promise((resolve) => {
    socket.on("data", (chunk) => {
      received.push(chunk);
      if (Buffer.concat(received).includes("\r\n\r\n")) resolve();
    });
    socket.on("close", resolve);
    socket.on("error", resolve);
  });
  const isWhole = typeof body === "string" || body instanceof Uint8Array;
  const framing = isWhole ? `content-length: ${length ?? Buffer.byteLength(body)}` : "transfer-encoding: chunked";
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.write(`POST ${path} HTTP/1.1\r\n${["host: service.example", framing, ...lines].join("\r\n")}\r\n\r\n`);
  if (isWhole) socket.write(body);
  else {
    for await (const part of body) {
      if (socket.destroyed) break;
      socket.write(`${part.length.toString(16)}\r\n`);
      socket.write(part);
      socket.write("\r\n");
    }
    if (!socket.destroyed) socket.write("0\r\n\r\n");
  }
  if (cut) socket.end();
  await ended;
  socket.destroy();
  const [head] = Buffer.concat(received).toString("latin1").split("\r\n\r\n");
  const [first, ...rest] = head.split("\r\n");
  return {
    status: Number(/^HTTP\/1.1 (\d+)/.exec(first)?.[1] ?? 0),
    headers: Object.fromEntries(rest.map((line) => line.toLowerCase().split(": "))),
  };
}
