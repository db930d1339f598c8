/** The shapes of records of the vendor's API and webhooks, and some other shapes. */
import { deliveryHeaders } from "./forms.mjs";
import { writeMoment } from "./moments.mjs";
import { phoneNumber } from "./roster.mjs";

/**
 * @typedef {object} Scene the input of a shape's maker
 * @property {import("./random.mjs").Random} random
 * @property {number} time the record's time, in epoch milliseconds
 * @property {import("./roster.mjs").Agent | null} agent
 * @property {string | undefined} agentName the agent's name at that time
 * @property {{id: string, phoneNumber: string}[]} numbers the phone numbers of the account
 * @property {() => string | null | undefined} id gives the next id, or sometimes none
 * @property {{share: number, size: number}} transcripts
 * @property {(shape: string, value: unknown) => void} later adds a record at a later place
 */

/** @type {readonly (readonly [number, string, (scene: Scene) => unknown])[]} weight, name, maker */
const shapes = [
  [24, "api call", apiCall],
  [13, "api message", apiMessage],
  [6, "typed call", typedCall],
  [8, "typed message", typedMessage],
  [22, "webhook message", webhookMessage],
  [9, "voice turn", voiceTurn],
  [11, "call ended", callEnded],
  [3, "reaction", reaction],
  [1.5, "contact shared", contactShared],
  [2, "test delivery", testDelivery],
  [2, "unknown", unknown],
];
const pairs = shapes.map(([weight, shape, make]) => [weight, { shape, make }]);

/**
 * Makes a record of some shape.
 * @param {Scene} scene
 * @returns {{shape: string, value: unknown}}
 */
export function makeRecord(scene) {
  const { shape, make } = scene.random.weighted(pairs);
  return { shape, value: make(scene) };
}

/** A value that is mostly present, and otherwise missing in one of several ways. */
export function agentFields({ random, agent, agentName }, { named = 0.7 } = {}) {
  if (agent === null)
    return random.weighted([
      [6, { agentId: null }],
      [1, { agentId: "" }],
      [2, {}],
      [1, { agentId: null, agentName: "Nobody" }],
    ]);
  if (agentName === undefined || !random.chance(named)) {
    return random.weighted([
      [8, { agentId: agent.id }],
      [1, { agentId: agent.id, agentName: null }],
      [1, { agentId: agent.id, agentName: "" }],
    ]);
  }
  return { agentId: agent.id, agentName };
}

function idField(name, id) {
  return id === undefined ? {} : { [name]: id };
}

const direction = (random) =>
  random.weighted([
    [60, "inbound"],
    [35, "outbound"],
    [1, "web"],
    [1, "Inbound"],
    [1, null],
    [1, 5],
  ]);

/** Channels of messages. They are not a closed set, and none of them is wrong. */
const channel = (random) =>
  random.weighted([
    [40, "sms"],
    [15, "mms"],
    [25, "imessage"],
    [15, "whatsapp"],
    [8, "rcs"],
    [2, null],
    [1, ""],
    [1, "Voice"],
    [1, "iMessage"],
    [1, " SMS\t"],
    [1, "Ä-line"],
    [0.5, "other"],
    [0.5, "telegraph ".repeat(7)],
    [0.5, 5],
    [0.5, ["sms"]],
  ]);

/** Types of calls besides "call". */
const callType = (random) =>
  random.weighted([
    [60, "pstn"],
    [25, "web"],
    [3, "PSTN"],
    [2, " web\n"],
    [2, null],
    [2, 5],
    [1, "Call"],
    [1, ""],
  ]);

/** A call's status, end and duration. Sometimes they contradict each other. */
function outcome({ random, time }) {
  const status = random.weighted([
    [78, "completed"],
    [5, "failed"],
    [4, "busy"],
    [5, "no-answer"],
    [2, "ringing"],
    [2, "in-progress"],
    [1, "canceled"],
    [0.5, "Completed"],
    [0.5, "completed "],
    [0.5, ""],
    [0.5, null],
    [0.3, "__proto__"],
    [0.3, "constructor"],
    [0.4, "fehlgeschlagen ☎️"],
  ]);
  if (status !== "completed" && random.chance(0.7)) return { status, endedAt: null, durationSeconds: null };
  const length = random.unit() * random.unit() * 1_800_000; // milliseconds, up to half an hour, with more short calls than long ones
  const endedAt = writeMoment(time + Math.floor(length), random);
  const seconds = Math.round(length / 10) / 100;
  return {
    status,
    ...random.weighted([
      [60, { endedAt, durationSeconds: Math.floor(seconds) }],
      [12, { endedAt, durationSeconds: seconds }],
      [12, { endedAt, durationSeconds: null }],
      [4, { endedAt }],
      [4, { endedAt: null, durationSeconds: Math.floor(seconds) }],
      [3, { endedAt: null, durationSeconds: null }],
      [1, {}],
      [2, { endedAt, durationSeconds: 0 }],
      [0.5, { endedAt: writeMoment(time, random), durationSeconds: null }],
      [0.5, { endedAt, durationSeconds: -0 }],
      [0.5, { endedAt: writeMoment(time - 60_000, random), durationSeconds: 17 }], // the end is before the start; the duration counts
    ]),
  };
}

function apiCall(scene) {
  const { random, time, later } = scene;
  const id = scene.id();
  const number = random.chance(0.9) ? random.pick(scene.numbers) : null; // released numbers are not listed
  const agent = agentFields(scene, { named: 0.5 });
  const call = {
    ...idField("id", id),
    ...agent,
    phoneNumberId: number?.id ?? null,
    phoneNumber: number?.phoneNumber ?? null,
    fromNumber: phoneNumber(random),
    toNumber: phoneNumber(random),
    startedAt: writeMoment(time, random),
    ...outcome(scene),
    lastTranscriptSnippet: random.chance(0.5) ? random.pick(SENTENCES) : null,
  };
  if (random.chance(0.5)) {
    call.direction = random.pick(["inbound", "outbound", "web"]);
    call.type = call.direction === "web" ? "web" : callType(random);
  }
  if (random.chance(0.3))
    Object.assign(call, { recordingUrl: `https://recordings.example/${random.hex()}.mp3`, recordingAvailable: true });
  if (random.chance(0.1)) call.transcripts = transcript(scene);

  if (typeof id === "string" && random.chance(0.15)) {
    // The call is listed while it is in progress, and again after its end.
    later("call seen before and after its end", call);
    return { ...call, status: random.pick(["ringing", "in-progress"]), endedAt: null, durationSeconds: null };
  }
  if (typeof id === "string" && random.chance(0.15)) {
    later(
      "call seen by both sources",
      webhook(scene, "agent.call_ended", "voice", agent, {
        callId: id,
        status: call.status,
        startedAt: writeMoment(time, random),
        durationSeconds: call.durationSeconds ?? 1,
      }),
    );
  }
  return call;
}

export function apiMessage({ random, time, id }) {
  const [from, to] = random.pick([
    ["fromNumber", "toNumber"],
    ["from_", "to"],
    ["from", "to"],
  ]);
  const message = {
    ...idField("id", id()),
    body: random.pick(SENTENCES),
    [from]: phoneNumber(random),
    [to]: phoneNumber(random),
    direction: direction(random),
    receivedAt: writeMoment(time, random),
  };
  if (random.chance(0.5)) message.channel = random.chance(0.1) ? "voice" : channel(random);
  if (random.chance(0.2)) message.mediaUrl = random.pick([null, "https://media.example/a.jpg"]);
  if (random.chance(0.1)) message.mediaUrls = ["https://media.example/a.jpg", "https://media.example/b.jpg"];
  if (random.chance(0.1)) message.reactions = [{ id: 1, type: "like", receivedAt: "soon" }];
  if (random.chance(0.1)) message.replyTo = { id: "another", receivedAt: null };
  return message;
}

function typedMessage(scene) {
  const { random, time, id } = scene;
  return {
    type: "message",
    ...idField(random.pick(["id", "messageId"]), id()),
    ...agentFields(scene),
    body: random.pick(SENTENCES),
    ...(random.chance(0.3) && { channel: channel(random), numberId: random.pick(scene.numbers).id }),
    direction: direction(random),
    receivedAt: writeMoment(time, random),
  };
}

function typedCall(scene) {
  const { random, time, id } = scene;
  return {
    type: "call",
    ...idField(random.pick(["id", "callId"]), id()),
    ...agentFields(scene),
    ...(random.chance(0.3) && { direction: direction(random), phoneNumberId: random.pick(scene.numbers).id }),
    startedAt: writeMoment(time, random),
    ...outcome(scene),
  };
}

function webhook({ random, time }, event, channel, agent, data) {
  const envelope = { event, channel, timestamp: writeMoment(time + random.below(5000), random), ...agent, data };
  if (random.chance(0.5))
    envelope.conversationState = random.pick([
      null,
      {},
      { testMode: false },
      { agentId: 5, data: [1], startedAt: "x" },
    ]);
  if (random.chance(0.3)) {
    envelope.recentHistory = [
      { id: 1, event: "agent.reaction", type: "call", body: random.pick(SENTENCES), receivedAt: "earlier" },
    ];
  }
  return envelope;
}

function webhookMessage(scene) {
  const { random, time, id } = scene;
  // Real deliveries often name no message.
  const data = {
    ...(random.chance(0.8) && idField(random.chance(0.9) ? "messageId" : "id", id())),
    conversationId: `conv_${random.hex()}`,
    numberId: random.pick(scene.numbers).id,
    from: phoneNumber(random),
    to: phoneNumber(random),
    message: random.pick(SENTENCES),
    mediaUrl: null,
    direction: direction(random),
    receivedAt: writeMoment(time, random),
  };
  const envelope = webhook(scene, "agent.message", channel(random), agentFields(scene, { named: 0.3 }), data);
  if (random.chance(0.1)) {
    if (random.chance(0.5)) delete data.receivedAt;
    else data.receivedAt = null;
    if (random.chance(0.1)) envelope.data = null;
    envelope.timestamp = writeMoment(time, random);
  } else if (random.chance(0.05)) delete envelope.timestamp;
  if (random.chance(0.03)) delete envelope.channel;
  nameDelivery(random, envelope);
  retries(scene, "webhook message", envelope);
  return envelope;
}

function voiceTurn(scene) {
  const { random } = scene;
  const data = {
    callId: `call_${random.hex()}`,
    numberId: random.pick(scene.numbers).id,
    transcript: random.pick(SENTENCES),
    status: "in-progress",
  };
  if (random.chance(0.02)) data.callId = 5; // not read, so not an error
  return webhook(scene, "agent.message", "voice", agentFields(scene), data);
}

function callEnded(scene) {
  const { random, time, id } = scene;
  const data = {
    ...(random.chance(0.95) && idField(random.chance(0.9) ? "callId" : "id", id())),
    ...(random.chance(0.3) && { type: callType(random) }),
    numberId: random.pick(scene.numbers).id,
    from: phoneNumber(random),
    to: phoneNumber(random),
    direction: direction(random),
    startedAt: writeMoment(time, random),
    ...outcome(scene),
    disconnectionReason: random.pick(["agent_hangup", "user_hangup", null]),
    transcript: transcript(scene),
    summary: random.pick(SENTENCES),
    userSentiment: random.pick(["Positive", "Neutral", "Negative", null]),
    callSuccessful: random.chance(0.8),
  };
  if (random.chance(0.2)) delete data.status;
  const envelope = webhook(scene, "agent.call_ended", "voice", agentFields(scene, { named: 0.3 }), data);
  nameDelivery(random, envelope);
  retries(scene, "call ended", envelope);
  return envelope;
}

function reaction(scene) {
  const { random, id } = scene;
  const data = {
    ...idField("messageId", id()),
    reaction: random.pick(["❤️", "👍", "haha"]),
    receivedAt: "not looked at",
  };
  return webhook(scene, "agent.reaction", "imessage", agentFields(scene), data);
}

function contactShared(scene) {
  const { random } = scene;
  const data = { contact: { name: "A. Person", phoneNumber: phoneNumber(random) }, receivedAt: "not looked at" };
  return webhook(scene, "agent.contact_shared", "imessage", agentFields(scene), random.chance(0.1) ? 5 : data);
}

/** What the vendor sends to try a webhook. Its fields are not looked at. */
function testDelivery(scene) {
  const { random } = scene;
  const make = random.weighted([
    [6, webhookMessage],
    [2, callEnded],
    [1, voiceTurn],
    [1, reaction],
    [1, contactShared],
    [1, apiCall],
    [1, apiMessage],
  ]);
  const record = make({ ...scene, later: () => {} });
  if (random.chance(0.2)) Object.assign(record, { agentId: 5, timestamp: "test" });
  return random.chance(0.7) ? { ...record, test: true } : { ...record, conversationState: { testMode: true } };
}

function unknown(scene) {
  const { random, time } = scene;
  return random.weighted([
    [4, webhook(scene, "agent.created", null, agentFields(scene), {})],
    [1, webhook(scene, "Agent.Message", "sms", {}, { receivedAt: "?" })],
    [1, { event: 42, startedAt: writeMoment(time, random) }],
    [1, { event: "\ud83d", receivedAt: "?" }],
    [1, {}],
    [1, { type: "sms", event: null, endedAt: writeMoment(time, random), data: {} }],
    [1, { id: "x", data: { data: [1, 2], receivedAt: "?" } }],
    [1, { id: "x", agentId: 5, lastMessageAt: writeMoment(time, random), messageCount: 0, messages: null }],
    [1, { body: { body: { event: "agent.message", timestamp: writeMoment(time, random) } } }],
    [1, { type: "http", body: { event: "agent.message", timestamp: writeMoment(time, random) } }],
    [1, { test: true, event: "agent.created" }],
    [1, { ok: false, error: "invalid_auth", messages: [] }],
    [1, { messages: [{ receivedAt: "?" }], error: { message: "no" } }],
    [1, { messages: [{ receivedAt: "?" }], calls: [] }],
  ]);
}

/** Names a webhook's delivery. Only a webhook without an id is known by it. */
function nameDelivery(random, webhook) {
  const hasId = ["messageId", "callId", "id"].some((name) => webhook.data?.[name]);
  if (!random.chance(hasId ? 0.1 : 0.6)) return;
  Object.assign(
    webhook,
    random.weighted([
      [3, { headers: deliveryHeaders(random) }],
      [3, { id: `dlv_${random.hex()}` }],
      [3, { deliveryId: `dlv_${random.hex()}`, webhookId: "wh_1" }],
      [1, { webhookId: "wh_1", headers: { "x-webhook-event": "agent.message" }, id: 5, deliveryId: "" }],
    ]),
  );
}

/** A delivery without a response is repeated, up to six deliveries in all. */
function retries({ random, later }, shape, envelope) {
  if (!random.chance(0.06)) return;
  for (let more = random.below(5); more >= 0; more--) later(`${shape} again`, envelope);
}

/** The texts of messages. Some look like records to a program that does not parse JSON. */
const SENTENCES = [
  "Hello, how can I help you today?",
  "",
  "I'd like to change my order, please.",
  'He wrote: {"startedAt":"2024-01-01T00:00:00Z","status":"completed"}',
  '"},{"type":"call","id":"',
  "back\\slash at the end\\",
  "Ça coûte 12 € 🙂🙃",
  "请稍等一下。",
  "شكرا جزيلا",
  "two\nlines\r\nand a tab\t",
  "👩🏽‍🚀🇪🇺",
  "</script><script>alert(1)</script>",
  "a lone half \ud83d of a pair, where nobody looks",
];

function transcript({ random, transcripts: { share, size } }) {
  const turns = [];
  let left = random.chance(share) ? size / 2 + random.below(size) : 0;
  do {
    let content = random.pick(SENTENCES);
    while (left > 200 && content.length < 150) content += ` ${random.pick(SENTENCES)}`;
    turns.push({ role: turns.length % 2 ? "user" : "agent", content, startedAt: turns.length });
    left -= content.length + 50;
  } while (left > 0);
  return turns;
}
